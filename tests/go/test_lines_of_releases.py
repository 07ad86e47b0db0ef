"""The table of lines that tell a release, read again in the sources of every toolchain of the tests."""

import re

import pytest

from analyzers.names import goversion
from tests.toolchains import VERSIONS, toolchain

pytestmark = [pytest.mark.go, pytest.mark.timeout(900)]  # the first run fetches toolchains

# Function -> file, how it begins, the calls in it that the table knows.
CALLS = {
    "runtime.main": (
        "runtime/proc.go",
        "func main() {",
        r"^\t+(fn\(\)|doInit\(m\.inittasks\))",
    ),
    "net/http.serverHandler.ServeHTTP": (
        "net/http/server.go",
        "func (sh serverHandler) ServeHTTP(",
        r"^\thandler\.ServeHTTP\(",
    ),
    "net/http.HandlerFunc.ServeHTTP": ("net/http/server.go", "func (f HandlerFunc) ServeHTTP(", r"^\tf\(w, r\)"),
}


def body(version: str, function: str) -> dict[int, str]:
    """Line number -> text, from the function's head to its end."""
    file, head, _ = CALLS[function]
    source = (toolchain(version).parents[1] / "src" / file).read_text().splitlines()
    start = next(at for at, line in enumerate(source) if line.startswith(head))
    end = next(at for at in range(start, len(source)) if source[at] == "}")
    return {at + 1: source[at] for at in range(start, end + 1)}


def of_line(function: str, line: int) -> goversion.GoVersion:
    return goversion.of_frames([(function, CALLS[function][0], line)])


def test_every_function_of_the_table_is_read() -> None:
    assert set(CALLS) == goversion.TELLING


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("function", CALLS)
def test_the_lines_of_a_toolchain_tell_its_minor(version: str, function: str) -> None:
    minor = int(version.split(".")[1])
    calls = [line for line, text in body(version, function).items() if re.search(CALLS[function][2], text)]
    found = goversion.UNKNOWN
    for line in calls:
        assert of_line(function, line) != goversion.UNKNOWN
        found = found.narrowed(of_line(function, line))
    assert found == goversion.GoVersion(minor, minor)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("function", CALLS)
def test_no_other_call_that_allocates_stands_on_a_line_of_another_release(version: str, function: str) -> None:
    """Comments, throws and what runs at exit may; the line of a call that allocates may not."""
    minor = int(version.split(".")[1])
    harmless = (
        r"^\s*(//|$)|throw\(|runExitHooks\(|Gosched\(|close\(|unlockOSThread\(|panic\(|runningPanicDefers|panicking"
    )
    for line, text in body(version, function).items():
        code = text.split("//")[0]
        if not of_line(function, line).may_be(minor) and not re.search(harmless, text):
            assert not re.search(r"\w\(|\bnew\b|make\(", code), f"{version} {line}: {text}"
