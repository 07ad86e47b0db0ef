"""The tables of a pprof protobuf: strings, functions, and each location's frames. The same for a heap and for a CPU.

Knows the format's references and their bounds; not what a sample's values mean.
"""

from collections.abc import Iterator, Sequence

from google.protobuf.message import DecodeError

from analyzers.errors import MalformedProfile
from analyzers.profile import Site
from analyzers.profile_pb2 import Profile
from analyzers.reading.protofields import MAX_FIELDS, VARINT, pieces, tag

SAMPLE, LOCATION = tag(Profile.SAMPLE_FIELD_NUMBER), tag(Profile.LOCATION_FIELD_NUMBER)
MAPPING, STRING = tag(Profile.MAPPING_FIELD_NUMBER), tag(Profile.STRING_TABLE_FIELD_NUMBER)
SAMPLE_TYPE, FUNCTION = tag(Profile.SAMPLE_TYPE_FIELD_NUMBER), tag(Profile.FUNCTION_FIELD_NUMBER)
PERIOD = tag(Profile.PERIOD_FIELD_NUMBER, VARINT)
DURATION = tag(Profile.DURATION_NANOS_FIELD_NUMBER, VARINT)


def parsed(fields: bytes) -> Profile:
    """A message of these fields. Raises MalformedProfile."""
    profile = Profile()
    try:
        profile.ParseFromString(fields)
    except DecodeError as error:
        raise MalformedProfile("the bytes are no protobuf profile") from error
    return profile


def string(strings: Sequence[str], index: int) -> str:
    """One entry of the string table. Raises MalformedProfile."""
    if not 0 <= index < len(strings):
        raise MalformedProfile("an index points outside the string table")
    return strings[index]


def frames_of(
    runs: list[bytes], profile: Profile, strings: Sequence[str]
) -> Iterator[tuple[int, int, tuple[Site, ...]]]:
    """Each location's id, its address, and its frames, leaf first: more than one where functions were inlined.

    `profile` holds the functions. Raises MalformedProfile for dangling references and for too many lines.
    """
    functions = {
        item.id: (string(strings, item.name).replace("%2e", "."), string(strings, item.filename))
        for item in profile.function
    }
    lines = 0
    for item in (item for piece in pieces(runs) for item in parsed(piece).location):
        found = item.line
        lines += len(found)
        if lines > MAX_FIELDS:
            raise MalformedProfile(f"the profile has more than {MAX_FIELDS} lines")
        try:
            run = tuple([Site(*functions[line.function_id], line.line) for line in found])
        except KeyError as error:
            raise MalformedProfile("a location names a function that is not there") from error
        yield item.id, item.address, run
