"""A page of the file is damaged, each in turn: it is found and said, the exit code says it, and what is whole opens again with its bytes."""

import random
import shutil
from pathlib import Path

import pytest
from tests.faults.campaign import tally_for, times
from tests.faults.house import Place, new_place, prove_whole
from tests.faults.test_refused import Told
from tests.faults.writer import EVERYTHING, write_on

PAGE = 4096


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A station in which everything was done once, and its log folded into the file."""
    place = new_place(tmp_path_factory.mktemp("written") / "station")
    write_on(place, "load", ",".join(EVERYTHING), lambda _said: None, 14).close()
    return place


@times(3, 0)
def test_a_flipped_bit_in_any_page(
    times: int, written: Place, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the campaign in every one."""
    tally, chance = tally_for(request, "a damaged page"), random.Random(times)
    pages = range(written.database.stat().st_size // PAGE)
    for page in chance.sample(pages, times) if times else pages:
        place = Place(tmp_path / str(page))
        shutil.copytree(written.root, place.root)
        with tally.trial():
            with place.database.open("r+b") as file:
                file.seek(page * PAGE + chance.randrange(PAGE))
                byte = file.read(1)[0]
                file.seek(-1, 1)
                file.write(bytes([byte ^ 1 << chance.randrange(8)]))
            told = Told(place, monkeypatch, "verify")
            assert told.code in (1, 4), (page, told.said)
            assert "damaged" in told.said, (page, told.said)
            assert Told(place, monkeypatch, "doctor").code == 1, page
            shutil.copyfile(written.database, place.database)
            prove_whole(place)
        shutil.rmtree(place.root)
    tally.settle()
