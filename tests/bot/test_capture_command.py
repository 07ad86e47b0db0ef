"""`mapstorm capture` as people and scripts run it: a process of its own, asking a service on loopback."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest
from redis.asyncio import Redis

from bot.redis_server import free_port
from bot.turns import RedisTurns
from handlers.records import Capture, Request
from tests.analyzers.recordings import Recording
from tests.bot.pprof_server import HEAP, PROFILE, SYMBOL, PprofServer, pprof_server, whole
from tests.bot.test_snapshots import make_directories_of_files

ROOT = Path(__file__).parents[2]


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
async def server(recordings: dict[str, Recording]) -> AsyncIterator[PprofServer]:
    storm = recordings["go1.27.3-growth_storm"]
    async with pprof_server() as running:
        running.answers[HEAP] = whole(storm.raw_text(1))
        running.answers[SYMBOL] = whole((storm.folder / "symbols.txt").read_bytes())
        yield running


async def run(home: Path, *arguments: str | Path, **environ: str) -> Ran:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(home), "PYTHONWARNINGS": "error"}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.cli",
        "capture",
        *map(str, arguments),
        env=environment | environ,
        stdout=PIPE,
        stderr=PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return Ran(process.returncode, out.decode(), err.decode())


def once(server: PprofServer) -> tuple[str, ...]:
    return ("--url", server.url, "--window", "0")


async def test_a_second_capture_is_compared_with_the_first(server: PprofServer, tmp_path: Path) -> None:
    bases = []
    for _ in range(2):
        ran = await run(tmp_path, *once(server), "--format", "json")
        assert (ran.code, ran.err) == (0, "")
        bases.append(json.loads(ran.out)["basis"])
    assert bases == ["first", "same_process"]


async def test_a_home_that_takes_nothing_costs_no_diagnosis(server: PprofServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = await run(tmp_path, *once(server), MAPSTORM_HOME=str(tmp_path / "file" / "home"))
    assert ran.code == 0
    assert "A map is filled without a size" in ran.out
    (line,) = ran.err.splitlines()
    assert line.startswith(f"mapstorm capture: snapshots cannot be used: {tmp_path}/file/home")
    assert line.endswith(": Not a directory")


async def test_a_base_that_cannot_be_read_costs_no_diagnosis(server: PprofServer, tmp_path: Path) -> None:
    await run(tmp_path, *once(server))
    make_directories_of_files(tmp_path)
    ran = await run(tmp_path, *once(server), "--format", "json")
    assert (ran.code, json.loads(ran.out)["basis"]) == (0, "first")
    assert ran.err.count("\n") == 1


async def test_a_token_comes_from_the_environment(server: PprofServer, tmp_path: Path) -> None:
    ran = await run(tmp_path, *once(server), "--auth-header-env", "ORDERS_AUTH", ORDERS_AUTH="Bearer s3cret\n")
    assert ran.code == 0
    assert {seen.headers["authorization"] for seen in server.seen} == {"Bearer s3cret"}
    assert "s3cret" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--url", "http://127.0.0.1:1/p", "--auth-header-env", "NOT_SET"),
            "--auth-header-env: that variable is empty",
        ),
        (
            ("--url", "http://127.0.0.1:1/p", "--auth-header-env", "BAD"),
            "--auth-header-env: that variable is empty, or",
        ),
        (("--url", "http://127.0.0.1:1/p", "--ca-file", "gone.pem"), "--ca-file: gone.pem cannot be read"),
        (("svc-orders", "--auth-header-env", "BAD"), "belong to --url"),
        (("svc-orders", "--ca-file", "x"), "belong to --url"),
        (("svc-orders", "--url", "http://127.0.0.1:1/p"), "one of the two"),
        (("svc-orders",), "MAPSTORM_CONFIG is missing"),
        (("--url", "ftp://127.0.0.1/"), "must be an http(s) URL"),
        (("--url", "http://127.0.0.1/", "--window", "601"), "from 0 to 600"),
        (
            ("--url", "http://127.0.0.1/", "--source", "proto"),
            "invalid choice: 'proto' (choose from 'auto', 'text', 'protobuf')",
        ),
    ],
)
async def test_wrong_usage_is_told_without_any_value(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    ran = await run(tmp_path, *arguments, BAD="s3cret\nX: y")
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "s3cret" not in ran.err


async def test_a_service_that_is_away_fails(tmp_path: Path) -> None:
    ran = await run(tmp_path, "--url", f"http://127.0.0.1:{free_port()}/debug/pprof", "--window", "0")
    assert (ran.code, ran.out) == (1, "")
    assert "Traceback" not in ran.err


@pytest.mark.redis
async def test_an_instance_is_captured_by_one_at_a_time(
    server: PprofServer, tmp_path: Path, redis: Redis, redis_url: str
) -> None:
    name = f"127.0.0.1:{server.port}"
    other = Capture("r1.x", Request("r1", name, (name,), 0.0, "ana"), name)
    async with RedisTurns(redis).take(other):
        ran = await run(tmp_path, *once(server), REDIS_URL=redis_url)
    assert (ran.code, ran.out, server.seen) == (1, "", [])
    ran = await run(tmp_path, *once(server), REDIS_URL=redis_url)
    assert (ran.code, ran.err) == (0, "")


async def test_a_cpu_profile_is_taken_where_it_is_asked_for(
    server: PprofServer, tmp_path: Path, recordings: dict[str, Recording]
) -> None:
    server.answers[PROFILE] = whole((recordings["go1.27.3-growth_storm"].folder / "cpu.pb.gz").read_bytes())
    ran = await run(tmp_path, *once(server), "--cpu", "5s", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out)["cpu"]["missing"] is None
    assert [seen.target for seen in server.seen][-1] == f"{PROFILE}?seconds=5"


async def test_a_service_without_a_cpu_profile_is_diagnosed_and_the_answer_says_why(
    server: PprofServer, tmp_path: Path
) -> None:
    server.answers[PROFILE] = whole(b"profile duration exceeds server's WriteTimeout", 400)
    ran = await run(tmp_path, *once(server), "--cpu", "5s")
    assert (ran.code, ran.err) == (0, "")
    assert "A map is filled without a size" in ran.out
    assert "No CPU profile" in ran.out
    assert "WriteTimeout" in ran.out


@pytest.mark.parametrize("said", ["61s", "2.5", "-1", "soon"])
async def test_a_cpu_profile_is_whole_seconds(tmp_path: Path, said: str) -> None:
    ran = await run(tmp_path, "--url", "http://127.0.0.1:1/p", f"--cpu={said}")
    assert (ran.code, ran.out) == (2, "")
    assert "must be whole seconds such as 5s" in ran.err
