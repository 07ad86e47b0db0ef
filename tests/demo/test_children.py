"""Children end with their parent: asked, killed, or orphaned by SIGKILL."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from bot import children, redis_server
from bot.demo.process import DemoError, Process

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ties children to their parent")
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
PARENT = """
import sys, time
from pathlib import Path
from bot import children
child = children.start([sys.executable, "-c", "import time; time.sleep(60)"], Path(sys.argv[1]))
print(child.pid, flush=True)
time.sleep(60)
"""


def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and ") Z " in status.read_text())


def test_a_child_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    child = children.start([sys.executable, "-c", STUBBORN], log)
    until(lambda: log.read_text() == "up\n")
    children.stop(child, patience_s=0.2)
    assert child.returncode == -signal.SIGKILL


@LINUX
def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:  # noqa: S603
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        parent.kill()
    until(lambda: not is_running(pid))


def test_a_process_that_dies_is_started_again_and_then_given_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    process = Process("worker", tmp_path / "log", ("this_module_does_not_exist",), restarts=1)
    process.start()
    assert process.child is not None
    process.child.wait()
    process.check()
    assert "Starting worker again" in capsys.readouterr().err
    process.child.wait()
    with pytest.raises(DemoError, match=r"worker \| .*No module named this_module_does_not_exist"):
        process.check()


@pytest.mark.redis
def test_an_embedded_redis_is_on_loopback_keeps_an_append_only_file_and_goes() -> None:
    with redis_server.EmbeddedRedis() as server, redis.Redis.from_url(server.url) as client:
        assert client.set("key", "value")
        told = client.config_get("*")
        assert (told["bind"], told["save"], told["appendonly"]) == ("127.0.0.1", "", "yes")
        assert server.log.parent.exists()
    assert server.process is not None
    assert server.process.returncode is not None
    assert not server.log.parent.exists()


@pytest.mark.redis
def test_the_wheel_has_a_server_where_none_is_installed() -> None:
    server = redis_server.find_server(path="")
    with redis_server.EmbeddedRedis(server) as running, redis.Redis.from_url(running.url) as client:
        assert client.ping()


def test_without_any_server_the_error_says_what_brings_one() -> None:
    with pytest.raises(redis_server.NoRedis, match="apt install redis-server"):
        redis_server.find_server(path="", wheel="no_such_wheel")
