"""Heap profiles in protobuf made by hand, and real ones taken apart without mapstorm's reader."""

import gzip
from collections.abc import Iterable, Mapping, Sequence

from analyzers.profile_pb2 import Profile
from tests.analyzers.texts import MAIN, PUT, RATE, Frame

HEAP_TYPES = ("alloc_objects", "alloc_space", "inuse_objects", "inuse_space")
Stack = tuple[Frame, ...]
# Allocated objects and bytes, in-use objects and bytes, object size, stack.
Row = tuple[int, int, int, int, int, Stack]
ROW: Row = (2, 2048, 1, 1024, 1024, (PUT, MAIN))


class Builder:
    """A Profile message with its string table."""

    def __init__(self, types: Sequence[str] = HEAP_TYPES, period: int = RATE) -> None:
        self.message = Profile(string_table=[""], period=period)
        self._strings = {"": 0}
        self._locations: dict[Frame, int] = {}
        for name in types:
            self.message.sample_type.add(type=self.string(name), unit=self.string("count"))

    def string(self, text: str) -> int:
        if text not in self._strings:
            self._strings[text] = len(self._strings)
            self.message.string_table.append(text)
        return self._strings[text]

    def location(self, frame: Frame) -> int:
        if frame not in self._locations:
            number = self._locations[frame] = len(self._locations) + 1
            name, file = self.string(frame.function), self.string(frame.file)
            self.message.function.add(id=number, name=name, filename=file)
            self.message.location.add(id=number, address=frame.pc).line.add(function_id=number, line=frame.line)
        return self._locations[frame]

    def sample(self, values: Iterable[int], stack: Stack, size: int | None = None) -> "Builder":
        made = self.message.sample.add(value=list(values), location_id=[self.location(frame) for frame in stack])
        if size is not None:
            made.label.add(key=self.string("bytes"), num=size)
        return self

    def bytes(self) -> bytes:
        return gzip.compress(self.message.SerializeToString(), mtime=0)


def proto(*rows: Row, period: int = RATE) -> bytes:
    """A gzipped heap profile."""
    builder = Builder(period=period)
    for *values, size, stack in rows:
        builder.sample(values, stack, size)
    return builder.bytes()


def totals(data: bytes) -> Mapping[str, int]:
    """Sums over all samples by sample type, as `go tool pprof` shows them; the profiler's own stacks included."""
    message = Profile.FromString(gzip.decompress(data))
    names = [message.string_table[each.type] for each in message.sample_type]
    return {name: sum(sample.value[at] for sample in message.sample) for at, name in enumerate(names)}


def profilers_share(data: bytes) -> tuple[int, ...]:
    """What stacks through runtime/pprof and net/http/pprof allocated, unless the user's own line did it."""
    message = Profile.FromString(gzip.decompress(data))
    names = {each.id: message.string_table[each.name] for each in message.function}
    frames = {each.id: [names[line.function_id] for line in each.line] for each in message.location}
    sums = [0, 0, 0, 0]
    for sample in message.sample:
        stack = [name for location in sample.location_id for name in frames[location]]
        passes = any(name.startswith(("runtime/pprof.", "net/http/pprof.")) for name in stack)
        if passes and not stack[0].startswith("example.com/svc"):
            sums = [known + value for known, value in zip(sums, sample.value, strict=True)]
    return tuple(sums)
