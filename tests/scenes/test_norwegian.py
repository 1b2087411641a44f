"""Every stop of every tour in Norwegian (a file for each language, so that both are walked side by side)."""

from collections import Counter

import pytest
from tests.scenes.tours import KEPT, each_tour, walked

from staffbase.demo.pictures import Studio
from staffbase.demo.scenes import TOURS, Tour, looks, picture_name
from staffbase.kernel.i18n import LANGUAGES


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio(tmp_path_factory.mktemp("pictures"))


@each_tour
async def test_all_stands_whole_and_as_it_is_kept(studio: Studio, tour: Tour) -> None:
    assert await walked(studio, tour, "nb") == []


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
