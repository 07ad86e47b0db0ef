"""The JSON that scripts read keeps to answer.schema.json, whatever was captured."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.compare import Basis
from analyzers.cpu import Band, CPUMissing, CPUProfile
from analyzers.errors import EmptyProfile
from analyzers.examine import examine
from analyzers.finding import Confidence, Remedy, Unit, Verdict
from analyzers.maps.estimate import MapEstimate
from analyzers.maps.tables import Entries
from analyzers.names.frames import Implementation
from analyzers.names.goversion import UNKNOWN, GoVersion, exactly
from analyzers.profile import Source
from analyzers.reading import cpuproto, heapproto
from analyzers.snapshot import Snapshot, take
from bot.answer_json import answer
from handlers.notes import Summary
from tests.analyzers.cpus import cpu_profile
from tests.analyzers.protos import proto
from tests.analyzers.recordings import PROFILES, RECORDINGS, Recording
from tests.analyzers.texts import PUT
from tests.bot.notes import finding, service, summary

SCHEMA: dict[str, Any] = json.loads((Path(__file__).parent / "answer.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
every_recording = pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.id)


def written(note: Summary) -> dict[str, Any]:
    """The answer as a script reads it, held to the schema."""
    read: dict[str, Any] = json.loads(orjson.dumps(answer(note)))
    VALIDATOR.validate(read)
    return read


def test_the_schema_is_a_schema_that_lets_nothing_else_in() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    objects = [each for each in walk(SCHEMA) if each.get("type") == "object"]
    assert len(objects) >= 8
    for each in objects:
        assert each["additionalProperties"] is False
        assert set(each["required"]) == set(each["properties"])


def walk(schema: Any) -> list[dict[str, Any]]:
    if isinstance(schema, list):
        return [found for item in schema for found in walk(item)]
    if not isinstance(schema, dict):
        return []
    return [schema, *(found for item in schema.values() for found in walk(item))]


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (("verdict",), Verdict),
        (("confidence",), Confidence),
        (("remediation", "properties", "kind"), Remedy),
        (("evidence", "properties", "unit"), Unit),
        (("answer", "properties", "basis"), Basis),
        (("answer", "properties", "source"), Source),
        (("map", "properties", "implementation"), Implementation),
        (("cpu", "properties", "lines", "items", "properties", "band"), Band),
    ],
)
def test_the_schema_knows_every_word_and_no_other(where: tuple[str, ...], words: Any) -> None:
    found: Any = SCHEMA["$defs"]
    for step in where:
        found = found[step]
    assert set(found["enum"]) == {word.value for word in words}


@every_recording
def test_every_recordings_answer_keeps_to_the_schema(recording: Recording) -> None:
    for visits in ((0,), (0, 1), (0, 1, 2)):
        if visits[-1] >= recording.visits:
            continue
        try:
            snapshots = [recording.snapshot(visit) for visit in visits]
        except EmptyProfile:
            continue
        held(recording, snapshots)
        held(recording, [recording.proto_snapshot(visit) for visit in visits])


def held(recording: Recording, snapshots: list[Snapshot]) -> None:
    *base, first, second = (None, None, *snapshots)[-3:]
    if first is None:
        first, second = second, None
    assert first is not None
    _, diagnosis = examine(first, second, base[0])
    read = written(Summary(service(), "orders-0", "r1", diagnosis))
    assert read["verdict"] == diagnosis.verdict.value
    assert [each["rule"] for each in read["findings"][:1]] == [recording.verdict] * bool(read["findings"]) or not second
    for each in read["findings"]:
        for remedy in each["remediation"]:
            assert not re.search(r"`|<|\n|&", remedy["why"]), "plain words for scripts"


@pytest.mark.parametrize("rule", [rule for rule in Verdict if rule is not Verdict.NO_MAP_PROBLEM])
def test_every_finding_keeps_to_the_schema(rule: Verdict) -> None:
    read = written(summary(finding(rule)))
    (found,) = read["findings"]
    assert found["rule"] == read["verdict"] == rule.value
    assert (found["map"] is None) is (rule is Verdict.SLICE_GROWTH)
    assert found["culprit"] == {
        "function": "example.com/svc/catalog.put",
        "file": "example.com/svc/catalog.go",
        "line": 64,
    }
    assert found["site"]["file"] == "maps/maps.go"


@pytest.mark.parametrize("basis", list(Basis))
def test_every_basis_keeps_to_the_schema(basis: Basis) -> None:
    assert written(summary(basis=basis))["basis"] == basis.value


@given(st.text(max_size=60))
def test_names_are_given_as_they_are(name: str) -> None:
    read = written(summary(finding(Verdict.GROWTH_STORM, name, name), of=service(name), text=name))
    assert read["findings"][0]["culprit"]["function"] == read["service"] == read["instance"] == name


def test_no_number_is_too_large_to_be_written() -> None:
    most = 2**63 - 1
    snapshot = take(heapproto.read(proto(*[(most, most, most, most, most, (PUT,))] * 9)), 1.0)
    written(Summary(service(), "orders-0", "r1", examine(snapshot, None, None)[1]))


def test_no_estimate_is_too_large_to_be_written() -> None:
    told = finding(Verdict.GROWTH_STORM)
    wild = MapEstimate(Implementation.CLASSIC, None, 8, Entries(1, 10**30, 10**40), 9, 1e30, False)
    written(summary(told._replace(map=wild)))


@pytest.mark.parametrize(
    ("version", "exact", "versions"),
    [
        (UNKNOWN, None, None),
        (GoVersion(low=24), None, {"low": "1.24", "high": None}),
        (GoVersion(high=25), None, {"low": None, "high": "1.25"}),
        (exactly("go1.23.9"), "go1.23.9", {"low": "1.23", "high": "1.23"}),
    ],
)
def test_the_go_version_is_exact_or_a_range(version: GoVersion, exact: str | None, versions: object) -> None:
    note = summary()
    read = written(note._replace(diagnosis=note.diagnosis._replace(go_version=version)))
    assert (read["go_version"], read["go_versions"]) == (exact, versions)


CPU = cpuproto.read((PROFILES / "go1.27.3" / "rebuild_churn" / "cpu.pb.gz").read_bytes())


@pytest.mark.parametrize("cpu", [None, CPU, cpu_profile()])
def test_a_cpu_profile_is_told_in_orders_of_magnitude(cpu: CPUProfile | None) -> None:
    recording = next(each for each in RECORDINGS if each.id == "go1.27.3-rebuild_churn")
    read = written(Summary(service(), "orders-0", "r1", examine(recording.snapshot(1), None, None, cpu=cpu)[1]))
    if cpu is None:
        assert read["cpu"] is None
        return
    assert read["cpu"]["seconds"] == cpu.seconds
    for line in read["cpu"]["lines"]:
        assert all(float(f"{share:.1g}") == share for share in (line["share"], *line["operations"].values()))


def test_a_cpu_profile_that_could_not_be_had_says_why() -> None:
    note = summary()
    note = note._replace(diagnosis=note.diagnosis._replace(cpu=None, cpu_missing=CPUMissing("not_pprof", "400")))
    assert written(note)["cpu"] == {"seconds": None, "gc_share": None, "missing": "not_pprof", "lines": []}
