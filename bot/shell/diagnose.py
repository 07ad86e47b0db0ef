"""`mapstorm diagnose FILE...`: saved captures instead of a live service.

Imports no network code at all, and no pathlib, which brings urllib: imports are most of what a small file takes.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from functools import partial

from analyzers.cpu import CPUProfile
from analyzers.errors import MapstormError, NotAHeapProfile
from analyzers.examine import examine
from analyzers.profile import HeapProfile
from analyzers.reading import symbols
from analyzers.reading.heaptext import HeapText, read_heap_text
from analyzers.reading.inflate import inflate
from analyzers.snapshot import Snapshot, take
from bot.shell import output
from bot.shell.targets import TargetError, Targets, add_targets, targets
from handlers.notes import CaptureFailed, Summary
from handlers.records import Instance, Service

CHUNK = 64 * 1024
TEXT_START = b"heap profile:"
# A service names every address of its own; those of another program name some by chance.
MOST = 0.5


def main(arguments: list[str]) -> int:
    """Prints one diagnosis for each file. Exit 1 if one of them could not be read."""
    options = _parser().parse_args(arguments)
    try:
        wanted = _targets(options)
    except TargetError as error:
        sys.stderr.write(f"mapstorm diagnose: {error}\n")
        return output.WRONG_USAGE
    code = output.ANSWERED
    for path in options.files:
        code = max(code, _diagnose(path, options, wanted))
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mapstorm diagnose",
        description="Print the diagnosis of saved heap profiles.",
        # To ask for the terminal's width, which only --help needs, argparse imports shutil, bz2 and lzma every time.
        formatter_class=partial(argparse.HelpFormatter, width=100),
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="heap?debug=1 text or .pb.gz, gzipped or not")
    parser.add_argument(
        "--symbols", metavar="FILE", help="answer of /debug/pprof/symbol for the text's addresses, each less 1"
    )
    parser.add_argument("--base", metavar="FILE", help="an earlier capture of the same instance")
    parser.add_argument("--cpu", metavar="FILE", help="a CPU profile of the same process (.pb.gz)")
    add_targets(parser)
    output.add_format(parser)
    return parser


def _targets(options: argparse.Namespace) -> Targets:
    """Raises TargetError."""
    if (options.html or options.pprof) and len(options.files) > 1:
        raise TargetError("--html and --pprof are of one FILE: run it once for each")
    read = [path for path in (*options.files, options.symbols, options.base, options.cpu) if path]
    return targets(options, [os.path.basename(options.files[0])], read)[0]


def _diagnose(path: str, options: argparse.Namespace, wanted: Targets) -> int:
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
        name = os.path.basename(reading)
        output.write_failure(CaptureFailed(_saved(name), name, name, error.reason, error.detail), options)
        return output.FAILED
    name = os.path.basename(path)
    note = Summary(_saved(name), name, name, diagnosis)
    output.write_answer(note, options)
    return output.ANSWERED if wanted == Targets() else _write(wanted, note, snapshot, base, options)


def _write(
    wanted: Targets, note: Summary, snapshot: Snapshot, base: Snapshot | None, options: argparse.Namespace
) -> int:
    """The files of the only file."""
    from bot.shell import drawing  # only here: it brings half of mapstorm

    before = drawing.Saved(options.base, base) if base else None
    try:
        drawing.write_saved(wanted, note, drawing.Saved(options.files[0], snapshot), before, options.symbols)
    except TargetError as error:
        sys.stderr.write(f"mapstorm diagnose: {error}\n")
        return output.FAILED
    return output.ANSWERED


def _saved(name: str) -> Service:
    """A file stands for service and instance alike."""
    return Service(name, (Instance(name, ""),), channel="", window_s=0)


def read(path: str, symbols_path: str | None) -> Snapshot:
    """The snapshot in a file: text or protobuf, gzipped or not, told apart by its first bytes.

    A text file is read in chunks, so its size does not matter.
    """
    moment = os.stat(path).st_mtime
    with open(path, "rb") as file:
        start = file.read(len(TEXT_START))
    if start == TEXT_START:
        return take(_named(read_heap_text(_chunks(path)), symbols_path), moment)
    data = _bytes(path)
    if not data.strip():
        raise NotAHeapProfile("the file is empty")
    inflated = inflate(data)
    if inflated.lstrip()[:1] == b"<":
        raise NotAHeapProfile("html")
    if inflated.startswith(TEXT_START):
        return take(_named(read_heap_text(iter((inflated,))), symbols_path), moment)
    # Only here: the protobuf library takes as long to import as 10,000 records of text take to read.
    from analyzers.reading import heapproto

    return take(heapproto.read(inflated), moment)


def _bytes(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _cpu(path: str) -> CPUProfile:
    from analyzers.reading import cpuproto  # only here, as heapproto above

    return cpuproto.read(_bytes(path))


def _chunks(path: str) -> Iterator[bytes]:
    with open(path, "rb", buffering=0) as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _named(text: HeapText, path: str | None) -> HeapProfile:
    if path is None:
        return symbols.resolve(text, {})
    names = symbols.names(_bytes(path))
    # Saved by hand, the answer may be for the addresses as they stand in the text: return addresses, of which one in
    # ten belongs to another function. One wrong name hides a map, and the answer would still sound sure.
    unmoved = {pc - 1: name for pc, name in names.items()}
    why = ""
    if symbols.covered(text, unmoved) > symbols.covered(text, names):
        why = "names the text's addresses themselves: ask for each less 1"
    elif symbols.covered(text, names) < MOST:
        why = "names too few of the text's addresses: it is another process's"
    if why:
        sys.stderr.write(f"mapstorm diagnose: {path} {why}. It is left out.\n")
        names = {}
    return symbols.resolve(text, names)
