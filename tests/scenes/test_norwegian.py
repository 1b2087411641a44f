"""Every stop of every tour in Norwegian (a file for each language, so that both are walked side by side)."""

from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

import pytest
from tests.scenes.tours import KEPT, STOOD, each_tour, walked
from textual.screen import Screen

import staffbase
from staffbase.demo.pictures import Studio
from staffbase.demo.scenes import TOURS, Tour, looks, picture_name
from staffbase.kernel.i18n import LANGUAGES


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio(tmp_path_factory.mktemp("pictures"))


@each_tour
async def test_all_stands_whole_and_as_it_is_kept(studio: Studio, tour: Tour) -> None:
    assert await walked(studio, tour, "nb") == []


UNSEEN = {"BothTexts": "two stations save one plan; its layout is walked in tests/crisis_plans/test_screens.py"}
"""What stands at no stop, and why."""


def test_every_screen_and_dialog_stands_at_some_stop() -> None:
    if len(STOOD) < len(TOURS):
        pytest.skip("only some tours were walked")
    for found in walk_packages(staffbase.__path__, "staffbase."):
        if not found.name.endswith("__main__") and ".migrations." not in found.name:
            import_module(found.name)
    last = [one for one in below(Screen) if one.__module__.startswith("staffbase.") and not one.__subclasses__()]
    assert len(last) > 60
    assert {one.__name__ for one in last} - set().union(*STOOD.values()) == set(UNSEEN)


def below(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


def test_no_picture_is_left_over_and_no_two_have_one_name() -> None:
    names = [
        picture_name(scene, language, seen)
        for tour in TOURS
        for scene in tour.scenes
        for language in LANGUAGES
        for seen in looks(scene, language)
    ]
    assert [name for name, times in Counter(names).items() if times > 1] == []
    assert {file.stem for file in KEPT.glob("*.svg")} == set(names)
