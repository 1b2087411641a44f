"""What waits to be kept: its author's alone, the newest words of each form, gone once they are kept or saved."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from staffbase.kernel.access import STATION_ITSELF, Actor
from staffbase.kernel.errors import DatabaseUnavailable, NotFound
from staffbase.station import Station
from staffbase.ui.waiting_drafts import Unkept, WaitingDrafts

FORM = "note:1"


@pytest.fixture
def drafts(station: Station) -> WaitingDrafts:
    return WaitingDrafts(lambda: station.journal)


@pytest.fixture
def names(station: Station) -> dict[int, str]:
    return station.people.names(STATION_ITSELF)


@contextmanager
def away(station: Station) -> Iterator[None]:
    """The folder is on a drive that goes away."""
    station.database.engine.dispose()
    folder = Path(str(station.database.engine.url.database)).parent
    gone = folder.rename(folder.with_name(f"{folder.name}-gone"))
    try:
        yield
    finally:
        gone.rename(folder)


def test_it_is_the_authors_alone(drafts: WaitingDrafts, actors: dict[str, Actor]) -> None:
    drafts.wait(actors["night_watch"], FORM, {"text": "kaffe"})
    assert drafts.draft(actors["staff"], FORM) is None
    found = drafts.draft(actors["night_watch"], FORM)
    assert found == {"text": "kaffe"}
    assert isinstance(found, Unkept)
    assert drafts.authors == {actors["night_watch"]}


def test_it_waits_until_it_can_be_kept(
    drafts: WaitingDrafts, station: Station, actors: dict[str, Actor], names: dict[int, str]
) -> None:
    samira = actors["night_watch"]
    drafts.wait(samira, FORM, {"text": "kaffe"})
    with away(station), pytest.raises(DatabaseUnavailable):
        drafts.keep(names)
    assert drafts.authors == {samira}
    drafts.keep(names)
    assert drafts.authors == set()
    assert [one.fields for one in station.journal.drafts(samira)] == [{"text": "kaffe"}]
    found = drafts.draft(samira, FORM)
    assert found == {"text": "kaffe"}
    assert not isinstance(found, Unkept)


def test_newer_words_take_its_place_and_what_is_saved_does_not_come_back(
    drafts: WaitingDrafts, station: Station, actors: dict[str, Actor], names: dict[int, str]
) -> None:
    samira = actors["night_watch"]
    drafts.wait(samira, FORM, {"text": "kaffe"})
    drafts.save_draft(samira, FORM, {"text": "kaffe og kake"})
    drafts.keep(names)
    assert [one.fields["text"] for one in station.journal.drafts(samira)] == ["kaffe og kake"]
    drafts.wait(samira, FORM, {"text": "kaffe"})
    drafts.finish_draft(samira, FORM)
    drafts.keep(names)
    assert station.journal.drafts(samira) == []


def test_in_the_backup_of_another_house_it_is_nobodys(
    drafts: WaitingDrafts, station: Station, actors: dict[str, Actor], names: dict[int, str]
) -> None:
    samira, marit = actors["night_watch"], actors["staff"]
    drafts.wait(samira, FORM, {"text": "kaffe"})
    drafts.wait(marit, FORM, {"text": "te"})
    with pytest.raises(NotFound):
        drafts.keep({**names, samira.person_id: "Somebody else"})
    assert drafts.authors == {samira}
    assert station.journal.drafts(samira) == []
    assert [one.fields for one in station.journal.drafts(marit)] == [{"text": "te"}]
