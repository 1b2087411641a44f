"""Reading the house inside a transaction: facts of all residents with a fixed number of queries, whatever its age."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import and_, bindparam, func
from sqlmodel import SQLModel, col, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from staffbase.kernel.database import Reading
from staffbase.kernel.errors import NotFound
from staffbase.kernel.i18n import _
from staffbase.people.model import Person
from staffbase.residents.model import (
    Contact,
    House,
    Resident,
    ResidentStatus,
    RoundAgreement,
    Status,
    Stay,
    Unit,
    Warning_,
)
from staffbase.residents.rules import (
    AgreementFacts,
    AgreementVersion,
    ContactFacts,
    Door,
    FormerFacts,
    HouseFacts,
    ResidentFacts,
    WarningLine,
)

Row = TypeVar("Row", bound=SQLModel)


def house_in(tx: Reading, house_id: int) -> HouseFacts:
    """The house."""
    house = tx.get(House, house_id)
    return HouseFacts(
        house.id, house.name, house.address, house.entrance, house.oncall_name, house.oncall_phone, house.review_months, house.version
    )  # fmt: skip


def stay_in(tx: Reading, unit_id: int | None = None, *, resident_id: int | None = None) -> Stay | None:
    """The stay that has not ended, in this unit or of this resident."""
    query = select(Stay).where(col(Stay.until_date).is_(None))
    query = (
        query.where(Stay.unit_id == unit_id) if unit_id is not None else query.where(Stay.resident_id == resident_id)
    )
    return tx.first(query)


# Building a statement costs more than asking it; these are asked at every change, so each is built once.


@cache
def _living() -> Select[Resident, Stay, Unit]:
    return (
        select(Resident, Stay, Unit)
        .join(Stay, col(Stay.resident_id) == Resident.id)
        .join(Unit, col(Stay.unit_id) == Unit.id)
        .where(Unit.house_id == bindparam("house_id"), col(Stay.until_date).is_(None))
        .order_by(col(Unit.position))
    )


@cache
def _warnings() -> SelectOfScalar[Warning_]:
    return (
        select(Warning_)
        .where(col(Warning_.resident_id).in_(bindparam("ids", expanding=True)), col(Warning_.ended_at).is_(None))
        .order_by(col(Warning_.id))
    )


@cache
def _contacts() -> SelectOfScalar[Contact]:
    return (
        select(Contact)
        .where(col(Contact.resident_id).in_(bindparam("ids", expanding=True)), col(Contact.ended_at).is_(None))
        .order_by(col(Contact.position), col(Contact.id))
    )


@cache
def _agreements() -> SelectOfScalar[RoundAgreement]:
    newest = (
        select(func.max(RoundAgreement.id))
        .where(col(RoundAgreement.resident_id).in_(bindparam("ids", expanding=True)))
        .group_by(col(RoundAgreement.resident_id))
    )
    return select(RoundAgreement).where(col(RoundAgreement.id).in_(newest))


@cache
def _statuses() -> SelectOfScalar[ResidentStatus]:
    newest = (
        select(func.max(ResidentStatus.id))
        .where(col(ResidentStatus.resident_id).in_(bindparam("ids", expanding=True)))
        .group_by(col(ResidentStatus.resident_id))
    )
    return select(ResidentStatus).where(col(ResidentStatus.id).in_(newest))


@cache
def _persons() -> SelectOfScalar[Person]:
    return select(Person).where(col(Person.id).in_(bindparam("ids", expanding=True)))


@cache
def _units() -> SelectOfScalar[Unit]:
    return select(Unit).where(Unit.house_id == bindparam("house_id")).order_by(col(Unit.position))


def facts_in(tx: Reading, house_id: int) -> dict[int, ResidentFacts]:
    """All who live in the house now, by key."""
    return _facts(tx, tx.all(_living(), {"house_id": house_id}))


def _facts(tx: Reading, lives: Sequence[tuple[Resident, Stay, Unit]]) -> dict[int, ResidentFacts]:
    ids = [resident.id for resident, _stay, _unit in lives]
    if not ids:
        return {}
    warnings = _grouped(tx.all(_warnings(), {"ids": ids}))
    contacts = _grouped(tx.all(_contacts(), {"ids": ids}))
    agreements = {row.resident_id: row for row in tx.all(_agreements(), {"ids": ids})}
    statuses = {row.resident_id: row.status for row in tx.all(_statuses(), {"ids": ids})}
    primary = [resident.primary_contact_id for resident, _stay, _unit in lives if resident.primary_contact_id]
    names = {person.id: person.name for person in tx.all(_persons(), {"ids": primary})} if primary else {}
    return {
        resident.id: ResidentFacts(
            id=resident.id, unit_id=unit.id, unit_code=unit.code if stay.until_date is None else "", alias=resident.alias, birth_year=resident.birth_year,
            presence=resident.presence, presence_since=resident.presence_since, presence_until=resident.presence_until,
            status=statuses.get(resident.id, Status.CALM),
            warnings=tuple(WarningLine(row.id, row.kind, row.line) for row in warnings.get(resident.id, ())),
            agreement=agreement_of(agreements.get(resident.id)),
            contacts=tuple(
                ContactFacts(row.id, row.name, row.role, row.phone, row.hours, row.position, row.consent)
                for row in contacts.get(resident.id, ())
            ),
            primary_contact=names.get(resident.primary_contact_id or 0, ""), about=resident.about, naloxone=resident.naloxone,
            children=resident.children, moved_in=stay.from_date, version=resident.version,
            primary_contact_id=resident.primary_contact_id, left_on=stay.until_date, left_why=stay.leave_reason,
        )
        for resident, stay, unit in lives
    }  # fmt: skip


def resident_in(tx: Reading, house_id: int, resident_id: int) -> ResidentFacts:
    """One who lives here now. Raises NotFound."""
    found = facts_in(tx, house_id).get(resident_id)
    if found is None:
        raise NotFound(_("This resident does not live here now."))
    return found


def _left(house_id: int) -> Any:
    """Those who live here no more, with their last stay."""
    last = select(func.max(Stay.id)).group_by(col(Stay.resident_id))
    return (
        select(Resident, Stay, Unit)
        .join(Stay, col(Stay.resident_id) == Resident.id)
        .join(Unit, col(Unit.id) == Stay.unit_id)
        .where(Resident.house_id == house_id, col(Stay.id).in_(last), col(Stay.until_date).is_not(None))
    )


def former_in(tx: Reading, house_id: int) -> list[FormerFacts]:
    """Those who live here no more, the last to leave first."""
    return [
        FormerFacts(resident.id, resident.alias, resident.birth_year, unit.code, stay.until_date, stay.leave_reason)
        for resident, stay, unit in tx.all(_left(house_id).order_by(col(Stay.until_date).desc(), col(Unit.position)))
    ]


def anybody_in(tx: Reading, house_id: int, resident_id: int) -> ResidentFacts:
    """One who lives here or lived here. Raises NotFound."""
    found = facts_in(tx, house_id).get(resident_id)
    if found is None:
        found = _facts(tx, tx.all(_left(house_id).where(Resident.id == resident_id))).get(resident_id)
    if found is None:
        raise NotFound(_("It is not there any more."))
    return found


def agreements_in(tx: Reading, resident_id: int) -> list[AgreementVersion]:
    """All versions of a resident's check agreement, the newest first."""
    rows = tx.all(
        select(RoundAgreement, Person.name)
        .join(Person, col(Person.id) == RoundAgreement.agreed_by_id, isouter=True)
        .where(RoundAgreement.resident_id == resident_id)
        .order_by(col(RoundAgreement.id).desc())
    )
    return [
        AgreementVersion(
            AgreementFacts(row.id, row.form, row.may_wake, row.consent, row.valid_from, row.valid_until), name or ""
        )
        for row, name in rows
    ]


