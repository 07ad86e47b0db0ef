"""What the page brings along was built from the sources beside it, and works under the page's policy."""

import re
from hashlib import sha256
from pathlib import Path

import orjson

PAGE = Path(__file__).parents[2] / "bot" / "reports" / "browser"
BUILT = PAGE / "built"


def test_what_is_built_is_of_these_sources() -> None:
    made = [PAGE / "package.json", PAGE / "build.mjs", *sorted((PAGE / "src").iterdir())]
    digest = sha256()
    for path in made:
        digest.update(f"{path.relative_to(PAGE).as_posix()}\n".encode() + path.read_bytes())
    assert (BUILT / "SOURCES.sha256").read_text().strip() == digest.hexdigest(), "see bot/reports/browser/README.md"


def test_every_package_is_pinned_and_its_licence_is_told() -> None:
    packages = orjson.loads((PAGE / "package.json").read_bytes())["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in packages.values())
    told = re.findall(r"^(\S+) (\d+\.\d+\.\d+) \((?:ISC|Apache-2\.0|BSD-3-Clause|MIT)\)$", _third_party(), re.MULTILINE)
    assert ("d3-flame-graph", "5.0.0") in told
    assert set(told) <= set(packages.items())  # what the tree shaker left out needs no notice
    assert _third_party().count("-" * 78) == len(told)


def test_the_script_needs_nothing_that_the_policy_forbids() -> None:
    script = (BUILT / "page.js").read_text()
    assert "eval(" not in script
    assert "new Function" not in script
    assert not re.search(r"setAttribute\(.style", script)
    assert "</script" not in script.lower()
    style = (BUILT / "page.css").read_text()
    assert "@import" not in style
    assert "url(" not in style
    assert "</style" not in style.lower()


def test_script_and_style_are_small() -> None:
    assert (BUILT / "page.js").stat().st_size < 110_000
    assert (BUILT / "page.css").stat().st_size < 40_000


def _third_party() -> str:
    return (BUILT / "THIRD_PARTY.txt").read_text()
