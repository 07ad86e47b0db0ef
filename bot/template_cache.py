"""Compiled templates kept between runs, as Python keeps its own modules. Knows bytes and a folder, no template.

Why: compiling the templates takes longer than diagnosing a profile of 5,000 records, and the shell starts anew each
time. Why not jinja2's own FileSystemBytecodeCache: it unpickles what it finds in the shared temporary folder.
A folder that cannot be written, or that is not ours alone, only costs the time.
"""

import contextlib
import marshal
import os
import sys
import tempfile
from pathlib import Path
from types import CodeType

import jinja2
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

_STAMP = f"{jinja2.__version__} {sys.implementation.cache_tag} {sys.hexversion:x}\n".encode()


class TemplateCache(BytecodeCache):
    """One file a template, under the checksum of its source. `folder` is made for its owner alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fills the bucket if this very source was compiled by this very Python."""
        try:
            path = self._path(bucket)
            if path.parent.stat().st_uid != os.getuid() or path.parent.stat().st_mode & 0o022:
                return
            data = path.read_bytes()
        except (OSError, AttributeError):
            return
        head = _head(bucket)
        if data.startswith(head):
            with contextlib.suppress(ValueError, EOFError, TypeError):
                code = marshal.loads(data[len(head) :])  # noqa: S302 - our own file, as trusted as a .pyc
                bucket.code = code if isinstance(code, CodeType) else None

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps what was just compiled."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder)
            with os.fdopen(handle, "wb") as file:
                file.write(_head(bucket) + marshal.dumps(bucket.code))
            Path(name).replace(self._path(bucket))

    def _path(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}.cache"


def cache_folder() -> Path:
    """Where the platform keeps what can be made again."""
    home = os.environ.get("XDG_CACHE_HOME") or Path(os.environ.get("HOME") or tempfile.gettempdir(), ".cache")
    return Path(home, "mapstorm", "templates")


def _head(bucket: Bucket) -> bytes:
    return _STAMP + bucket.checksum.encode() + b"\n"
