"""Files of one's own, for the shell without Redis: names that are safe, writes that are whole, errors with a name."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from handlers.errors import OutageError


@contextmanager
def file_errors(directory: Path) -> Iterator[None]:
    """Whatever the file system refuses becomes an OutageError; its detail stays on the operator's terminal."""
    try:
        yield
    except OSError as error:
        raise OutageError(f"{error.filename or directory}: {error.strerror}") from error


def write(path: Path, data: bytes) -> None:
    """Whole or not at all: a reader never meets half a file."""
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def safe(name: str) -> str:
    """Dots too, so that no name is the folder above."""
    return quote(name, safe="-").replace(".", "%2E")
