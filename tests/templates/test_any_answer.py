"""Two captures of lines that no service has: whatever is found can be told, written and kept, and is a number."""

import json
import math
import random

import pytest

from analyzers.examine import examine
from analyzers.finding import Diagnosis
from analyzers.maps import tables
from analyzers.maps.sizeclass import SIZE_CLASSES, round_up
from analyzers.names.frames import Kind
from analyzers.profile import Site, Source, Usage
from analyzers.snapshot import Snapshot
from bot.answer_json import answer
from bot.diagnosis_codec import decode_diagnosis, encode_diagnosis
from bot.snapshot_codec import decode_snapshot, encode_snapshot
from bot.words import Medium, text_of
from handlers.notes import Summary
from handlers.records import Instance, Service
from tests.analyzers.recordings import EPOCH
from tests.analyzers.scenes import CLASSIC, SWISS, Line, booked, memstats

FUNCTIONS = (
    "example.com/a.F",
    "example.com/b.(*T).G",
    "maps.Clone[...]",
    "encoding/json.(*d).object",
    "sync.(*Map).Swap",
)
SIZES = (
    *SIZE_CLASSES,
    *(round_up(tables.classic_array_bytes(slot, b)) for slot in (8, 24, 40) for b in range(18)),
    *(round_up(tables.swiss_table_bytes(slot, slots)) for slot in (8, 24, 80) for slots in (16, 512, 1024)),
)
LIMIT = 2**30


def line(dice: random.Random) -> Line:
    at = Site(dice.choice(FUNCTIONS), "a.go", dice.randint(1, 3))
    kind, family = dice.choice(list(Kind)), dice.choice((None, CLASSIC, SWISS))
    (item,) = booked(kind, family, [dice.choice(SIZES)], at=at, key=dice.choice((None, "faststr", "fast64", "generic")))
    made = dice.choice((0, 0.3, 1, 19.7, 5_000, 1e6, 1e12))
    alive = min(made, dice.choice((0, 0.3, 1, 19.7, 5_000, made)))
    return (item._replace(usage=Usage(made, made * item.object_size, alive, alive * item.object_size)),)


def reading(dice: random.Random, seconds: float, before: Line = ()) -> Snapshot:
    kept = tuple(item._replace(usage=item.usage.times(dice.choice((1, 1, 2, 30, 0.5)))) for item in before)
    new = tuple(item for _ in range(dice.randint(1, 20)) for item in line(dice))
    heap, total = dice.choice((0, 1, 5e6, 1e9, 1e15)), dice.choice((0, 1, 1e8, 1e18))
    exact = memstats(seconds, heap=heap, total=total, forced=int(seconds))
    return Snapshot(
        captured_at=EPOCH + seconds,
        source=dice.choice(list(Source)),
        period=dice.choice((1, 2, 524_288, 2**40)),
        usage=kept + new,
        memstats=dice.choice((None, exact)),
        named=dice.random() < 0.8,
    )


def found(dice: random.Random) -> Diagnosis:
    first = reading(dice, 100)
    second = reading(dice, 108, first.usage)
    kept, _ = examine(first, second, None, memory_limit=LIMIT)
    assert decode_snapshot(encode_snapshot(kept)) == kept
    _, diagnosis = examine(reading(dice, 700, second.usage), None, kept, memory_limit=LIMIT)
    return diagnosis


@pytest.mark.parametrize("seed", range(100))
def test_whatever_is_found_can_be_told(seed: int) -> None:
    diagnosis = found(random.Random(seed))  # noqa: S311 - dice, not keys
    service = Service("svc", (Instance("svc-0", "http://127.0.0.1/debug/pprof"),), "C0123ABCD", memory_limit=LIMIT)
    note = Summary(service, "svc-0", "id", diagnosis)
    for medium in Medium:
        assert not {"nan", "inf", "None"} & set(text_of(note, medium).replace("-", " ").split())
    assert json.dumps(answer(note), allow_nan=False)
    assert decode_diagnosis(encode_diagnosis(diagnosis)) == diagnosis
    for finding in diagnosis.findings:
        assert all(math.isfinite(item.value) for item in finding.evidence)
        if finding.map and finding.map.entries:
            low, estimate, high = finding.map.entries
            assert 1 <= low <= estimate <= high


def test_most_of_them_find_something() -> None:
    verdicts = {finding.rule for seed in range(100) for finding in found(random.Random(seed)).findings}  # noqa: S311
    assert len(verdicts) >= 6
