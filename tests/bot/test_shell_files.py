"""`--html` and `--pprof`, as people type them: one file each, whole and for their owner; and what stands on stdout."""

import json
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from analyzers.reading import heapproto
from analyzers.reading.wholeproto import read_whole
from tests.analyzers.recordings import Recording
from tests.bot.pprof_server import HEAP, SYMBOL, PprofServer, pprof_server, whole
from tests.bot.test_capture_command import once, run
from tests.bot.test_diagnose_command import Ran

STORM = "go1.23.9-growth_storm"
ADDRESS = "10.1.2.3:6060"  # the registry takes nothing worse; what would be worse is in test_targets.py


@pytest.fixture
async def server(recordings: dict[str, Recording]) -> AsyncIterator[PprofServer]:
    storm = recordings[STORM]
    async with pprof_server() as running:
        running.answers[HEAP] = whole(storm.raw_text(1))
        running.answers[SYMBOL] = whole((storm.folder / "symbols.txt").read_bytes())
        yield running


@pytest.fixture
def saved(tmp_path: Path, recordings: dict[str, Recording]) -> Path:
    storm = recordings[STORM]
    for visit in range(2):
        (tmp_path / f"{visit}.txt").write_bytes(storm.raw_text(visit))
        (tmp_path / f"{visit}.pb.gz").write_bytes(storm.raw_proto(visit))
        for kind in ("txt", "pb.gz"):
            os.utime(tmp_path / f"{visit}.{kind}", (storm.moment(visit), storm.moment(visit)))
    (tmp_path / "symbols").write_bytes((storm.folder / "symbols.txt").read_bytes())
    return tmp_path


async def test_a_capture_writes_a_page_and_a_profile_and_still_prints_one_object(
    server: PprofServer, tmp_path: Path
) -> None:
    page, profile = tmp_path / "report.html", tmp_path / "out.pb.gz"
    page.write_text("an older one")
    ran = await run(tmp_path, *once(server), "--html", page, "--pprof", profile, "--format", "json")
    assert (ran.code, ran.err) == (0, f"wrote {profile}\nwrote {page}\n")
    assert json.loads(ran.out)["verdict"] == "growth_storm"
    assert ran.out.count("\n") == 1
    text = page.read_text()
    assert text.lower().startswith("<!doctype html>")
    assert "catalog.go:64" in text
    assert "runtime.hashGrow" in text
    names = {frame.site.function for frame in read_whole(profile.read_bytes()).frames}
    assert {"runtime.hashGrow", "runtime.mapassign_faststr"} <= names
    assert {stat.S_IMODE(path.stat().st_mode) for path in (page, profile)} == {0o600}


async def test_each_instance_has_a_page_that_shows_all_of_them(server: PprofServer, tmp_path: Path) -> None:
    instances = [{"name": name, "url": server.url} for name in ("orders-0", ADDRESS)]
    services = [{"name": "svc-orders", "channel": "C0ORDERS", "window_s": 0, "instances": instances}]
    (tmp_path / "services.yaml").write_text(json.dumps({"services": services}))
    folder = tmp_path / "pages"
    folder.mkdir()
    config = str(tmp_path / "services.yaml")
    ran = await run(tmp_path, "svc-orders", "all", "--html", folder / "report.html", MAPSTORM_CONFIG=config)
    assert ran.code == 0
    pages = sorted(path.name for path in folder.iterdir())
    assert sorted(ran.err.splitlines()) == [f"wrote {folder / name}" for name in pages]
    assert pages == ["report-10%2E1%2E2%2E3%3A6060.html", "report-orders-0.html"]
    for name in pages:
        text = (folder / name).read_text()
        assert "orders-0" in text
        assert ADDRESS in text
    assert ran.out.count("Tables of the worst line by size") == 2


async def test_what_cannot_be_written_is_told_before_anybody_is_asked(server: PprofServer, tmp_path: Path) -> None:
    for path, why in ((tmp_path, "is a folder"), (tmp_path / "no" / "a.html", "there is no folder")):
        ran = await run(tmp_path, *once(server), "--html", path)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err == f"mapstorm capture: {path}: {why}{ran.err.partition(why)[2]}"
    assert server.seen == []


async def test_a_second_capture_draws_a_trend(server: PprofServer, tmp_path: Path) -> None:
    first = await run(tmp_path, *once(server))
    second = await run(tmp_path, *once(server))
    assert "Live heap, " not in first.out
    assert "Live heap, 2 captures" in second.out
    assert "█" in second.out


async def test_an_encoding_without_blocks_gets_ascii(server: PprofServer, tmp_path: Path) -> None:
    ran = await run(tmp_path, *once(server), PYTHONIOENCODING="ascii:backslashreplace")
    assert "Tables of the worst line by size, since the start: # in use, . garbage" in ran.out
    assert "\\u2588" not in ran.out


def test_saved_texts_give_a_page_with_the_difference(saved: Path) -> None:
    given = ["1.txt", "--symbols", "symbols", "--base", "0.txt", "--html", "a.html", "--pprof", "a.pb.gz"]
    ran = Ran("diagnose", *given, home=saved)
    assert (ran.code, ran.err) == (0, "wrote a.pb.gz\nwrote a.html\n")
    flame = json.loads(
        (saved / "a.html")
        .read_text()
        .partition('type="application/json"')[2]
        .partition(">")[2]
        .partition("</script>")[0]
    )
    assert flame["base"] is not None
    assert flame["first"] is None
    assert sum(stack.usage.inuse_space for stack in read_whole((saved / "a.pb.gz").read_bytes()).stacks) > 0


def test_a_protobuf_gives_both_without_hidden_frames(saved: Path) -> None:
    ran = Ran("diagnose", "1.pb.gz", "--html", "a.html", "--pprof", "b.pb.gz", home=saved)
    assert (ran.code, ran.err) == (0, "wrote b.pb.gz\nwrote a.html\n")
    ours, theirs = (heapproto.read((saved / name).read_bytes()) for name in ("b.pb.gz", "1.pb.gz"))
    assert sum(each.usage.alloc_space for each in ours.records) == pytest.approx(
        sum(each.usage.alloc_space for each in theirs.records), rel=0.01
    )
    assert "runtime.hashGrow" not in (saved / "a.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["0.txt", "1.txt", "--html", "a.html"], "are of one FILE"),
        (["1.txt", "--html", "1.txt"], "1.txt: that file is being read"),
        (["1.pb.gz", "--pprof", "1.pb.gz"], "1.pb.gz: that file is being read"),
        (["1.txt", "--html", "."], ".: is a folder"),
        (["1.txt", "--html", "/dev/full"], "/dev/full: is no plain file"),
    ],
)
def test_what_a_diagnosis_may_not_write_is_wrong_usage(saved: Path, arguments: list[str], said: str) -> None:
    ran = Ran("diagnose", *arguments, home=saved)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("mapstorm diagnose: ")
    assert said in ran.err
