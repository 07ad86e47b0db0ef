"""What `go tool pprof` says of the same captures: the function on its first line, beside the culprit's.

Knows two ways to ask: the protobuf, as most people do, and `heap?debug=1` of a process (here its replay) with
`-all_frames -symbolize=remote`, the only way to the runtime's own frames.
"""

import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from tests.accuracy.judge import Judgement
from tests.accuracy.replay import served
from tests.toolchains import SWISS, environment, toolchain

MAP_FRAMES = ("runtime.map", "runtime.makemap", "runtime.hashGrow", "runtime.makeBucketArray", "internal/runtime/maps.")
WAYS = ("-top", "-all_frames")


class Answer(NamedTuple):
    """The function that pprof puts first, by allocated bytes; empty where it prints none."""

    judged: Judgement
    way: str
    function: str

    @property
    def culprit(self) -> bool:
        """Whether that is the function of the line to blame."""
        culprit = self.judged.capture.recording.truth["culprit"]
        return culprit is not None and self.function == culprit["function"]

    @property
    def says_map(self) -> bool:
        return self.function.startswith(MAP_FRAMES)


def answers(judgements: Iterable[Judgement]) -> list[Answer]:
    """Both ways for every window; minutes for the whole corpus, and Go is brought if it is not there."""
    pprof = _pprof()
    windows = [each for each in judgements if each.capture.view == "window"]
    folders = [each.capture.recording.folder for each in windows]
    with (
        served(folders) as address,
        tempfile.TemporaryDirectory() as scratch,
        ThreadPoolExecutor(os.cpu_count()) as pool,
    ):

        def ask(judged: Judgement, way: str) -> Answer:
            folder = judged.capture.recording.folder
            source = [str(folder / "heap-2.pb.gz")]
            if way == "-all_frames":
                url = f"{address}/{folder.parent.name}/{folder.name}/debug/pprof/heap?debug=1"
                source = ["-all_frames", "-symbolize=remote", url]
            return Answer(judged, way, _first([pprof, "-top", "-alloc_space", *source], scratch))

        return list(pool.map(lambda pair: ask(*pair), [(judged, way) for way in WAYS for judged in windows]))


def _pprof() -> str:
    """The program that `go tool pprof` would run: asked for once, because go looks for it anew each time."""
    command = [str(toolchain(SWISS)), "tool", "-n", "pprof"]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)  # noqa: S603 - the same
    return done.stdout.strip()


def _first(command: list[str], scratch: str) -> str:
    done = subprocess.run(  # noqa: S603 - the toolchain the tests brought
        command, env=environment() | {"PPROF_TMPDIR": scratch}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}:\n{done.stderr[-1000:]}")
    table = done.stdout.partition("cum%\n")[2].splitlines()
    return table[0].split(None, 5)[5].removesuffix(" (inline)") if table else ""


def lines(given: list[Answer]) -> Iterator[str]:
    """A table of families: how often the first line is the culprit's function, and how often it says map."""
    yield "| | n | way | names the culprit | says map | mapstorm's line | most often first |"
    yield "| --- | ---: | --- | ---: | ---: | ---: | --- |"
    for family in ("classic", "swiss"):
        for way in WAYS:
            guilty = [
                each
                for each in given
                if each.way == way and each.judged.capture.family == family and each.judged.capture.culprit
            ]
            if guilty:
                yield _row(family, way, guilty)


def _row(family: str, way: str, guilty: list[Answer]) -> str:
    shares = (
        sum(each.culprit for each in guilty),
        sum(each.says_map for each in guilty),
        sum(bool(each.judged.line) for each in guilty),
    )
    function, times = Counter(each.function for each in guilty).most_common(1)[0]
    cells = " | ".join(f"{count / len(guilty):.0%}" for count in shares)
    return f"| {family} | {len(guilty)} | `{way}` | {cells} | `{function}` ({times} times) |"


def services(given: list[Answer]) -> Iterator[str]:
    """One line a capture and way: what is first, and whether that is the culprit."""
    for each in sorted(given, key=lambda answer: (answer.judged.capture.name, answer.judged.capture.build)):
        capture = each.judged.capture
        told = "the culprit" if each.culprit else "nothing to blame here" if not capture.culprit else "not the culprit"
        yield f"{capture.name} {capture.build} {each.way}: {each.function or 'nothing'} ({told})"
