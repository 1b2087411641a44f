"""The leader's page: who opened A3's record and why, the emergency accesses that wait, the backup, the verification, the keys.

Asserted is what stands on the screen.
"""

import asyncio
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.bench import Bench, seen, settle
from tests.conftest import EVENING

from staffbase.admin.trust import TrustRooms, TrustScreen
from staffbase.kernel.access import Actor, Role
from staffbase.kernel.clock import HeldClock
from staffbase.kernel.errors import NobodySignedIn
from staffbase.kernel.key import FileIdentities, create_key, new_identity
from staffbase.kernel.settings import Settings
from staffbase.kernel.verified import begun_in
from staffbase.residents.log_screen import AccessLogScreen
from staffbase.station import Station

pytestmark = pytest.mark.usefixtures("eager")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    create_key(tmp_path / "home", FileIdentities(tmp_path / "identities"))
    return Settings(home=tmp_path / "home", language="en")


class Desk(Bench):
    """The desk with the one named action the page uses."""

    CSS_PATH = "../../src/staffbase/ui/kit.tcss"
    station: Station

    def access_log(self, resident_id: int | None = None) -> None:
        self.push_screen(AccessLogScreen(self, self.station.access_log, resident_id))


def desk(station: Station, actor: Actor, settings: Settings) -> Desk:
    app = Desk(station, actor)
    app.station, app.settings = station, settings
    return app


def page(app: Desk) -> TrustScreen:
    station, settings = app.station, app.settings
    return TrustScreen(
        app,
        TrustRooms(
            station.access_log, station.emergency, station.automatic_backups(settings), station.verifications,
            station.openers(settings.home),
        ),
    )  # fmt: skip


def row(app: Desk, begins: str) -> str:
    """The line on the screen that begins so, with single blanks."""
    found = [re.sub(r" +", " ", line.strip()) for line in seen(app).splitlines() if line.strip().startswith(begins)]
    assert found, seen(app)
    return found[0]


async def test_show_5_who_opened_the_record_and_why_the_queue_the_backup_and_the_verification(
    station: Station, actors: dict[str, Actor], flats: dict[str, int], clock: HeldClock, settings: Settings
) -> None:
    """A2, whose record Jonas opened last week, and Marit and Nora this week, Nora by emergency access."""
    whom, nora = flats["A2"], actors["nora"]
    clock.move_to(EVENING - timedelta(days=9))
    station.residents.open_resident(actors["jonas"], whom)
    clock.move_to(EVENING - timedelta(days=1))
    station.crisis_plans.card(actors["marit"], whom)
    station.residents.open_resident(actors["marit"], whom)
    station.emergency.open(nora, whom, "He asks about the letter, and I must see what was agreed.")
    station.residents.open_resident(nora, whom)
    clock.move_to(EVENING - timedelta(hours=17, minutes=40))
    station.automatic_backups(settings).take(actors["ingrid"])
    clock.move_to(EVENING)
    app = desk(station, actors["ingrid"], settings)
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(page(app))
        await settle(pilot)
        # who opened whose record this week
        assert row(app, "A2").startswith("A2 Beboer A2 4 1 emergency Marit 2, Nora 2")
        assert row(app, "A1").startswith("A1 Beboer A1 not opened")
        # the queue, with the reason
        assert "1 emergency access waits" in seen(app)
        assert re.search(r"A2 Beboer A2 +Nora +yesterday 21:40", seen(app))
        assert "He asks about the letter" in seen(app)
        # the backup, the verification, the keys
        assert re.search(r"04:00 17 h 40 min ago", seen(app))
        assert "1 of at most 14 kept, each night at 04:00" in seen(app)
        assert "not yet" in seen(app)
        assert "recovery identity, in the safe" in seen(app)

        # a verification now
        await pilot.press("v")
        await settle(pilot)
        assert re.search(r"nothing changed +21:40", seen(app))
        assert "by Ingrid" in seen(app)

        # the record's log: who, what and why
        await pilot.press("down", "enter")
        await settle(pilot)
        assert isinstance(app.screen, AccessLogScreen)
        told = seen(app)
        assert re.search(r"Marit +staff .*the crisis card", told)
        assert re.search(r"Nora +substitute .*the resident's page", told)
        assert "emergency access: He asks about the letter, and I must see what was agreed." in told
        assert "Jonas" not in told  # longer ago than a week
        await pilot.press("escape")
        await settle(pilot)

        # the review
        await pilot.press("tab", "enter")
        await settle(pilot)
        assert "Nora opened A2 Beboer A2 yesterday 21:40" in seen(app)
        await pilot.press(*"Needed.", "ctrl+s")
        await settle(pilot)
        assert isinstance(app.screen, TrustScreen)
        assert "no emergency access waits" in seen(app)
    assert [one.review for one in station.emergency.emergency_queue(actors["ingrid"], reviewed=True)] == ["Needed."]


