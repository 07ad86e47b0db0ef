"""`mapstorm diagnose` as people and scripts run it: a process of its own."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from tests.analyzers.recordings import RECORDINGS, Recording
from tests.bot.test_answer_json import SCHEMA

ROOT = Path(__file__).parents[2]
HEAVY = ("slack_sdk", "slack_bolt", "redis", "httpx", "starlette", "aiohttp", "dramatiq", "uvicorn", "pydantic")
STORM = "go1.27.3-growth_storm"
GROWING = "go1.23.9-unbounded_growth"


class Ran:
    """What a command wrote and how it ended."""

    def __init__(self, *arguments: str | Path, program: tuple[str, ...] = ("-m", "bot.cli"), home: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(home), "PYTHONWARNINGS": "error"}
        environment.pop("FORCE_COLOR", None)
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, *program, *map(str, arguments)],
            cwd=home,
            env=environment,
            capture_output=True,
            check=False,
        )
        self.code, self.out, self.err = done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def files(tmp_path: Path, recordings: dict[str, Recording]) -> Path:
    """Saved captures, as curl leaves them."""
    for name, recording in (("storm", recordings[STORM]), ("growing", recordings[GROWING])):
        for visit in range(recording.visits):
            (tmp_path / f"{name}-{visit}.txt").write_bytes(recording.raw_text(visit))
            (tmp_path / f"{name}-{visit}.txt.gz").write_bytes(gzip.compress(recording.raw_text(visit)))
            (tmp_path / f"{name}-{visit}.pb.gz").write_bytes(recording.raw_proto(visit))
            for suffix in ("txt", "txt.gz", "pb.gz"):
                os.utime(tmp_path / f"{name}-{visit}.{suffix}", (recording.moment(visit), recording.moment(visit)))
        (tmp_path / f"{name}.symbols").write_bytes((recording.folder / "symbols.txt").read_bytes())
    (tmp_path / "page.html").write_text("<!DOCTYPE html><html><body>Sign in</body></html>")
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "cut.txt").write_bytes(recordings[STORM].raw_text(1)[:-3000])
    return tmp_path


def run(files: Path, *arguments: str | Path) -> Ran:
    return Ran("diagnose", *arguments, home=files)


@pytest.mark.parametrize("file", ["storm-1.txt", "storm-1.txt.gz"])
def test_a_text_and_its_symbols_are_answered_in_words(files: Path, file: str) -> None:
    ran = run(files, file, "--symbols", "storm.symbols")
    assert (ran.code, ran.err) == (0, "")
    assert "A map is filled without a size" in ran.out
    assert "internal/catalog/catalog.go:64" in ran.out
    assert "medium confidence" in " ".join(ran.out.split())
    assert "\x1b" not in ran.out
    assert "&lt;" not in ran.out
    assert max(map(len, ran.out.splitlines())) <= 100


@pytest.mark.parametrize(
    ("arguments", "source", "confidence"),
    [
        (["storm-1.txt", "--symbols", "storm.symbols"], "text", "medium"),  # one reading: it may still grow
        (["storm-1.txt"], "text", "low"),
        (["storm-1.pb.gz"], "protobuf", "low"),
    ],
)
def test_json_is_one_object_and_nothing_else(files: Path, arguments: list[str], source: str, confidence: str) -> None:
    ran = run(files, *arguments, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.count("\n") == 1
    read = json.loads(ran.out)
    jsonschema.Draft202012Validator(SCHEMA).validate(read)
    assert (read["verdict"], read["source"], read["confidence"]) == ("growth_storm", source, confidence)
    assert read["service"] == arguments[0]
    assert read["captured_at"].startswith("2023-11-14T22:13:")


@pytest.mark.parametrize("kind", ["txt", "pb.gz"])
def test_an_earlier_capture_is_the_base(files: Path, kind: str) -> None:
    symbols = ["--symbols", "growing.symbols"] if kind == "txt" else []
    ran = run(files, f"growing-2.{kind}", "--base", f"growing-0.{kind}", *symbols, "--format", "json")
    read = json.loads(ran.out)
    assert (ran.code, read["verdict"], read["basis"]) == (0, "unbounded_growth", "same_process")
    assert 20 < read["base_age_seconds"] < 40


def test_symbols_of_the_addresses_themselves_are_left_out(files: Path) -> None:
    """People paste the addresses as they stand in the text; of a return address the name may be another function's."""
    lines = (files / "storm.symbols").read_text().splitlines()
    moved = [
        f"{int(line.split()[0], 16) + 1:#x} {line.split(' ', 1)[1]}" if line[:2] == "0x" else line for line in lines
    ]
    (files / "pasted.symbols").write_text("\n".join(moved))
    ran = run(files, "storm-1.txt", "--symbols", "pasted.symbols", "--format", "json")
    assert json.loads(ran.out)["confidence"] != "high"
    assert "ask for each less 1" in ran.err


