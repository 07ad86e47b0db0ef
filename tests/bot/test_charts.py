"""What pictures look like as Slack's charts: within its limits, with what matters left in, whatever the captures."""

from typing import Any

import pytest

from bot.blocks import Block
from bot.captioned import captioned, file_name
from bot.charts import CATEGORIES, charts, thinned
from bot.posting.entries import Entry, decode, encode
from bot.render import Message, message
from bot.standin.check import check_blocks
from handlers.notes import CapturePicture, Picture, TrendPicture
from handlers.records import Remembered
from tests.bot.notes import notes, service, summary
from tests.scenes.scenes import SCENES, TRENDS

HOSTILE = ("", "<!channel>", "`*_~`", "𝕄" * 300, "&" * 300, "\u202e\n^ % ", "a" * 10_000)
START = 1_700_000_000.0


def every_picture() -> list[Picture]:
    told = [each.of() for each in SCENES]
    return [
        *(CapturePicture(each.service, each.instance, each.diagnosis, each.trend) for each in told),
        *(each.of() for each in TRENDS),
        *(note for name in HOSTILE for note in notes(name) if isinstance(note, CapturePicture | TrendPicture)),
    ]


def line(at: float, heap: float = 1e8, basis: str = "same_process", instance: str = "orders-0") -> Remembered:
    return Remembered(START + at, instance, "growth_storm", "a.go:1", heap, heap / 2, basis, "r1")


def trend(*lines: Remembered) -> list[Block]:
    drawn = charts(TrendPicture(service(), lines))
    check_blocks(drawn)
    return drawn


def axis(drawn: Block) -> dict[str, Any]:
    chart: Any = drawn["chart"]
    told: dict[str, Any] = chart["axis_config"]
    return told


def series(drawn: Block) -> dict[str, list[float]]:
    chart: Any = drawn["chart"]
    return {each["name"]: [point["value"] for point in each["data"]] for each in chart["series"]}


def test_rule_8_every_picture_is_within_slacks_limits() -> None:
    for note in every_picture():
        said = message(note)
        check_blocks(said.blocks)
        if said.picture is None:
            assert isinstance(note, TrendPicture)
            assert not note.trend
            continue
        assert 0 < len(said.picture.alt.encode("utf-16-le")) <= 2 * 2_000
        assert 0 < len(said.picture.title) <= 150
        assert 0 < len(said.picture.name) <= 64
        assert not set(said.picture.name) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_")


def test_captures_of_one_minute_have_labels_of_their_own() -> None:
    (drawn,) = trend(line(0), line(1), line(1.2), line(200, basis="new_build"), line(300))
    assert axis(drawn)["categories"] == ["22:13:20", "22:13:21", "22:13:21 (2)", "22:16 ▲", "22:18"]


def test_captures_of_several_days_say_the_day() -> None:
    (drawn,) = trend(line(0), line(86_400))
    assert axis(drawn)["categories"] == ["14 Nov 22:13", "15 Nov 22:13"]
    assert axis(drawn)["x_label"] == "Captures, UTC"


def test_what_no_clock_and_no_scale_shows_is_drawn_all_the_same() -> None:
    trend(line(0), line(1e300), line(float("inf"), float("inf")), line(1, float("nan")))


def test_of_many_captures_the_first_the_last_the_peaks_and_new_builds_stay() -> None:
    lines = [line(60.0 * at, 1e8) for at in range(100)]
    lines[37] = line(60.0 * 37, 9e8)
    lines[71] = line(60.0 * 71, 1e7, "new_build")
    kept = thinned(lines)
    assert len(kept) == CATEGORIES
    assert (kept[0], kept[-1]) == (lines[0], lines[-1])
    assert lines[37] in kept
    assert lines[71] in kept
    assert list(kept) == sorted(kept, key=lambda each: each.captured_at)
    assert thinned(lines[:20]) == tuple(lines[:20])


def test_one_capture_is_a_bar_because_one_point_makes_no_area() -> None:
    (drawn,) = trend(line(0))
    assert drawn["chart"]["type"] == "bar"  # type: ignore[index]


def test_the_unit_is_that_of_the_largest_and_named() -> None:
    (drawn,) = trend(line(0, 3 * 2**20), line(60, 3 * 2**30))
    assert axis(drawn)["y_label"] == "GiB"
    assert series(drawn) == {"live heap": [0.00293, 3.0], "map tables": [0.00146, 1.5]}


def test_captures_of_an_older_release_are_drawn_without_tables_that_nobody_knows() -> None:
    (drawn,) = trend(line(0)._replace(tables=0.0, capture_id=""), line(60))
    assert list(series(drawn)) == ["live heap"]


def test_of_many_instances_the_two_largest_have_a_chart_each() -> None:
    lines = [line(60.0 * at, 1e8 * (5 - at % 5), instance=f"orders-{at % 5}") for at in range(10)]
    assert [drawn["title"] for drawn in trend(*lines)] == ["Live heap of orders-0", "Live heap of orders-1"]


def test_without_a_past_a_capture_is_its_own() -> None:
    note = CapturePicture(service(), "orders-0", summary().diagnosis, ())
    (drawn,) = charts(note)
    assert series(drawn) == {"live heap": [85.8], "map tables": [0.0]}


@pytest.mark.parametrize(
    ("name", "instance", "file"),
    [
        ("svc-orders", "orders-0", "svc-orders-orders-0.png"),
        ("../..", "/", "mapstorm.png"),
        ("svc", "a" * 300, f"svc-{'a' * 56}.png"),
        ("été", "10.0.0.1:6060", "t-10.0.0.1-6060.png"),
    ],
)
def test_a_file_name_is_only_a_name(name: str, instance: str, file: str) -> None:
    assert file_name(CapturePicture(service(name), instance, summary().diagnosis, ())) == file


def test_an_entry_keeps_its_picture_and_those_of_older_releases_have_none() -> None:
    said = message(TrendPicture(service(), (line(0), line(60))))
    entry = Entry("e1", "c1", said, "mapstorm_trend_picture")
    assert decode(encode(entry)) == entry
    assert decode(encode(entry.uploaded)).is_upload
    assert decode(encode(entry.in_words)).message == Message(said.text, [])
    older = encode(entry).replace(b'"picture"', b'"unknown"')
    assert decode(older) == entry._replace(message=said._replace(picture=None))


def test_what_waits_in_redis_is_small() -> None:
    largest = max(len(captioned(note).svg) for note in every_picture() if message(note).picture)
    assert largest < 64 * 1024
