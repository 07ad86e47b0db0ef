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
from types import CodeType

import jinja2
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

_STAMP = f"{jinja2.__version__} {sys.implementation.cache_tag} {sys.hexversion:x}\n".encode()


class TemplateCache(BytecodeCache):
    """One file a template, under the checksum of its source. `folder` is made for its owner alone."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fills the bucket if this very source was compiled by this very Python."""
        try:
            path = self._path(bucket)
            owner = os.stat(self._folder)
            if owner.st_uid != os.getuid() or owner.st_mode & 0o022:
                return
            with open(path, "rb") as file:
                data = file.read()
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
            os.makedirs(self._folder, mode=0o700, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder)
            with os.fdopen(handle, "wb") as file:
                file.write(_head(bucket) + marshal.dumps(bucket.code))
            os.replace(name, self._path(bucket))

    def _path(self, bucket: Bucket) -> str:
        return os.path.join(self._folder, f"{bucket.key}.cache")


def cache_folder() -> str:
    """Where the platform keeps what can be made again."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.environ.get("HOME") or tempfile.gettempdir(), ".cache")
    return os.path.join(home, "mapstorm", "templates")


def _head(bucket: Bucket) -> bytes:
    return _STAMP + bucket.checksum.encode() + b"\n"