def labels_in(tx: Reading, house_id: int) -> dict[int, tuple[str, str]]:
    """(unit code, alias) of everybody who lives or lived here; no unit code for those who have left. One query."""
    rows = tx.all(
        select(Resident.id, Resident.alias, Unit.code)
        .join(Stay, and_(col(Stay.resident_id) == Resident.id, col(Stay.until_date).is_(None)), isouter=True)
        .join(Unit, col(Unit.id) == Stay.unit_id, isouter=True)
        .where(Resident.house_id == house_id)
    )
    return {resident_id: (code or "", alias) for resident_id, alias, code in rows}


def doors_in(tx: Reading, house_id: int) -> list[Door]:
    """The units in walking order with who lives there."""
    residents = {facts.unit_id: facts for facts in facts_in(tx, house_id).values()}
    units = tx.all(_units(), {"house_id": house_id})
    return [Door(unit.id, unit.code, unit.module, unit.position, residents.get(unit.id)) for unit in units]


def agreement_of(row: RoundAgreement | None) -> AgreementFacts | None:
    """A version of a check agreement, detached."""
    if row is None:
        return None
    return AgreementFacts(row.id, row.form, row.may_wake, row.consent, row.valid_from, row.valid_until)


def _grouped(rows: Iterable[Row]) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.resident_id, []).append(row)  # type: ignore[attr-defined]  # both tables have it
    return grouped
