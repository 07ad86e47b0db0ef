"""Whose code a frame is: the standard library's, a dependency's, or the user's own. Knows names and paths only."""

import re
from functools import lru_cache

# First path elements of the standard library. A list, because a private module ("orders/internal/x") has no
# dot in its first element either, so the absence of a dot proves nothing.
STANDARD = frozenset(
    "archive bufio bytes cmp compress container context crypto database debug embed encoding errors expvar flag "
    "fmt go hash html image index internal io iter log maps math mime net os path plugin reflect regexp runtime "
    "slices sort strconv strings structs sync syscall testing text time unicode unique unsafe weak".split()
)

_DEPENDENCY_FILE = re.compile(r"/vendor/|^vendor/|/pkg/mod/|@v\d")
# GOROOT says the version where a version manager, a toolchain download or a distribution put it into the path:
# /sdk/go1.23.4/src, /usr/lib/go-1.19/src, /toolcache/go/1.22.1/x64/src, toolchain@v0.0.1-go1.23.9.linux-amd64/src
_GOROOT_VERSION = re.compile(r"(?:/go[-/]?|toolchain@v0\.0\.1-go)(1\.\d+(?:\.\d+)?)(?:[./-][^:]*)?/src/")

_PACKAGE = re.compile(r"^(?P<path>(?:[^/(\[]*/)*)(?P<last>[^.(\[/]*)")


@lru_cache(maxsize=65536)
def package_of(function: str) -> str:
    """`example.com/a/b.(*T).F` -> `example.com/a/b`. Type arguments may hold slashes and dots of their own."""
    match = _PACKAGE.match(function)
    return match["path"] + match["last"] if match else function


def is_standard(function: str) -> bool:
    """True for runtime, net/http, maps and all other packages that come with Go."""
    package = package_of(function)
    if package.startswith("vendor/"):
        return True
    return package.partition("/")[0] in STANDARD


def is_own(function: str, filename: str) -> bool:
    """True for the user's own code: neither Go's, nor vendored, nor from the module cache."""
    return not is_standard(function) and not _DEPENDENCY_FILE.search(filename)


def is_profiler(function: str) -> bool:
    """True for frames of the profile endpoint itself, which allocates while it is asked."""
    return package_of(function) in ("runtime/pprof", "net/http/pprof")


def go_version_of(filename: str) -> str | None:
    """`go1.23.9` when the path of a standard library file says so, else None. Never guessed."""
    match = _GOROOT_VERSION.search(filename)
    return f"go{match[1]}" if match else None
