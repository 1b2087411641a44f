"""Makes the invented house as it stands before the plot begins: people, residents, what is known of them, their plans."""

from datetime import date, datetime, time, timedelta

from sqlmodel import select

from staffbase.demo.cast import Cast
from staffbase.demo.house import FIRST_MOMENT, STAFF
from staffbase.demo.planned import keep
from staffbase.demo.plans import PLANS, PlanText
from staffbase.demo.residents import RESIDENTS, Agreed, Resident
from staffbase.kernel.access import STATION_ITSELF
from staffbase.kernel.clock import HeldClock, at_local
from staffbase.kernel.database import Writing
from staffbase.kernel.i18n import _
from staffbase.people.pins import set_pin_in
from staffbase.people.service import add_person_in, hash_pin, set_default_shifts_in
from staffbase.residents.model import Unit
from staffbase.residents.rules import OWN_PHONE
from staffbase.residents.service import add_contact_in, add_warning_in, admit_in, set_agreement_in
from staffbase.station import Station

_BEGUN = date(2025, 12, 16)
"""When plans that are still drafts were saved."""


def furnish(station: Station, clock: HeldClock) -> None:
    """Furnish a station that has only its units and its first leader."""
    _people(station)
    cast = Cast(station, FIRST_MOMENT)
    residents = [one for one in RESIDENTS if at_local(one.moved_in, time(12)) <= clock.now()]
    with station.database.write(cast.actor("Eva"), "resident.admit") as tx:
        for resident in residents:
            move_in(tx, cast, resident)
    later: list[tuple[datetime, Resident | PlanText]] = [
        (at_local(plan.published or _BEGUN, time(10)), plan) for plan in PLANS
    ]
    later += [(at_local(one.moved_in, time(12)), one) for one in RESIDENTS if one not in residents]
    for moment, one in sorted(later, key=lambda dated: dated[0]):
        clock.move_to(moment)
        if isinstance(one, Resident):
            with station.database.write(cast.actor("Eva"), "resident.admit") as tx:
                move_in(tx, cast, one)
            cast.somebody_moved()
        else:
            keep(cast, one)


def _people(station: Station) -> None:
    hashes = {person.name: hash_pin(station.database.seal, person.pin, quick=True) for person in STAFF}
    there = {person.name: person.id for person in station.people.directory(STATION_ITSELF)}
    with station.database.write(STATION_ITSELF, "station.furnish") as tx:
        set_default_shifts_in(tx, station.house_id)
        for person in STAFF:
            if person.name in there:
                set_pin_in(tx, there[person.name], hashes[person.name], one_time=False)
            else:
                add_person_in(tx, person.name, person.role, person.phone, hashes[person.name])


def move_in(tx: Writing, cast: Cast, resident: Resident) -> int:
    """A resident moves in, with everything that must be known."""
    house_id = cast.station.house_id
    unit_id = tx.first(select(Unit.id).where(Unit.house_id == house_id, Unit.code == resident.unit)) or 0
    row = admit_in(
        tx, house_id, unit_id, resident.alias, resident.birth_year, resident.moved_in, about=_(resident.about),
        naloxone=_(resident.naloxone), children=resident.children, primary_contact_id=cast.person(resident.primary),
    )  # fmt: skip
    if resident.agreed is not None:
        agree(tx, row.id, resident.agreed)
    for kind, line in resident.warnings:
        add_warning_in(tx, row.id, kind, _(line))
    for one in resident.contacts:
        add_contact_in(
            tx,
            house_id,
            row.id,
            _(one.name),
            one.role if one.role == OWN_PHONE else _(one.role),
            one.phone,
            _(one.hours),
            one.position,
            consent=one.consent,
        )
    return row.id


def agree(tx: Writing, resident_id: int, agreed: Agreed) -> None:
    """What was agreed about night checks; the last day of a limited agreement counts whole."""
    until: datetime | None = None
    if agreed.valid_until is not None:
        until = at_local(agreed.valid_until + timedelta(days=1), time(0))
    set_agreement_in(
        tx, resident_id, agreed.form, may_wake=agreed.may_wake, consent=_(agreed.consent), valid_until=until
    )
