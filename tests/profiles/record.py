"""Record what the services under test serve: `python -m tests.profiles.record [--go VERSION] [NAME...]`.

Knows which requests make a recording, and how to keep this machine out of it. Not what the answers mean.

The answers are kept as they came, but for one string: the protobuf names the file of the binary, which would
be a path of the machine that recorded. It becomes /app/SERVICE, as in a container.
"""

from __future__ import annotations

import argparse
import dataclasses
import gzip
import json
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypedDict

import httpx

from tests import go_services
from tests.profiles.anonymous import anonymous
from tests.toolchains import CLASSIC, SWISS

HERE = Path(__file__).parent
# What the demo and the golden files tell of; all services under all builds are in tests/corpus.
NAMES = (
    "growth_storm",
    "idle",
    "large_map_retained",
    "library_glue",
    "lru_steady",
    "many_small_maps",
    "no_map_problem",
    "rebuild_churn",
    "slice_growth",
    "unbounded_growth",
)
SECOND_VISIT_S = 6
THIRD_VISIT_S = 20
CPU_S = 5
_REQUEST_BYTES = 7_000  # servers refuse long request lines; Go's own limit is far above

_RECORD = re.compile(r"^\d+: \d+ \[\d+: \d+\] @(.*)\n(?:#\t(0x[0-9a-f]+))?", re.MULTILINE)
_FRAME = re.compile(r"^#\t0x[0-9a-f]+\t(\S+)\+0x[0-9a-f]+\s+(\S+):(\d+)$", re.MULTILINE)


class Visit(TypedDict):
    """One look at the service: the files it gave, the seconds since the first look, its maps right before and the
    truth right after, for a map may grow between its numbers and its profile."""

    visit: int
    text: str
    proto: str
    seconds: float
    before: list[go_services.GoMap]
    truth: go_services.Truth


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.profiles.record", description=__doc__)
    parser.add_argument("--go", action="append", metavar="VERSION", help="toolchain; again for more")
    parser.add_argument("--cpu", action="store_true", help="only a CPU profile, added to what is recorded already")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a folder of tests/services; default those of NAMES")
    options = parser.parse_args()
    make = record_cpu if options.cpu else record
    for version in options.go or (CLASSIC, SWISS):
        for name in options.names or NAMES:
            size = make(name, version, HERE / f"go{version}" / name)
            print(f"go{version}/{name}: {size / 1000:.0f} kB", flush=True)


def changed(first: go_services.Truth, second: go_services.Truth) -> bool:
    """Whether a later look would show anything new."""
    return first["maps"] != second["maps"]


def record(
    name: str,
    version: str,
    folder: Path,
    third: Callable[[go_services.Truth, go_services.Truth], bool] = changed,
) -> int:
    """Run one service, visit it twice, a third time if `third` says so, and write the recording; the bytes it takes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with go_services.run(name, version) as service, httpx.Client(timeout=60, trust_env=False) as client:
        visits = list(_visits(service, client, folder, third))
        if "cpu" in go_services.notes(name):
            _cpu(service, client, folder)
        texts = [_unpack(path) for path in sorted(folder.glob("*.txt.gz"))]
        (folder / "symbols.txt").write_text(_symbols(client, service.pprof, leading_pcs(texts)))
    (folder / "truth.json").write_text(json.dumps(_truth(name, version, visits, texts), indent=2) + "\n")
    return sum(path.stat().st_size for path in folder.iterdir())


def record_cpu(name: str, version: str, folder: Path) -> int:
    """A CPU profile of a new process, beside the recording of another one; the bytes it takes."""
    with go_services.run(name, version) as service, httpx.Client(timeout=60, trust_env=False) as client:
        return _cpu(service, client, folder)


def _cpu(service: go_services.Service, client: httpx.Client, folder: Path) -> int:
    answer = client.get(f"{service.pprof}/profile?seconds={CPU_S}").raise_for_status().content
    path = folder / "cpu.pb.gz"
    _pack(path, anonymous(gzip.decompress(answer), f"/app/{service.truth()['service']}"))
    return path.stat().st_size


def leading_pcs(texts: Iterable[str]) -> list[int]:
    """PCs the text leaves unnamed: those before the first frame it prints, less one as symbol wants them."""
    pcs: set[int] = set()
    for text in texts:
        for stack, first in _RECORD.findall(text):
            for pc in (int(word, 16) - 1 for word in stack.split()):
                if first and pc == int(first, 16):
                    break
                pcs.add(pc)
    return sorted(pcs)


def _visits(
    service: go_services.Service,
    client: httpx.Client,
    folder: Path,
    third: Callable[[go_services.Truth, go_services.Truth], bool],
) -> Iterator[Visit]:
    start = time.monotonic()
    seen: list[go_services.Truth] = []
    for number, pause in enumerate((0, SECOND_VISIT_S, THIRD_VISIT_S), start=1):
        if number == 3 and not third(*seen):
            return
        time.sleep(pause)
        stem = "heap" if number == 1 else f"heap-{number}"
        before = service.truth()["maps"]
        seconds = round(time.monotonic() - start, 3)
        _pack(
            folder / f"{stem}.txt.gz",
            client.get(f"{service.pprof}/heap?debug=1&gc=1").raise_for_status().content,
        )
        proto = gzip.decompress(client.get(f"{service.pprof}/heap").raise_for_status().content)
        truth = service.truth()
        _pack(folder / f"{stem}.pb.gz", anonymous(proto, f"/app/{truth['service']}"))
        seen.append(truth)
        yield {
            "visit": number,
            "text": f"{stem}.txt.gz",
            "proto": f"{stem}.pb.gz",
            "seconds": seconds,
            "before": before,
            "truth": truth,
        }


def _symbols(client: httpx.Client, pprof: str, pcs: list[int]) -> str:
    """The symbol endpoint's answer for all PCs; the heads of later answers are left out."""
    lines: list[str] = []
    per_request = _REQUEST_BYTES // len("0x0123456789abcdef+")
    for start in range(0, max(len(pcs), 1), per_request):
        query = "+".join(f"{pc:#x}" for pc in pcs[start : start + per_request])
        answer = client.get(httpx.URL(f"{pprof}/symbol?{query}")).raise_for_status().text
        lines += answer.splitlines()[1 if lines else 0 :]
    return "\n".join(lines) + "\n"


def _truth(name: str, version: str, visits: list[Visit], texts: list[str]) -> dict[str, object]:
    """What the program and its source say; see README.md."""
    functions = {(file, int(line)): function for text in texts for function, file, line in _FRAME.findall(text)}
    marked = [
        dataclasses.asdict(mark) | {"function": functions.get((mark.file, mark.line))}
        for mark in go_services.marks(name, version)
    ]
    return {
        "name": name,
        "service": go_services.module(name).rpartition("/")[2],
        "go_version": f"go{version.partition('-')[0]}",
        "build": version,
        "family": go_services.family(version),
        "rate": visits[0]["truth"]["mem_profile_rate"],
        "verdict": go_services.verdict(name, version),
        "culprit": next((mark for mark in marked if mark["role"] == "culprit"), None),
        "marks": marked,
        "visits": visits,
    }


def _pack(path: Path, content: bytes) -> None:
    path.write_bytes(gzip.compress(content, 9, mtime=0))


def _unpack(path: Path) -> str:
    return gzip.decompress(path.read_bytes()).decode()


if __name__ == "__main__":
    main()
