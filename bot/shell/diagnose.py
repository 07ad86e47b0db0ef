"""`mapstorm diagnose FILE...`: saved captures instead of a live service. Imports no network code at all."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from analyzers import symbols
from analyzers.cpu import CPUProfile
from analyzers.errors import MapstormError, NotAHeapProfile
from analyzers.examine import examine
from analyzers.heaptext import HeapText, read_heap_text
from analyzers.inflate import inflate
from analyzers.profile import HeapProfile
from analyzers.snapshot import Snapshot, take
from bot.shell import output
from handlers.notes import CaptureFailed, Summary
from handlers.records import Instance, Service

CHUNK = 64 * 1024
TEXT_START = b"heap profile:"


def main(arguments: list[str]) -> int:
    """Prints one diagnosis for each file. Exit 1 if one of them could not be read."""
    options = _parser().parse_args(arguments)
    code = output.ANSWERED
    for path in options.files:
        code = max(code, _diagnose(path, options))
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mapstorm diagnose", description=__doc__)
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="heap?debug=1 text or .pb.gz, gzipped or not"
    )
    parser.add_argument("--symbols", type=Path, help="answer of /debug/pprof/symbol for the text's runtime addresses")
    parser.add_argument("--base", type=Path, metavar="FILE", help="an earlier capture of the same instance")
    parser.add_argument("--cpu", type=Path, metavar="FILE", help="a CPU profile of the same process (.pb.gz)")
    output.add_format(parser)
    return parser


def _diagnose(path: Path, options: argparse.Namespace) -> int:
    reading = path
    try:
        snapshot = read(path, options.symbols)
        base = None
        if options.base:
            reading = options.base
            base = read(options.base, options.symbols)
        cpu = None
        if options.cpu:
            reading = options.cpu
            cpu = _cpu(options.cpu)
        _, diagnosis = examine(snapshot, None, base, cpu=cpu)
    except OSError as error:
        sys.stderr.write(f"mapstorm diagnose: {error.filename}: {error.strerror}\n")
        return output.WRONG_USAGE
    except MapstormError as error:
        name = reading.name
        output.write_failure(CaptureFailed(_saved(name), name, name, error.reason, error.detail), options)
        return output.FAILED
    output.write_answer(Summary(_saved(path.name), path.name, path.name, diagnosis), options)
    return output.ANSWERED


def _saved(name: str) -> Service:
    """A file stands for service and instance alike."""
    return Service(name, (Instance(name, ""),), channel="", window_s=0)


def read(path: Path, symbols_path: Path | None) -> Snapshot:
    """The snapshot in a file: text or protobuf, gzipped or not, told apart by its first bytes.

    A text file is read in chunks, so its size does not matter.
    """
    moment = path.stat().st_mtime
    with path.open("rb") as file:
        start = file.read(len(TEXT_START))
    if start == TEXT_START:
        return take(_named(read_heap_text(_chunks(path)), symbols_path), moment)
    data = path.read_bytes()
    if not data.strip():
        raise NotAHeapProfile("the file is empty")
    inflated = inflate(data)
    if inflated.lstrip()[:1] == b"<":
        raise NotAHeapProfile("html")
    if inflated.startswith(TEXT_START):
        return take(_named(read_heap_text(iter((inflated,))), symbols_path), moment)
    # Only here: the protobuf library takes as long to import as 10,000 records of text take to read.
    from analyzers import heapproto

    return take(heapproto.read(inflated), moment)


def _cpu(path: Path) -> CPUProfile:
    from analyzers import cpuproto  # only here, as heapproto above

    return cpuproto.read(path.read_bytes())


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _named(text: HeapText, path: Path | None) -> HeapProfile:
    if path is None:
        return symbols.resolve(text, {})
    names = symbols.names(path.read_bytes())
    # Saved by hand, the answer may be for the addresses as they stand in the text, which is pc, not pc-1.
    as_asked = {pc - 1: name for pc, name in names.items()}
    fitting = max(names, as_asked, key=lambda found: symbols.covered(text, found))
    if not symbols.covered(text, fitting):
        sys.stderr.write(f"mapstorm diagnose: {path}: names none of the text's addresses, so it is left out\n")
    return symbols.resolve(text, fitting)
