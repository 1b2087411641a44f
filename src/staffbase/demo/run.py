"""Opens the demo: a folder of its own, the plot played up to the moment asked for, and the app on top."""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from staffbase.demo import MARK_FILE
from staffbase.demo.clock import PlotClock
from staffbase.demo.house import ADDRESS, DEFAULT_MOMENT, ENTRANCE, NAME, ONCALL_NAME, ONCALL_PHONE, STAFF, UNITS
from staffbase.kernel.access import STATION_ITSELF, Actor, Permission, Role
from staffbase.kernel.clock import OSLO
from staffbase.kernel.errors import Invalid, NotFound
from staffbase.kernel.files import write_private
from staffbase.kernel.i18n import _
from staffbase.kernel.key import FileIdentities, SystemIdentities
from staffbase.kernel.settings import Settings

if TYPE_CHECKING:
    from staffbase.app import StaffbaseApp
    from staffbase.opening import Opened
    from staffbase.station import Station

PINS = tuple((person.name, person.pin) for person in STAFF)
"""What the demo's sign-in screen shows."""

_BUILT = datetime(2024, 3, 1, 9, 0, tzinfo=OSLO)
"""When the invented house took staffbase into use."""


def demo_app(settings: Settings, at: datetime | None, person: str | None, folder: Path | None) -> "StaffbaseApp":
    """The app on the invented house. Without `folder` it is thrown away at the end."""
    from staffbase.app import StaffbaseApp  # noqa: PLC0415  (loads Textual)

    clock = PlotClock(at or DEFAULT_MOMENT)
    clock.release()
    home, identities = _places(folder)

    def opener(say: Callable[[str], None]) -> "Opened":
        from staffbase.opening import Opened  # noqa: PLC0415

        say(_("Playing the demo's house up to the moment you asked for …"))
        station = open_demo_at(settings, at, home, identities)
        clock.move_to(station.database.clock.now())
        plot_clock = station.database.clock
        if isinstance(plot_clock, PlotClock):
            plot_clock.follow(clock)
        return Opened(station, None if person is None else signed_in(station, person), PINS)

    return StaffbaseApp(replace(settings, home=home, database_url="", backup_keep=0), clock, opener)


def open_demo(settings: Settings, at: datetime | None, folder: Path | None) -> "Station":
    """The invented house, furnished if it is new and played up to `at`; its clock is held there.

    Without `at` a new house stands at its default moment and a kept one where it was left. Raises Invalid for a moment
    before that, and for a folder that holds something else.
    """
    return open_demo_at(settings, at, *_places(folder))


def open_demo_at(settings: Settings, at: datetime | None, home: Path, identities: FileIdentities) -> "Station":
    """The same in this data folder, with the station's identity kept there."""
    from staffbase.demo.play import play, reached  # noqa: PLC0415  (loads the database)
    from staffbase.kernel.creation import has_station  # noqa: PLC0415
    from staffbase.new_station import SetUp, create_station  # noqa: PLC0415
    from staffbase.station import open_station  # noqa: PLC0415

    settings = replace(settings, home=home, database_url="")
    if not has_station(home):
        answers = SetUp(
            house=NAME, units=UNITS, leader=STAFF[0].name, pin=STAFF[0].pin, address=ADDRESS, entrance=_(ENTRANCE),
            oncall_name=_(ONCALL_NAME), oncall_phone=ONCALL_PHONE,
        )  # fmt: skip
        new, _recovery = create_station(
            settings,
            PlotClock(_BUILT),
            answers,
            identities,
            furnish=lambda station: play(station, at or DEFAULT_MOMENT),
        )
        write_private(home / MARK_FILE, b"")
        return new
    station = open_station(settings, PlotClock(_BUILT), identities)
    try:
        before = reached(station)
        if before is None:
            raise Invalid(_("%(folder)s holds no demo. Choose another folder.") % {"folder": home}, "dir")  # noqa: TRY301  (the station must be closed first)
        write_private(home / MARK_FILE, b"")
        play(station, at or before.lived)
    except BaseException:
        station.close()
        raise
    return station


def open_where_left(settings: Settings, passphrase: str | None = None) -> "Station | None":
    """A kept demo, for a command: its own clock runs on from where the house was left, and nothing is played.

    None for a folder that holds no demo, also where it held one before.
    """
    from staffbase.demo.play import reached  # noqa: PLC0415  (loads the database)
    from staffbase.station import open_station  # noqa: PLC0415

    clock = PlotClock(_BUILT)
    station = open_station(replace(settings, database_url=""), clock, SystemIdentities(), passphrase)
    before = reached(station)
    if before is None:  # another station was put in its place
        station.close()
        return None
    clock.move_to(before.lived)
    clock.release()
    return station


def signed_in(station: "Station", name: str) -> Actor:
    """This person, signed in and, if they work shifts, on duty. Raises NotFound for a name nobody has."""
    people = station.people.directory(STATION_ITSELF)
    found = next((one for one in people if one.name.casefold() == name.casefold() and not one.left), None)
    if found is None:
        raise NotFound(_("Nobody in the demo is called %(name)s.") % {"name": name})
    actor = Actor(found.id, found.name, found.role)
    station.database.opened(actor, "person.sign_in", None)
    works_shifts = actor.may(Permission.DUTY) and actor.role not in {Role.LEADER, Role.CLINICAL_LEAD}
    if works_shifts and not found.on_duty:
        station.people.go_on_duty(actor)
    elif station.people.duty_question(actor) is not None:
        station.people.decline_duty(actor)  # leaders are in the house for something else than the shift
    return actor


def _places(folder: Path | None) -> tuple[Path, FileIdentities]:
    """The data folder, and where its identity lies: never in it, and never in the user's keyring."""
    if folder is not None:
        return folder, SystemIdentities().files
    place = Path(tempfile.mkdtemp(prefix="staffbase-demo-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return place / "data", FileIdentities(place / "identity")