async def test_what_is_in_no_order_says_what_to_do(
    station: Station, actors: dict[str, Actor], clock: HeldClock, settings: Settings
) -> None:
    """Something was changed outside, the backup is old, a leader left and the key is the old one."""
    ingrid = actors["ingrid"]
    station.people.change_person(ingrid, actors["eva"].person_id, role=Role.LEADER)
    eva = Actor(actors["eva"].person_id, "Eva", Role.LEADER)
    station.people.issue_pin(eva, ingrid.person_id)
    station.automatic_backups(settings).take(ingrid)
    clock.move_to(EVENING + timedelta(days=2))
    station.people.person_left(ingrid, eva.person_id)
    station.people.person_left(ingrid, actors["jonas"].person_id)
    with station.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE unit SET code = 'A9' WHERE code = 'A1'")
    station.verifications.verify(ingrid)
    app = desk(station, ingrid, settings)
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(page(app))
        await settle(pilot)
        told = []
        for _page in range(6):
            told.append(seen(app))
            await pilot.press("pagedown")
            await settle(pilot)
        said = "\n".join(told)
        assert "1 change found" in said
        assert "unit" in said
        assert "Keep every backup" in said
        assert re.search(r"05.01 21:40 2 days ago", said)
        assert re.search(r"07.01.2026 +Eva +leader", said)
        assert "no new key since: staffbase rekey" in said
        assert re.search(r"07.01.2026 +Jonas +staff", said)
        assert said.count("no new key since") == sum("no new key since" in one for one in told)
    clock.move_to(EVENING + timedelta(days=3))
    station.openers(settings.home).rekeyed(ingrid)
    leavers = station.openers(settings.home).leavers(ingrid)
    assert {(one.name, one.was_leader, one.rekeyed_at is not None) for one in leavers} == {
        ("Eva", True, True), ("Jonas", False, True),
    }  # fmt: skip


async def test_the_auditor_sees_the_log_and_the_verification_and_reviews_nothing(
    station: Station, actors: dict[str, Actor], flats: dict[str, int], settings: Settings
) -> None:
    station.emergency.open(actors["nora"], flats["A1"], "Something happened.")
    app = desk(station, actors["astrid"], settings)
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(page(app))
        await settle(pilot)
        assert row(app, "A1").startswith("A1 Beboer A1 1 1 emergency Nora")
        for words in ("BACKUP", "WHO CAN OPEN", "LEFT LATELY"):
            assert words not in seen(app)
        await pilot.press("tab", "enter")
        await settle(pilot)
        assert isinstance(app.screen, TrustScreen)
        assert app.told == ["A leader reviews emergency access."]
        await pilot.press("v")
        await settle(pilot)
        assert "by Astrid" in seen(app)


def test_since_when_each_key_opens_the_station(
    station: Station, actors: dict[str, Actor], clock: HeldClock, settings: Settings, tmp_path: Path
) -> None:
    from pyrage import x25519

    from staffbase.exchange.openers import Openers

    ingrid, sealed = actors["ingrid"], str(x25519.Identity.generate().to_public())
    openers = Openers(station.database, settings.home, FileIdentities(tmp_path / "identities"))
    with station.database.read() as tx:
        begun = begun_in(tx)
    assert begun is not None
    assert [(one.name, one.since) for one in openers.all(ingrid)] == [
        ("this station", begun), ("recovery identity, in the safe", begun),
    ]  # fmt: skip
    clock.move_to(EVENING + timedelta(days=1))
    openers.add(ingrid, sealed, "sealed envelope")
    clock.move_to(EVENING + timedelta(days=2))
    openers.new_recovery(ingrid, new_identity())
    clock.move_to(EVENING + timedelta(days=3))
    openers.new_station(ingrid)
    assert [(one.name, one.since) for one in openers.all(ingrid)] == [
        ("this station", EVENING + timedelta(days=3)),
        ("recovery identity, in the safe", EVENING + timedelta(days=2)),
        ("sealed envelope", EVENING + timedelta(days=1)),
    ]


async def test_a_verification_tells_how_far_it_is_and_does_not_outlive_the_program(
    station: Station, actors: dict[str, Actor], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, go_on, ended = threading.Event(), threading.Event(), threading.Event()
    real = station.verifications.verify

    def slow(actor: Actor, progress: Callable[[int, int], None], *, beside: Settings) -> object:
        progress(43, 100)
        began.set()
        go_on.wait(60)
        try:
            progress(44, 100)
            return real(actor, progress, beside=beside)
        except NobodySignedIn:
            ended.set()
            raise

    monkeypatch.setattr(station.verifications, "verify", slow)
    app = desk(station, actors["ingrid"], settings)
    async with app.run_test(size=(120, 36)) as pilot:
        app.show(page(app))
        await settle(pilot)
        await pilot.press("v")
        assert await asyncio.to_thread(began.wait, 60)
        while "43 %" not in seen(app):
            await pilot.pause(0.05)
        assert not ended.is_set()
    go_on.set()
    assert await asyncio.to_thread(ended.wait, 60)
    assert station.verifications.last(actors["ingrid"]) is None
