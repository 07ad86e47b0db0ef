"""Where the shell writes page and profile: names that stay in their folder, and what is refused before a capture."""

import argparse
import os
import tempfile
from pathlib import Path

import pytest

from bot.shell.targets import TargetError, Targets, targets

NOBODY = 65534


def asked(html: str | Path | None = None, pprof: str | Path | None = None) -> argparse.Namespace:
    return argparse.Namespace(html=html and str(html), pprof=pprof and str(pprof))


def test_one_answer_gets_the_file_as_it_was_named(tmp_path: Path) -> None:
    assert targets(asked(tmp_path / "a.html"), ["orders-0"]) == [Targets(f"{tmp_path}/a.html")]


def test_nothing_asked_for_is_nothing(tmp_path: Path) -> None:
    assert targets(asked(), ["orders-0", "orders-1"]) == [Targets(), Targets()]


def test_several_answers_get_a_file_each(tmp_path: Path) -> None:
    found = targets(asked(tmp_path / "a.html", tmp_path / "out.pb.gz"), ["orders-0", "10.1.2.3:6060"])
    assert [os.path.basename(path or "") for each in found for path in each] == [
        "a-orders-0.html",
        "out-orders-0.pb.gz",
        "a-10%2E1%2E2%2E3%3A6060.html",
        "out-10%2E1%2E2%2E3%3A6060.pb.gz",
    ]


@pytest.mark.parametrize("name", ["../../etc/x", "/etc/passwd", "..", "a\nb", "\u202ex", "a/b", "~root", "-rf"])
def test_no_instance_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    for each in targets(asked(tmp_path / "a.html"), [name, "orders-1"]):
        assert each.html is not None
        assert Path(os.path.realpath(each.html)).parent == tmp_path
        assert each.html.isascii()
        assert each.html.isprintable()


@pytest.mark.parametrize(
    ("path", "why"),
    [
        (".", "is a folder"),
        ("new/", "is a folder"),
        ("", "name a file"),
        ("-", "name a file"),
        ("none/a.html", "there is no folder"),
        ("file/a.html", "there is no folder"),
        ("pipe", "is no plain file"),
        ("/dev/null", "is no plain file"),
        ("x" * 300, "File name too long"),
        ("loop", "Too many levels of symbolic links"),
        ("heap.txt", "is being read"),
        ("./linked.txt", "is being read"),
    ],
)
def test_what_cannot_or_must_not_be_written_is_refused(
    tmp_path: Path, path: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    (tmp_path / "heap.txt").write_text("heap profile:")
    (tmp_path / "linked.txt").symlink_to("heap.txt")
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(TargetError, match=why):
        targets(asked(path), ["orders-0"], ["heap.txt"])


def test_a_folder_that_takes_nothing_is_refused() -> None:
    # Not tmp_path, into which only its owner may look; and root, who writes everywhere, is somebody else meanwhile.
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        try:
            os.seteuid(user or NOBODY)
            with pytest.raises(TargetError, match="nothing can be written"):
                targets(asked(Path(folder) / "a.html"), ["orders-0"])
        finally:
            os.seteuid(user)


def test_page_and_profile_are_two_files(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="the same file twice"):
        targets(asked(tmp_path / "a", f"{tmp_path}/./a"), ["orders-0"])
