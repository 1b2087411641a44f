"""Every stop of every tour in English (a file for each language, so that both are walked side by side)."""

import pytest
from tests.scenes.tours import each_tour, walked

from staffbase.demo.pictures import Studio
from staffbase.demo.scenes import Tour


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio(tmp_path_factory.mktemp("pictures"))


@each_tour
async def test_all_stands_whole_and_as_it_is_kept(studio: Studio, tour: Tour) -> None:
    assert await walked(studio, tour, "en") == []
