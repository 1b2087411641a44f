"""What was moved or withdrawn, as the access auditor and the leader find it."""

import pytest
from sqlmodel import select
from tests.bench import Bench, seen, settle
from tests.conftest import moment

from staffbase.kernel.errors import NotAllowed
from staffbase.kernel.ledger import Ledger
from staffbase.notes.hidden.screen import HiddenScreen
from staffbase.residents.log_screen import AccessLogScreen

pytestmark = pytest.mark.usefixtures("eager")

LONG = "Fant kjøkkenkniv [/b] under senga.\n" + "Hun sa at den var til brød. " * 60 + "Slutt."


@pytest.fixture
def hidden(station, actors, flats):
    """One that was moved, one that was withdrawn by its author, one that still stands, and one whose comment went."""
    marit, jonas, notes = actors["marit"], actors["jonas"], station.notes
    moved = notes.write(marit, LONG, flats["A1"], observed_at=moment(5, 18)).entry_id
    station.journal.move_to_resident(marit, moved, flats["A2"], "Skrev på feil dør")
    withdrawn = notes.write(jonas, "Har hatt besøk av broren", flats["B1"]).entry_id
    station.journal.withdraw(jonas, withdrawn, "Det var en annen")
    stands = notes.write(jonas, "Alt rolig", flats["B1"]).entry_id
    comment = station.journal.comment(marit, stands, "Feil tråd.")
    station.journal.withdraw(marit, comment, "Gjaldt en annen.")
    return {"moved": moved, "withdrawn": withdrawn}


def openings(station) -> list[tuple[str, int]]:
    with station.database.read() as tx:
        asked = select(Ledger.action, Ledger.actor_id).where(Ledger.action == "journal.hidden")
        return list(tx.all(asked))


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
@pytest.mark.parametrize("who", ["astrid", "ingrid"])
async def test_what_was_moved_and_withdrawn_is_read_and_the_reading_is_logged_once(
    station, actors, hidden, who, size
) -> None:
    app = Bench(station, actors[who])
    async with app.run_test(size=size) as pilot:
        app.show(HiddenScreen(app, station.notes))
        await settle(pilot)
        said = seen(app)
        assert "2 in all" in said
        assert "Har hatt besøk av broren" in said
        assert "withdrawn" in said
        assert "Det var en annen" in said
        assert "A1 → A2" in said
        assert "Alt rolig" not in said
        await pilot.press("down")
        await settle(pilot)
        said = seen(app)
        assert "Fant kjøkkenkniv [/b] under senga." in said
        app.screen.look_again()
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
    assert openings(station) == [("journal.hidden", actors[who].person_id)]


async def test_a_long_one_can_be_read_to_its_end(station, actors, hidden) -> None:
    app = Bench(station, actors["astrid"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(HiddenScreen(app, station.notes))
        await settle(pilot)
        await pilot.press("down")
        await settle(pilot)
        assert "Read on" in seen(app)
        assert "Slutt." not in seen(app)
        for _page in range(8):
            if "Slutt." in seen(app):
                break
            await pilot.press("space")
            await settle(pilot)
        assert "Slutt." in seen(app)
        assert "Skrev på feil dør" in seen(app)
        await pilot.press("up")
        await settle(pilot)
        assert "Read on" not in seen(app)


async def test_where_nothing_was_it_says_so(station, actors) -> None:
    app = Bench(station, actors["astrid"])
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(HiddenScreen(app, station.notes))
        await settle(pilot)
        assert "Nothing was moved or withdrawn here." in seen(app)


async def test_a_key_of_the_access_log_leads_there(station, actors, flats) -> None:
    app = Bench(station, actors["astrid"])
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(AccessLogScreen(app, station.access_log, flats["A1"]))
        await settle(pilot)
        await pilot.press("m")
        assert app.asked == [("hidden entries",)]


def test_nobody_else_reads_it(station, actors, hidden) -> None:
    for name in ("marit", "eva", "nora", "samira", "kari", "odd"):
        with pytest.raises(NotAllowed):
            station.notes.hidden(actors[name])
