"""The list of scenes is whole, some of them can be drawn, and the README shows what is drawn today."""

from pathlib import Path

import pytest

from analyzers.finding import Verdict
from analyzers.names.frames import Implementation
from bot.pictures.picture import svg_of
from tests.scenes import album, draw, readme
from tests.scenes.scenes import SCENES, SWISS_ONLY, TRENDS, Scene
from tests.scenes.stage import FAMILIES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("family", FAMILIES.values())
@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_is_drawn_of_both_families(verdict: Verdict, family: Implementation) -> None:
    scene = next((each for each in SCENES if each.name == f"{verdict.value}-{family.value}"), None)
    if scene is None:
        assert (verdict, family) in {(each, Implementation.CLASSIC) for each in SWISS_ONLY}
        return
    found = scene.of().diagnosis
    assert found.verdict is verdict
    assert found.implementation in (family, None)  # a service without maps does not show which it would have


def test_names_of_scenes_are_names_of_files() -> None:
    names = [each.name for each in (*SCENES, *TRENDS)]
    assert len(set(names)) == len(names)
    assert all(name.replace("-", "").replace("_", "").isalnum() for name in names)


@pytest.mark.parametrize("name", ["growth_storm-swiss", "nothing"])
def test_a_scene_is_drawn(name: str, tmp_path: Path) -> None:
    scene = next(each for each in SCENES if each.name == name)
    told = scene.of()
    files = [*draw.pictures(name, draw.picture(told), tmp_path), draw.terminal(name, told, tmp_path)]
    files.append(draw.page(name, told, tmp_path))
    assert all(path.stat().st_size for path in files)
    assert len(files) == 6
    page = album.write(tmp_path, [album.Plate(name, scene.shows, files)]).read_text()
    assert all(path.name in page for path in files)


@pytest.mark.parametrize("scene", [each for each in SCENES if "names" in each.name], ids=lambda scene: scene.name)
def test_names_full_of_markup_stay_text_in_every_scene(scene: Scene, tmp_path: Path) -> None:
    told = scene.of()
    for text in (svg_of(draw.picture(told)), draw.page("x", told, tmp_path).read_text()):
        assert "<script>alert" not in text
        assert "\u202e" not in text
        assert "\u0007" not in text


def test_an_album_shows_no_markup_of_a_name(tmp_path: Path) -> None:
    page = album.write(tmp_path, [album.Plate("<b>", "<script>", [tmp_path / "a<b>.png"])]).read_text()
    assert "<b>" not in page
    assert "<script>" not in page


def test_the_picture_in_the_readme_is_drawn_of_today() -> None:
    """Where it is meant to look otherwise: python -m tests.scenes.readme, and look at it."""
    same = readme.THREAD.read_bytes() == readme.thread()
    assert same  # not both sides: to tell how 100 kB differ takes pytest minutes


def test_the_readme_shows_both_pictures_and_they_are_small() -> None:
    text = (ROOT / "README.md").read_text()
    for path in (readme.THREAD, readme.REPORT):
        assert f"({path.relative_to(ROOT)})" in text
        assert path.stat().st_size < 250_000
