"""Which releases of Go may have built a program: a range, from what its profile shows. Never guessed.

Every piece of evidence is a range of minor releases, and all of them hold at once: they are intersected, in any
order. Where they contradict each other (a patched toolchain, a hostile profile) nothing is known.

Sources: the sources of Go 1.21.13, 1.22.10, 1.23.1, 1.23.9, 1.24.3, 1.24.11, 1.25.0, 1.25.5, 1.26.0, 1.26.6, 1.27.0
and 1.27.3, and heap profiles of these minors. `tests/go/test_lines_of_releases.py` reads
the toolchains of the tests again.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

# GOROOT says the version where a version manager, a toolchain download or a distribution put it into the path:
# /sdk/go1.23.4/src, /usr/lib/go-1.19/src, /toolcache/go/1.22.1/x64/src, toolchain@v0.0.1-go1.23.9.linux-amd64/src
# What stands between is bounded, because a hostile path may begin like this a hundred thousand times.
_GOROOT_VERSION = re.compile(r"(?:/go[-/]?|toolchain@v0\.0\.1-go)(1\.(\d{1,4})(?:\.\d{1,4})?)(?:[./-][^:]{0,60})?/src/")

# Up to 1.22 no recorded stack is deeper (runtime/mprof.go: maxStack, then the variable profstackdepth).
DEEPEST_122 = 32


class GoVersion(NamedTuple):
    """Minor releases of Go 1, both ends included, None where open. `exact` is `go1.23.9` where a path says it."""

    low: int | None = None
    high: int | None = None
    exact: str | None = None

    def narrowed(self, other: "GoVersion") -> "GoVersion":
        """What holds if both hold; `low` is above `high` if they cannot."""
        lows = [low for low in (self.low, other.low) if low is not None]
        highs = [high for high in (self.high, other.high) if high is not None]
        if self.exact and other.exact and not _same_release(self.exact, other.exact):
            return _IMPOSSIBLE
        # /usr/lib/go-1.19 names the minor only; a longer text is the release itself.
        exact = max(self.exact or "", other.exact or "", key=len)
        return GoVersion(max(lows, default=None), min(highs, default=None), exact or None)

    def settled(self) -> "GoVersion":
        """Itself, or nothing known where the evidence contradicts itself."""
        return self if self.may_be(self.low or 0) else UNKNOWN

    @property
    def minor(self) -> int | None:
        """The minor release where only one is possible."""
        return self.low if self.low == self.high else None

    def may_be(self, minor: int) -> bool:
        """Whether Go 1.`minor` is within the range."""
        return (self.low is None or self.low <= minor) and (self.high is None or minor <= self.high)


UNKNOWN = GoVersion()
_IMPOSSIBLE = GoVersion(1, 0)
LATER_THAN_122 = GoVersion(low=23)
ALLOCATOR_SHOWS = GoVersion(low=26)  # the first whose heap profiles have runtime.mallocgc as the leaf

# Functions that only some releases have. The bucket maps went with 1.26; with GOEXPERIMENT=sizespecializedmalloc 1.26
# has mallocgcSmall*SC2 to SC26 as well as 1.27, which has it by default, but neither of these.
_NAMES: tuple[tuple[str, GoVersion], ...] = (
    ("internal/runtime/maps.(*table).pruneTombstones", GoVersion(low=25)),
    ("internal/runtime/maps.", GoVersion(low=24)),
    ("internal/sync.", GoVersion(low=24)),
    ("runtime.mallocgcTinySC", GoVersion(low=27)),
    ("runtime.mallocgcTinySlowPath", GoVersion(low=27)),
    ("runtime.mallocgcSmallScanSlowPath", GoVersion(low=27)),
    ("runtime.mallocgcSmallNoScanSlowPath", GoVersion(low=27)),
    ("runtime.hashGrow", GoVersion(high=25)),
    ("runtime.makeBucketArray", GoVersion(high=25)),
    ("runtime.growWork", GoVersion(high=25)),
    ("runtime.evacuate", GoVersion(high=25)),
    ("runtime.(*hmap).", GoVersion(high=25)),
)
_PREFIXES = tuple(prefix for prefix, _ in _NAMES)

# Calls that stand near the root of most stacks -> line -> minors. In runtime.main: main.main, the package initialisers,
# and its channel; in all releases read of a minor they are on the same lines. Lines of net/http move with patches:
# only those read are here, and a line that is not here says nothing. No function is here whose body is so long that
# another release has another call on such a line ((*conn).serve has). 250 was read in stack traces of 1.19 and 1.20.
_LINES: Mapping[str, Mapping[int, GoVersion]] = {
    "runtime.main": {
        250: GoVersion(high=20),
        **dict.fromkeys((249, 267), GoVersion(21, 21)),
        **dict.fromkeys((253, 271), GoVersion(22, 22)),
        254: GoVersion(23, 24),
        272: GoVersion(23, 23),
        283: GoVersion(24, 24),
        256: GoVersion(25, 27),  # 1.27 starts its template thread there
        **dict.fromkeys((215, 285), GoVersion(25, 25)),
        **dict.fromkeys((216, 258, 290), GoVersion(26, 26)),
        **dict.fromkeys((227, 269, 302), GoVersion(27, 27)),
    },
    "net/http.serverHandler.ServeHTTP": {
        2943: GoVersion(21, 21),
        3142: GoVersion(22, 22),
        3210: GoVersion(23, 23),
        3301: GoVersion(24, 24),
        3340: GoVersion(25, 25),
        **dict.fromkeys((3309, 3311), GoVersion(26, 26)),
        **dict.fromkeys((3413, 3436), GoVersion(27, 27)),
    },
    "net/http.HandlerFunc.ServeHTTP": {
        2141: GoVersion(21, 21),
        2171: GoVersion(22, 22),
        2220: GoVersion(23, 23),
        2294: GoVersion(24, 24),
        2322: GoVersion(25, 25),
        **dict.fromkeys((2284, 2286), GoVersion(26, 26)),
        **dict.fromkeys((2338, 2358), GoVersion(27, 27)),
    },
}
TELLING = frozenset(_LINES)


def exactly(release: str) -> GoVersion:
    """The range of a release by its name, such as `go1.23.9`."""
    minor = int(release.split(".")[1])
    return GoVersion(minor, minor, release)


def of_path(filename: str) -> GoVersion:
    """From the path of a standard library file, which `-trimpath` cuts off."""
    match = _GOROOT_VERSION.search(filename)
    return exactly(f"go{match[1]}") if match else UNKNOWN


def of_name(function: str) -> GoVersion:
    """From a frame of the standard library alone, hidden or not."""
    if not function.startswith(_PREFIXES):
        return UNKNOWN
    return next(version for prefix, version in _NAMES if function.startswith(prefix))


def of_frames(frames: Iterable[tuple[str, str, int]]) -> GoVersion:
    """From frames of the standard library: function, file, line. Not settled."""
    found = UNKNOWN
    paths: set[str] = set()
    for function, filename, line in frames:
        if filename not in paths:
            paths.add(filename)
            found = found.narrowed(of_path(filename))
        if function in TELLING:
            found = found.narrowed(_LINES[function].get(line, UNKNOWN))
        elif function.startswith(_PREFIXES):
            found = found.narrowed(of_name(function))
    return found


def of_hidden(names: Iterable[str], leaves: Iterable[str]) -> GoVersion:
    """From the names of hidden runtime frames; `leaves` are those that a record starts with. Not settled."""
    found = UNKNOWN
    for name in names:
        found = found.narrowed(of_name(name))
    if any(name.startswith("runtime.mallocgc") for name in leaves):
        found = found.narrowed(ALLOCATOR_SHOWS)
    return found


def _same_release(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return long == short or (long.startswith(f"{short}.") and short.count(".") == 1)
