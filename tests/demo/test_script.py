"""The shell script, with Pythons that are played: what it says when it cannot help, and that it hands on."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("sh", "dirname", "readlink", "mkdir", "ln", "rm", "cmp", "cp", "sleep", "tail")
LOCKS = ("requirements.lock", "requirements-test.lock", "requirements-uv.lock")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of the script alone, and `bin`: all the programs there are."""
    home, programs = tmp_path / "a checkout", tmp_path / "bin"
    home.mkdir()
    programs.mkdir()
    for name in ("mapstorm", *LOCKS):
        shutil.copy(ROOT / name, home)
    for name in TOOLS:
        found = shutil.which(name)
        assert found
        (programs / name).symlink_to(found)
    return home


def program(path: Path, body: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def run(script: Path, *arguments: str, programs: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own script
        [str(script), *arguments],
        env={"PATH": str(programs)},
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def made(checkout: Path, *locks: str) -> None:
    """An environment as an earlier run left it; its Python prints what it is given."""
    program(checkout / ".venv/bin/python", 'echo "$PYTHONPATH|$*"')
    for lock in locks:
        shutil.copy(checkout / lock, checkout / ".venv")


def test_without_python_it_says_what_to_install(checkout: Path) -> None:
    done = run(checkout / "mapstorm", "demo", programs=checkout.parent / "bin")
    assert done.returncode == 3
    assert done.stderr.startswith("mapstorm: needs Python 3.11 or newer, found none: apt install")
    assert len(done.stderr.splitlines()) == 1


def test_an_old_python_is_named(checkout: Path) -> None:
    old = 'case "$2" in *print*) echo 3.9.2 ;; *) exit 1 ;; esac'
    program(checkout.parent / "bin/python3", old)
    done = run(checkout / "mapstorm", "demo", programs=checkout.parent / "bin")
    assert done.returncode == 3
    assert "found python3=3.9.2: " in done.stderr


def test_a_python_that_cannot_make_environments_is_told_apart(checkout: Path) -> None:
    bare = 'case "$2" in *print*) echo 3.11.2 ;; *ensurepip*) exit 1 ;; esac'
    program(checkout.parent / "bin/python3", bare)
    done = run(checkout / "mapstorm", "demo", programs=checkout.parent / "bin")
    assert done.returncode == 3
    assert done.stderr == (
        "mapstorm: python3 lacks ensurepip and cannot make an environment: apt install python3-venv\n"
    )
    assert not os.path.lexists(checkout / ".cache/venv.lock")


def test_a_made_environment_is_handed_on_to_from_anywhere_through_links(checkout: Path, tmp_path: Path) -> None:
    made(checkout, "requirements.lock")
    (tmp_path / "one").symlink_to(checkout / "mapstorm")
    (tmp_path / "two").symlink_to("one")
    done = run(tmp_path / "two", "capture", "svc orders", "*", programs=checkout.parent / "bin")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{checkout}|-P -m bot.cli capture svc orders *\n"


def test_a_changed_lock_is_installed_and_a_failure_says_where_to_look(checkout: Path) -> None:
    made(checkout, *LOCKS)
    program(checkout / ".venv/bin/python", 'case "$*" in *pip*) echo "no index"; exit 1 ;; esac')
    with (checkout / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    done = run(checkout / "mapstorm", "demo", programs=checkout.parent / "bin")
    assert done.returncode == 3
    assert "installing the packages of requirements.lock" in done.stderr
    assert str(checkout / ".cache/install.log") in done.stderr
    assert "no index" in (checkout / ".cache/install.log").read_text()
    assert not (checkout / ".venv/requirements.lock").exists()


def test_the_lock_of_a_killed_install_is_taken_over(checkout: Path) -> None:
    made(checkout)
    (checkout / ".cache").mkdir()
    (checkout / ".cache/venv.lock").symlink_to("999999999")
    done = run(checkout / "mapstorm", "demo", programs=checkout.parent / "bin")
    assert done.returncode == 0
    assert not os.path.lexists(checkout / ".cache/venv.lock")


def test_the_tests_have_their_own_packages(checkout: Path) -> None:
    made(checkout, *LOCKS)
    done = run(checkout / "mapstorm", "test", "-k", "x", programs=checkout.parent / "bin")
    assert done.stdout == f"{checkout}|-P -m tests.run -k x\n"
