"""What is kept of a capture as whole stacks: which reading, in which format, and of which build."""

import pytest
import zstandard

from analyzers.errors import ProfileError
from analyzers.profile import Source
from analyzers.reading.heapproto import binary
from handlers.report import Raw
from handlers.wholes import stacks
from tests.analyzers.recordings import Recording

STORM = "go1.27.3-growth_storm"


@pytest.fixture
def raw(recordings: dict[str, Recording]) -> Raw:
    storm = recordings[STORM]
    first, last = (zstandard.compress(storm.raw_text(visit)) for visit in (0, 1))
    symbols = (storm.folder / "symbols.txt").read_bytes()
    return Raw(last, first, symbols, storm.raw_proto(1), storm.raw_proto(0))


def allocated(raw: Raw, source: Source | None = None, *, first: bool = False) -> float:
    found = stacks(raw, source, first=first)
    assert found is not None
    return sum(stack.usage.alloc_space for stack in found.stacks)


def test_the_latest_text_is_what_is_read_where_nothing_is_said(raw: Raw) -> None:
    assert allocated(raw) == allocated(raw, Source.TEXT) > allocated(raw, first=True)
    assert allocated(raw, Source.PROTOBUF) > allocated(raw, Source.PROTOBUF, first=True)
    assert allocated(raw._replace(text=b"")) == allocated(raw, Source.PROTOBUF)
    assert stacks(raw._replace(text=b""), Source.TEXT) is None
    assert stacks(Raw()) is None


def test_a_text_has_the_build_that_its_captures_protobuf_tells(raw: Raw) -> None:
    known = binary(raw.proto).build_id
    assert known
    for each in (stacks(raw), stacks(raw, first=True), stacks(raw, Source.PROTOBUF)):
        assert each is not None
        assert each.build_id == known


@pytest.mark.parametrize("proto", [b"", b"no protobuf at all"])
def test_without_a_protobuf_that_can_be_read_the_build_is_unknown(raw: Raw, proto: bytes) -> None:
    found = stacks(raw._replace(proto=proto))
    assert found is not None
    assert found.build_id == ""


def test_a_text_that_was_kept_broken_is_told(raw: Raw) -> None:
    for broken in (raw.text[: len(raw.text) // 2], b"no text"):
        with pytest.raises(ProfileError):
            stacks(raw._replace(text=broken))