def test_several_files_are_answered_one_by_one(files: Path) -> None:
    ran = run(files, "storm-0.pb.gz", "page.html", "growing-0.pb.gz", "--format", "json")
    assert ran.code == 1
    assert [json.loads(line)["service"] for line in ran.out.splitlines()] == ["storm-0.pb.gz", "growing-0.pb.gz"]
    assert "page.html" in ran.err


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("page.html", "not with a heap profile"),
        ("empty.txt", "not with a heap profile"),
        ("cut.txt", "ended before the heap profile did"),
    ],
)
@pytest.mark.parametrize("format_", ["text", "json"])
def test_what_is_no_profile_fails_with_its_sentence(files: Path, file: str, says: str, format_: str) -> None:
    ran = run(files, file, "--format", format_)
    assert (ran.code, ran.out) == (1, "")
    assert says in " ".join(ran.err.split())
    assert file in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["no-such-file"],
        ["storm-1.txt", "--symbols", "no-such-file"],
        ["storm-1.txt", "--base", "no-such-file"],
        ["storm-1.txt", "--format", "xml"],
        ["--nonsense"],
        ["."],
    ],
)
def test_wrong_usage_ends_with_two(files: Path, arguments: list[str]) -> None:
    ran = run(files, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err
    assert "Traceback" not in ran.err


def test_a_broken_base_is_named_and_not_the_file(files: Path) -> None:
    ran = run(files, "storm-1.txt", "--base", "cut.txt")
    assert ran.code == 1
    assert "cut.txt" in ran.err


def test_colour_only_if_wished(files: Path) -> None:
    assert "\x1b[1m" in run(files, "storm-1.pb.gz", "--color", "always").out
    assert "\x1b" not in run(files, "storm-1.pb.gz", "--color", "never").out


@pytest.mark.parametrize("arguments", [["--help"], ["diagnose", "--help"], ["help"]])
def test_help_is_an_answer(files: Path, arguments: list[str]) -> None:
    ran = Ran(*arguments, home=files)
    assert (ran.code, ran.err) == (0, "")
    assert "diagnose" in ran.out


def test_an_unknown_word_is_wrong_usage(files: Path) -> None:
    ran = Ran("diagnoze", home=files)
    assert (ran.code, ran.out) == (2, "")
    assert "diagnoze" in ran.err


@pytest.mark.parametrize("file", ["storm-1.txt", "storm-1.pb.gz"])
def test_no_slack_redis_or_web_code_is_imported(files: Path, file: str) -> None:
    harness = (
        "import sys\nfrom bot.cli import main\ncode = main(['diagnose', sys.argv[1], '--format', 'json'])\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)\nsys.exit(code)"
    )
    ran = Ran(file, program=("-c", harness), home=files)
    assert (ran.code, ran.err.strip()) == (0, "[]")


def test_text_needs_no_protobuf(files: Path) -> None:
    """It takes as long to import as 10,000 records take to read."""
    harness = "import sys\nfrom bot.cli import main\nmain(['diagnose', sys.argv[1]])\n"
    harness += "assert 'google.protobuf' not in sys.modules"
    assert Ran("storm-1.txt", program=("-c", harness), home=files).code == 0


def test_names_in_a_file_bring_no_escape_codes(files: Path) -> None:
    hostile = (files / "storm-1.txt").read_bytes().replace(b"catalog.(*Catalog).put", b"cat\x1b[31m\xe2\x80\xaeput")
    (files / "hostile.txt").write_bytes(hostile)
    ran = run(files, "hostile.txt", "--symbols", "storm.symbols")
    assert ran.code == 0
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out


def test_recordings_are_there() -> None:
    assert {STORM, GROWING} <= {recording.id for recording in RECORDINGS}


def test_a_cpu_profile_is_read_beside_the_heap(files: Path, recordings: dict[str, Recording]) -> None:
    (files / "cpu.pb.gz").write_bytes((recordings[STORM].folder / "cpu.pb.gz").read_bytes())
    ran = run(files, "storm-1.txt", "--symbols", "storm.symbols", "--cpu", "cpu.pb.gz", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    answer = json.loads(ran.out)
    jsonschema.validate(answer, SCHEMA)
    assert answer["cpu"]["seconds"] == pytest.approx(5, abs=1)
    assert answer["verdict"] == "growth_storm"


@pytest.mark.parametrize(("file", "code"), [("storm-0.pb.gz", 1), ("page.html", 1), ("gone.pb.gz", 2)])
def test_what_is_no_cpu_profile_is_named(files: Path, file: str, code: int) -> None:
    ran = run(files, "storm-1.txt", "--cpu", file)
    assert (ran.code, ran.out) == (code, "")
    assert file in ran.err
    assert "Traceback" not in ran.err
