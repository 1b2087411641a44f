"""The house itself inside a transaction: its facts and units, each change with what stood before on its timeline."""

import re
from collections.abc import Sequence

from sqlmodel import col, select

from staffbase.journal.entries import write_entry
from staffbase.journal.model import Importance, Kind
from staffbase.kernel.database import Writing
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.typed import typed_line
from staffbase.residents.model import House, Unit
from staffbase.residents.rules import MOST_UNITS

HOUSE_CHANGES = {
    "name": N_("The house's name changed: %(before)s → %(now)s."),
    "address": N_("Address changed: %(before)s → %(now)s."),
    "entrance": N_("Entrance changed: %(before)s → %(now)s."),
    "oncall_name": N_("On-call name changed: %(before)s → %(now)s."),
    "oncall_phone": N_("On-call number changed: %(before)s → %(now)s."),
    "review_months": N_("Months until a crisis plan is reviewed changed: %(before)s → %(now)s."),
}
"""What the house's timeline says of each change."""
MOST_REVIEW_MONTHS = 24
_CODE = re.compile(r"^(\D+)(\d+)$")


def create_house_in(
    tx: Writing, name: str, units: list[tuple[str, str]], *, address: str = "", entrance: str = "", oncall_name: str = "",
    oncall_phone: str = "",
) -> House:  # fmt: skip
    """A new house with its units in walking order (set-up and demo)."""
    house = tx.add(
        House(
            name=typed_line(name, "house"),
            address=typed_line(address, "address", required=False),
            entrance=typed_line(entrance, "entrance", required=False),
            oncall_name=typed_line(oncall_name, "oncall_name", required=False),
            oncall_phone=typed_line(oncall_phone, "oncall_phone", required=False, limit=30),
        )
    )
    tx.flush()
    for position, (code, module) in enumerate(units):
        tx.add(Unit(house_id=house.id, code=code, module=module, position=position))
    return house


def change_house_in(
    tx: Writing, house_id: int, version: int, *, name: str | None, address: str, entrance: str, oncall_name: str,
    oncall_phone: str, review_months: int,
) -> None:  # fmt: skip
    """Other facts of the house; without a name the old one stays. Raises ChangedElsewhere when `version` is old."""
    house = tx.get(House, house_id)
    if house.version != version:
        tx.change(House(id=house.id, name=house.name, version=version))
    if not 1 <= review_months <= MOST_REVIEW_MONTHS:
        raise Invalid(_("Plans must be reviewed every 1 to 24 months."), "review_months")
    wanted: dict[str, str | int] = {
        "name": house.name if name is None else typed_line(name, "name", limit=60),
        "address": typed_line(address, "address", required=False),
        "entrance": typed_line(entrance, "entrance", required=False),
        "oncall_name": typed_line(oncall_name, "oncall_name", required=False),
        "oncall_phone": typed_line(oncall_phone, "oncall_phone", required=False, limit=30),
        "review_months": review_months,
    }
    before = {field: getattr(house, field) for field in wanted}
    changed = {field: value for field, value in wanted.items() if value != before[field]}
    tx.change(house, **changed)
    for field, value in changed.items():
        told = {"before": before[field] or _("empty"), "now": value or _("empty")}
        _tell(tx, house_id, _(HOUSE_CHANGES[field]) % told)


def add_units_in(tx: Writing, house_id: int, new: Sequence[tuple[str, str]]) -> list[str]:
    """New (code, module) pairs in the walking order. Returns their codes."""
    rows = {row.code: row for row in tx.all(select(Unit).where(Unit.house_id == house_id).order_by(col(Unit.position)))}
    order = with_new_units([(row.code, row.module) for row in rows.values()], new)
    for position, (code, module) in enumerate(order):
        if code not in rows:
            tx.add(Unit(house_id=house_id, code=code, module=module, position=position))
        elif rows[code].position != position:
            tx.change(rows[code], position=position)
    codes = [code for code, _module in new]
    _tell(tx, house_id, _("New units: %(units)s.") % {"units": units_told(codes)})
    return codes


def _tell(tx: Writing, house_id: int, sentence: str) -> None:
    """On the house's timeline, and to everybody at the next handover: the old number may be in somebody's head."""
    write_entry(tx, Kind.HOUSE, sentence, house_id=house_id, importance=Importance.HANDOVER)


def with_new_units(standing: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The walking order with new (code, module) pairs in it: each after the last unit of its module, else at the end.

    Raises Invalid for a unit that stands already, and for more than a house may have.
    """
    order = list(standing)
    for code, module in new:
        if any(code == there for there, _module in order):
            raise Invalid(_("The house has a unit %(code)s already.") % {"code": code}, "units")
        last = max((at for at, (_code, of) in enumerate(order) if of == module), default=len(order) - 1)
        order.insert(last + 1, (code, module))
    if len(order) > MOST_UNITS:
        raise Invalid(_("%(most)d units is the most a house may have.") % {"most": MOST_UNITS}, "units")
    return order


def units_told(codes: Sequence[str]) -> str:
    """The units as a short list, the way it is typed: "A1–A6, B1–B4"."""
    told: list[str] = []
    run: list[str] = []
    for code in [*codes, ""]:
        if run and not _follows(run[-1], code):
            told.append(run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}")
            run = []
        run.append(code)
    return ", ".join(told)


def _follows(before: str, after: str) -> bool:
    first, second = _CODE.match(before), _CODE.match(after)
    return bool(first and second and first[1] == second[1] and int(second[2]) == int(first[2]) + 1)
