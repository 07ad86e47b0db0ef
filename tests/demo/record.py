"""Record what the demo replays: `python -m tests.demo.record [FOLDER]`, by default into bot/demo/recordings.

Knows the moments a demo needs: two captures of one process, a minute apart, each of two visits. How a visit is
recorded, and this machine kept out of it, is told in tests/profiles/record.py.
"""

from __future__ import annotations

import gzip
import shutil
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from bot.demo.replay import RECORDINGS
from bot.demo.services import INSTANCES
from tests import go_services
from tests.profiles import record
from tests.profiles.anonymous import anonymous

# Seconds after the start of a recording: the process's own clock, which gives the rates, runs on in between.
MOMENTS = (0.0, 8.0, 60.0, 68.0)


def main(target: Path = RECORDINGS) -> None:
    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(lambda name: one(name, target / name), sorted(set(INSTANCES.values()))))


def one(name: str, folder: Path, moments: Sequence[float] = MOMENTS) -> None:
    """One service into its folder: `go1.23.9/growth_storm`, visited so many seconds after its start."""
    version, _, service_name = name.partition("/")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with (
        go_services.run(service_name, version.removeprefix("go")) as service,
        httpx.Client(timeout=60, trust_env=False) as client,
    ):
        binary = f"/app/{service.truth()['service']}"
        start = time.monotonic()
        for number, moment in enumerate(moments, start=1):
            time.sleep(max(0.0, start + moment - time.monotonic()))
            _visit(client, service.pprof, folder, "heap" if number == 1 else f"heap-{number}", binary)
        texts = [record._unpack(path) for path in sorted(folder.glob("*.txt.gz"))]
        names = record._symbols(client, service.pprof, record.leading_pcs(texts))
    (folder / "symbols.txt").write_text(names)
    print(f"{name}: {sum(path.stat().st_size for path in folder.iterdir()) / 1000:.0f} kB", flush=True)


def _visit(client: httpx.Client, pprof: str, folder: Path, stem: str, binary: str) -> None:
    text = client.get(f"{pprof}/heap?debug=1&gc=1").raise_for_status().content
    record._pack(folder / f"{stem}.txt.gz", text)
    proto = gzip.decompress(client.get(f"{pprof}/heap").raise_for_status().content)
    record._pack(folder / f"{stem}.pb.gz", anonymous(proto, binary))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
