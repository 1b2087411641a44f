"""The pictures in screenshots/ are what the program draws now, byte for byte."""

import asyncio
from pathlib import Path

import pytest

from staffbase.demo.pictures import Studio
from staffbase.demo.scenes import scenes

FOLDER = Path(__file__).parents[2] / "screenshots"


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio(tmp_path_factory.mktemp("pictures"))


@pytest.mark.parametrize("scene", scenes(), ids=lambda scene: scene.name)
def test_the_picture_is_what_the_program_draws(studio: Studio, scene) -> None:
    drawn = asyncio.run(studio.draw(scene))
    kept = (FOLDER / f"{scene.name}.svg").read_text(encoding="utf-8")
    assert drawn == kept, "run `staffbase screenshots` and look at what changed"


def test_no_picture_is_left_over() -> None:
    assert {file.stem for file in FOLDER.glob("*.svg")} == {scene.name for scene in scenes()}
