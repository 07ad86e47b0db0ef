"""The files a command is asked to write, `--html` and `--pprof`: their names, and why one cannot be written.

Knows paths, not what is written. Looks before anybody waits for a capture. Stands in the way of every `mapstorm
diagnose`, so it imports nothing but os.
"""

import argparse
import os
import stat
from collections.abc import Sequence
from typing import NamedTuple

PROFILE = ".pb.gz"


class Targets(NamedTuple):
    """Where the page and the profile of one answer go; None: nobody wants it."""

    html: str | None = None
    pprof: str | None = None


class TargetError(Exception):
    """A file that cannot be written, and why."""


def add_targets(parser: argparse.ArgumentParser) -> None:
    """The options of every command that has a profile in its hands."""
    parser.add_argument("--html", metavar="FILE", help="also write the report page, one file that needs nothing else")
    parser.add_argument("--pprof", metavar="FILE", help="also write the profile with the runtime's frames (.pb.gz)")


def targets(options: argparse.Namespace, names: Sequence[str], read: Sequence[str] = ()) -> list[Targets]:
    """The files of each of `names`, none of which may be in `read`; of several, each has its name in it.

    Raises TargetError.
    """
    for option, path in (("--html", options.html), ("--pprof", options.pprof)):
        if path in ("", "-"):
            raise TargetError(f"{option}: name a file; what goes to stdout is the answer")
    found = [
        Targets(_of(options.html, name, len(names) > 1), _of(options.pprof, name, len(names) > 1)) for name in names
    ]
    paths = [path for each in found for path in each if path is not None]
    for path in paths:
        _check(path, read)
    real = [os.path.realpath(path) for path in paths]
    if len(set(real)) < len(real):
        raise TargetError("--html and --pprof: that is the same file twice")
    return found


def _of(path: str | None, name: str, several: bool) -> str | None:
    """`report.html` of orders-0 among others: `report-orders-0.html`."""
    if path is None or not several:
        return path
    from bot.local_files import safe  # only here: it brings urllib

    stem = path.removesuffix(PROFILE) if path.endswith(PROFILE) else os.path.splitext(path)[0]
    return f"{stem}-{safe(name)}{path[len(stem) :]}"


def _check(path: str, read: Sequence[str]) -> None:
    real = os.path.realpath(path)
    folder = os.path.dirname(real)
    if not os.path.isdir(folder):
        raise TargetError(f"{path}: there is no folder {folder}")
    try:
        mode = os.stat(real).st_mode
    except FileNotFoundError:
        mode = stat.S_IFREG
    except OSError as error:
        raise TargetError(f"{path}: {error.strerror}") from error
    if stat.S_ISDIR(mode) or path.endswith(os.sep):
        raise TargetError(f"{path}: is a folder, name a file in it")
    # Written whole or not at all, it would take the place of a device or a pipe instead of going through it.
    if not stat.S_ISREG(mode):
        raise TargetError(f"{path}: is no plain file")
    if any(os.path.realpath(each) == real for each in read):
        raise TargetError(f"{path}: that file is being read")
    # As whoever writes, not as whoever started the process.
    if not os.access(folder, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        raise TargetError(f"{path}: nothing can be written to {folder}")
