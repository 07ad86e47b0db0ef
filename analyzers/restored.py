"""Whole stacks to a gzipped pprof protobuf that has the runtime frames which no profile of Go's shows.

Knows the format as Go writes it, not what a map is. `go tool pprof` and speedscope open it as any heap
profile of a service; what they show is what `Stacks` holds, without what the profiler itself allocated.

What pprof does with the runtime frames: nothing. It drops frames where a file asks for it (`drop_frames`), and a list
of its own where it reads the text format; this file asks for nothing. So `go tool pprof -top` shows them as any other
frame, which is those with more than 0.5 % of the total (`-nodefraction`); at its prompt, `top` shows ten. With
`-show_from=hashGrow` it shows what is below that alone. The mapping says that all names are there, which keeps pprof
from asking a binary for them.
"""

import zlib

from analyzers.profile import Usage
from analyzers.profile_pb2 import Profile
from analyzers.reading.protoheap import USAGE_TYPES
from analyzers.stacks import Frame, Stacks

UNITS = ("count", "bytes", "count", "bytes")
DEFAULT_TYPE = "inuse_space"
MAPPING = 1  # the only one's number
LARGEST = 2**63 - 1  # that the format holds
NANOSECONDS = 1_000_000_000
GZIP, LEVEL = 31, 6  # zlib's name for a gzip shell, and what repeats itself is worth the time


def restored(stacks: Stacks, captured_at: float) -> bytes:
    """The profile of the moment `captured_at` (seconds since 1970), gzipped; the same stacks give the same bytes.

    Objects and bytes are whole numbers, rounded down one by one as Go does. A frame without a name has its address
    alone.
    """
    profile = Profile(time_nanos=int(captured_at * NANOSECONDS), period=min(stacks.period, LARGEST))
    strings = _Strings()
    for name, unit in zip(USAGE_TYPES, UNITS, strict=True):
        profile.sample_type.add(type=strings[name], unit=strings[unit])
    # A text's index, as the format has it. speedscope reads it as a number of a sample type, and shows the last one
    # where there is none of that number: four texts stand before this one, so it is the same.
    profile.default_sample_type = strings[DEFAULT_TYPE]
    profile.period_type.type, profile.period_type.unit = strings["space"], strings["bytes"]
    _map(profile, strings, stacks)
    _locate(profile, strings, stacks.frames)
    size_key = strings["bytes"]
    for stack in stacks.stacks:
        sample = profile.sample.add(location_id=[at + 1 for at in stack.frames], value=_values(stack.usage))
        sample.label.add(key=size_key, num=min(stack.object_size, LARGEST))
    profile.string_table.extend(strings)
    shell = zlib.compressobj(LEVEL, wbits=GZIP)
    return shell.compress(profile.SerializeToString(deterministic=True)) + shell.flush()


class _Strings(dict[str, int]):
    """The string table: a text's index, given when it is first asked for. The first is empty, as the format wants."""

    def __init__(self) -> None:
        super().__init__({"": 0})

    def __missing__(self, text: str) -> int:
        index = self[text] = len(self)
        return index


def _map(profile: Profile, strings: _Strings, stacks: Stacks) -> None:
    """One mapping around all addresses: it says which build this is, and that there is nothing left to look up."""
    addresses = [frame.address for frame in stacks.frames if frame.address]
    profile.mapping.add(
        id=MAPPING,
        memory_start=min(addresses, default=0),
        memory_limit=min(max(addresses, default=0) + 1, LARGEST),
        build_id=strings[stacks.build_id],
        has_functions=True,
        has_filenames=True,
        has_line_numbers=True,
        has_inline_frames=True,
    )


def _locate(profile: Profile, strings: _Strings, frames: tuple[Frame, ...]) -> None:
    """One location for each frame, its number one more than the frame's."""
    functions: dict[tuple[str, str], int] = {}
    for at, (site, address) in enumerate(frames):
        location = profile.location.add(id=at + 1, mapping_id=MAPPING, address=address)
        if not site.function:
            continue
        key = (site.function, site.filename)
        number = functions.get(key)
        if number is None:
            number = functions[key] = len(functions) + 1
            name = strings[site.function]
            profile.function.add(id=number, name=name, system_name=name, filename=strings[site.filename])
        location.line.add(function_id=number, line=min(site.line, LARGEST))


def _values(usage: Usage) -> list[int]:
    return [min(int(value), LARGEST) for value in usage]
