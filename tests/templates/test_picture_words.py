"""What a picture says to those who do not see it, word for word, of both families: reviewed as a diff."""

from collections.abc import Callable

import pytest

from bot.captioned import captioned
from bot.render import message
from handlers.notes import CapturePicture, Picture
from tests.scenes.scenes import SCENES, TRENDS

Golden = Callable[[str, str], None]


def drawn(scene: str) -> CapturePicture:
    told = next(each for each in SCENES if each.name == scene).of()
    return CapturePicture(told.service, told.instance, told.diagnosis, told.trend)


PICTURES: dict[str, Callable[[], Picture]] = {
    **{
        name: lambda name=name: drawn(name)  # type: ignore[misc]
        for name in (
            *("growth_storm-classic", "growth_storm-swiss", "many_small_maps-classic", "many_small_maps-swiss"),
            *("clone_storm-swiss", "slice_growth-swiss", "no_map_problem-classic", "no-past"),
        )
    },
    **{each.name: each.of for each in TRENDS if each.name in ("history", "history-fleet", "history-one")},
}


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_word_for_word(name: str, golden: Golden) -> None:
    told = captioned(PICTURES[name]())
    golden(f"picture-{name}", f"{told.name}: {told.title}\n\n{told.alt}\n")


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_the_message_and_the_words_of_its_picture_say_the_same(name: str) -> None:
    note = PICTURES[name]()
    said = message(note)
    assert said.picture is not None
    numbers = {word.strip(".,;:()") for word in said.picture.alt.split() if word[:1].isdigit() and "-" not in word}
    assert numbers
    assert {each for each in numbers if each not in said.text} == set()
