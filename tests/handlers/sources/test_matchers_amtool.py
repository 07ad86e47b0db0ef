"""Our matchers against Alertmanager's own: each of a table becomes a route, and amtool says which an alert takes."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from handlers.sources.matchers import matches, parse_all

pytestmark = pytest.mark.alertmanager

READABLE = (
    'a="b"', "a=b", "a!=b", 'a=~"b.*"', 'a!~"b.*"', 'a=""', "a=", 'a!=""', 'a=~""', 'a!~""', "a==b", "a=~~b", "{a=b}",
    "{a=b,}", "a=b , ", "a=b,c=d", '{a="b" , c!="d", }', "", "{}", 'a="b,c"', 'a="b c"', "a= b ", "a=bücher",
    r'a="say \"hi\""', r"a=say\"hi", r'a="b\\c"', r'a="b\c"', "a=b\\", r'a="x\ny"', "a=b}", 'a="\\,"',
    'a="it\'s"', 'a=b\xa0', "a=\xa0b", 'a=~"b|c"', 'a=~"(?i)B.*"', 'a=~"a(?i)B"', 'a=~"(a(?i)b)c"', 'a=~"(?s)x.y"',
    'a=~"x.y"', 'a=~"(?m)x$.^y"', 'a=~"(?ms)x$.^y"', r'a=~"\\d+"', r'a=~"\d+"', r'a=~"\w+"', r'a=~"[\w-]+"',
    r'a=~"\s"', r'a=~"[^\s]"', r'a=~"[\D]"', 'a=~"[[:alpha:]-]+"', 'a=~"[[:^alpha:]]"', 'a=~"[]a]+"', 'a=~"[a-c-e]+"',
    'a=~"[^b]"', 'a=~"[[:punct:]]"', 'a=~"b{,2}"', 'a=~"b{2}"', 'a=~"b{2,}"', 'a=~"b{1,3}?"', 'a=~"b{a}"',
    'a=~"b{01}"', 'a=~"(bc)*?"', 'a=~"(b*)*"', 'a=~"|b"', r'a=~"\x62"', r'a=~"\x{1F600}"', r'a=~"\142"',
    r'a=~"\Qb.c*\E+"', r'a=~".*\bgo\b.*"', r'a=~"b\Bc"', r'a=~"b\z"', r'a=~"\Ab"', 'a=~"(?P<n>b|c)"', 'a=~"^b$"',
    'a=~"(^b)+"', 'a=~"b(?i)*"', 'a=~"(?U)b+"', 'a=~"(?i)é|ſ|K"', 'a=~"(?i)[k-s]"', 'a=~"(?-i:b)"', 'a=~"b$|c"',
    'a=~"(|b)c"', 'a=~"漢字?"', 'a=~"."', 'a!~"."', r'a=~"\v|\f|\t"', r'a=~"\_b"', 'a=~"(b|bc)(cd|d)"', 'a=~"web-\\d+"',
)  # fmt: skip
REFUSED = (
    ",", "{{a=b", "a=b,,c=d",
    "{a=b,} ", "service", "a-b=c", '"a"=b', "a<b", "=b", 'a="b', 'a=b"', 'a=b"c', 'a="b"c"', 'a="',
    r'a="b\"', 'a=~"("', 'a=~")"', r'a=~"(b)\1"', 'a=~"(?=b)"', 'a=~"(?!b)"', 'a=~"(?<=b)c"', 'a=~"(?>b)"',
    'a=~"(?#b)"', 'a=~"(?P=n)"', 'a=~"(?x)b"', 'a=~"b*+"', 'a=~"b**"', 'a=~"*b"', 'a=~"(|*)"', 'a=~"(?i)*"',
    r'a=~"\Z"', r'a=~"\u0041"', r'a=~"\C"', 'a=~"b{2,1}"', 'a=~"b{1001}"', 'a=~"[b"', 'a=~"[]"', 'a=~"[z-a]"',
    'a=~"[[:nothing:]]"', r'a=~"[a-\d]"', 'a=~"(?P<>b)"', 'a=~"(?-)b"', r'a=~"\8"', r'a=~"\x{110000}"', r'a=~"\xg1"',
    'a=~"b{2}{3}"', 'a=~"b??+"',
)  # fmt: skip
LABELS: tuple[dict[str, str], ...] = (
    {"z": "z"}, {"a": "b"}, {"a": "b", "c": "d"}, {"a": "B"}, {"a": "bb"}, {"a": "bbbb"}, {"a": "=b"}, {"a": "~b"},
    {"a": "b,c"}, {"a": "b c"}, {"a": "bücher"}, {"a": 'say "hi"'}, {"a": "b\\c"}, {"a": "b\\"}, {"a": "x\ny"},
    {"a": "b}"}, {"a": "\\,"}, {"a": "it's"}, {"a": "b\xa0"}, {"a": "\xa0b"}, {"a": "c"}, {"a": "aB"}, {"a": "aBc"},
    {"a": "12"}, {"a": "١"}, {"a": "é"}, {"a": "É"}, {"a": "s"}, {"a": "ſ"}, {"a": "k"}, {"a": "\u212a"}, {"a": " "},
    {"a": "\t"}, {"a": "\v"}, {"a": "]a"}, {"a": "b-e"}, {"a": "b{,2}"}, {"a": "b{a}"}, {"a": "b{01}"}, {"a": "bcbc"},
    {"a": "\U0001f600"}, {"a": "b.c**"}, {"a": "let go now"}, {"a": "ergo"}, {"a": "bc"}, {"a": "漢"}, {"a": "_b"},
    {"a": "bcd"}, {"a": "web-12"}, {"a": "\n"}, {"a": "b\n"}, {"a": "!"},
)  # fmt: skip


@pytest.fixture(scope="module")
def amtool() -> str:
    found = shutil.which("amtool")
    if found is None:
        pytest.fail("amtool is missing: Debian's prometheus-alertmanager has it")
    return found


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603 - amtool


def config(path: Path, matchers: tuple[str, ...]) -> str:
    """A file with one route and one receiver for each text; JSON is YAML too."""
    routes = [{"receiver": f"r{n}", "continue": True, "matchers": [text]} for n, text in enumerate(matchers)]
    receivers = [{"name": name} for name in ("none", *(f"r{n}" for n in range(len(matchers))))]
    path.write_text(json.dumps({"route": {"receiver": "none", "routes": routes}, "receivers": receivers}))
    return str(path)


def quoted(labels: Mapping[str, str]) -> list[str]:
    escapes = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})
    return [f'{name}="{value.translate(escapes)}"' for name, value in labels.items()]


@pytest.mark.parametrize("labels", LABELS, ids=repr)
def test_the_same_labels_match(amtool: str, tmp_path: Path, labels: dict[str, str]) -> None:
    said = run(amtool, "config", "routes", "test", "--config.file", config(tmp_path / "am", READABLE), *quoted(labels))
    assert said.returncode == 0, said.stderr
    theirs = {READABLE[int(name[1:])] for name in said.stdout.strip().split(",") if name != "none"}
    assert {text for text in READABLE if matches(parse_all(text), labels)} == theirs


@pytest.mark.parametrize("text", REFUSED)
def test_what_alertmanager_refuses_is_refused(amtool: str, tmp_path: Path, text: str) -> None:
    assert run(amtool, "check-config", config(tmp_path / "am", (text,))).returncode != 0, "Alertmanager takes it"
    with pytest.raises(ValueError, match=r"."):
        parse_all(text)
