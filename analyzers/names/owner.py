"""Whose code a frame is: the standard library's, a dependency's, or the user's own. Knows names and paths only."""

import re
from functools import lru_cache

from analyzers.names.gostd import PACKAGES

_MODULE_CACHE = re.compile(r"/pkg/mod/|@v\d")
_RUNTIME_FILE = re.compile(r"(?:^|/src/)(?:internal/)?runtime/[^/]+$|(?:^|/src/)internal/runtime/")

# Packages of Go that fill maps on somebody's behalf. The others have tables of their own, none of them large.
_FILLERS = ("maps", "reflect", "sync", "internal/sync", "encoding/")

_PACKAGE = re.compile(r"^(?P<path>(?:[^/(\[]*/)*)(?P<last>[^.(\[/]*)")


@lru_cache(maxsize=65536)
def package_of(function: str) -> str:
    """`example.com/a/b.(*T).F` -> `example.com/a/b`. Type arguments may hold slashes and dots of their own."""
    match = _PACKAGE.match(function)
    return match["path"] + match["last"] if match else function


@lru_cache(maxsize=65536)
def is_standard(function: str) -> bool:
    """True for runtime, net/http, maps and all other packages that come with Go, their internal ones included.

    By a list: a private module ("image/store", "orders/internal/x") has no dot in its first element either.
    """
    package = package_of(function)
    public = package.partition("/internal/")[0].removesuffix("/internal")
    return public in PACKAGES or package.startswith(("vendor/", "internal/", "runtime/"))


@lru_cache(maxsize=65536)
def is_own(function: str, filename: str) -> bool:
    """True for the user's own code: neither Go's, nor vendored, nor from the module cache.

    Vendored functions keep their package's name; only the file lies below vendor/, at the package's whole path.
    """
    if is_standard(function) or _MODULE_CACHE.search(filename):
        return False
    return f"vendor/{package_of(function)}/" not in filename


@lru_cache(maxsize=65536)
def in_runtime(filename: str) -> bool:
    """True for files of the runtime: functions of other packages stand there too (reflect.mapassign_faststr0)."""
    return bool(_RUNTIME_FILE.search(filename))


@lru_cache(maxsize=65536)
def is_profiler(function: str) -> bool:
    """True for frames of the profile endpoint itself, which allocates while it is asked."""
    return package_of(function) in ("runtime/pprof", "net/http/pprof")


def may_fill(function: str) -> bool:
    """Whether a large map may grow in this function: bytes and io, whose buffers double as well, have none."""
    return not is_standard(function) or package_of(function).startswith(_FILLERS)
