"""`mapstorm diagnose` against `go tool pprof -top`, on captures of a Go program with as many records as asked."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx

from analyzers.reading.heaptext import read_heap_text
from analyzers.reading.symbols import queries
from tests import go_services
from tests.bench.processes import Cost, compared
from tests.toolchains import SWISS, environment, toolchain

ROOT = Path(__file__).parents[2]
RECORDS = (300, 5_000, 50_000)
# Records, whose share of go tool pprof's time text and protobuf may take.
TARGETS = {300: None, 5_000: 0.30, 50_000: 0.15}
MOST_TEXT_MIB = 60
# What Python and two libraries take before mapstorm does anything: words need jinja2, a protobuf needs protobuf.
FLOORS = {
    "python alone": [sys.executable, "-c", "pass"],
    "python, import jinja2": [sys.executable, "-c", "import jinja2"],
    "python, import protobuf": [sys.executable, "-c", "import analyzers.profile_pb2"],
}
FLOORS_AT = 5_000


class Captured(NamedTuple):
    """One capture on disk."""

    text: Path
    symbols: Path
    proto: Path


def rows(folder: Path) -> Iterator[str]:
    """A table, line by line."""
    yield f"{'records':>8} {'text':>9} {'':<26}{'seconds':>9} {'of pprof':>9} {'CPU of it':>9} {'peak MiB':>9}  target"
    for records in RECORDS:
        captured = capture(records, folder)
        floors = FLOORS if records == FLOORS_AT else {}
        costs = compared(_commands(captured) | floors, _environment(), runs=5 if records < 50_000 else 3)
        base = costs["go tool pprof -top"]
        size = captured.text.stat().st_size / 2**20
        for name, cost in costs.items():
            yield _row(records, size, name, cost, base)


def capture(records: int, folder: Path) -> Captured:
    """Text, symbols and protobuf of one running program."""
    captured = Captured(*(folder / f"{records}.{kind}" for kind in ("txt", "symbols", "pb.gz")))
    arguments = ("-records", str(records))
    with (
        go_services.run(go_services.BENCH, SWISS, *arguments) as service,
        httpx.Client(timeout=300, trust_env=False) as client,
    ):
        with client.stream("GET", f"{service.pprof}/heap?debug=1&gc=1") as answer, captured.text.open("wb") as file:
            for chunk in answer.iter_raw():
                file.write(chunk)
        captured.proto.write_bytes(client.get(f"{service.pprof}/heap").content)
        with captured.text.open("rb") as file:
            pcs = read_heap_text(iter(lambda: file.read(1 << 18), b"")).hidden_pcs()
        answers = (client.get(f"{service.pprof}/symbol?{query}").content for query in queries(pcs))
        captured.symbols.write_bytes(b"".join(answers))
    return captured


def _commands(captured: Captured) -> dict[str, list[str]]:
    diagnose = [sys.executable, "-P", "-m", "bot.cli", "diagnose"]  # as ./mapstorm starts it
    proto, text = [str(captured.proto)], [str(captured.text), "--symbols", str(captured.symbols)]
    return {
        "go tool pprof -top": [str(toolchain(SWISS)), "tool", "pprof", "-top", str(captured.proto)],
        "diagnose protobuf": [*diagnose, *proto],
        "diagnose text": [*diagnose, *text],
        "diagnose protobuf to JSON": [*diagnose, *proto, "--format", "json"],
        "diagnose text to JSON": [*diagnose, *text, "--format", "json"],
    }


def _environment() -> dict[str, str]:
    return {**environment(), "PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}


def _row(records: int, size: float, name: str, cost: Cost, base: Cost) -> str:
    line = f"{records:>8,} {size:>5.0f} MiB {name:<26}{cost.seconds:>9.2f} {cost.seconds / base.seconds:>9.2f}"
    line += f" {cost.busy / base.busy:>9.2f} {cost.peak_mib:>9.0f}  "
    target = TARGETS[records]
    if not name.startswith("diagnose") or target is None:
        return line
    met = cost.seconds / base.seconds <= target
    line += f"<= {target:.2f} {'met' if met else 'MISSED'}"
    if "text" in name:
        line += f", <= {MOST_TEXT_MIB} MiB {'met' if cost.peak_mib <= MOST_TEXT_MIB else 'MISSED'}"
    return line
