"""The demo as a person starts it: real processes, from the command to the thread, and nothing left behind."""

import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.demo.running import demo, read_until, running

ROOT = Path(__file__).parents[2]
LINUX = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc for the processes left")
pytestmark = pytest.mark.redis


def all_gone(scratch: Path) -> bool:
    deadline = time.monotonic() + 15
    while running(scratch):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_once_ends_with_a_diagnosis_in_the_thread(tmp_path: Path) -> None:
    start = time.monotonic()
    with demo(tmp_path, "--once") as process:
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    assert "/mapstorm capture svc-orders" in output
    assert "internal/catalog/catalog.go:64" in output
    assert "recording of a real Go service" in output
    assert time.monotonic() - start < 40, "20 s are promised on a machine that does nothing else"
    assert list(tmp_path.iterdir()) == []


@LINUX
def test_a_dead_worker_is_started_again_and_ctrl_c_ends_everything(tmp_path: Path) -> None:
    with demo(tmp_path) as process:
        output = read_until(process, "Ctrl-C ends")
        assert "The page, recordings of real Go services:  http://127.0.0.1:" in output
        subprocess.run(["kill", "-KILL", str(_pid(tmp_path, "bot.cli worker"))], check=True)  # noqa: S603, S607
        assert "worker ended with code -9" in read_until(process, "Starting worker again")
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 0, output
    assert running(tmp_path) == {}
    assert list(tmp_path.iterdir()) == []


@LINUX
def test_a_killed_demo_leaves_no_process(tmp_path: Path) -> None:
    with demo(tmp_path) as process:
        read_until(process, "Ctrl-C ends")
        assert len(running(tmp_path)) >= 6
        process.kill()
    assert all_gone(tmp_path), running(tmp_path)


def test_a_taken_port_is_said_and_ends_it(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        demo(tmp_path, "--once", "--port", str(taken.getsockname()[1])) as process,
    ):
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "standin ended" in output
    assert "in use" in output
    assert list(tmp_path.iterdir()) == []


def _pid(scratch: Path, words: str) -> int:
    return next(pid for command, pid in running(scratch).items() if command.endswith(words))
