"""The doors a round left open are told once in a reading: under the round, not again at each resident. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from staffbase.handover.facts import MomentLine, ReadingItem
from staffbase.journal.model import Kind


def under_their_round(items: Sequence[ReadingItem], unit_of: Mapping[int, str]) -> list[ReadingItem]:
    """The items, each signed round with the reasons its open doors were signed with, doors of one reason together.

    A round's signing writes the residents' reasons first and then the house's entry, at one moment. A reason whose round
    is not there (it was withdrawn, say) stays with its resident.
    """
    rounds = [item for item in items if item.kind is Kind.ROUND and item.resident_id is None]
    doors: dict[int, list[ReadingItem]] = {}
    for item in items:
        if item.kind is Kind.ROUND and item.resident_id is not None:
            signed = [one.entry_id for one in rounds if _signed_with(one, item)]
            if signed:
                doors.setdefault(min(signed), []).append(item)
    told = {door.entry_id for of_one in doors.values() for door in of_one}
    return [
        _with_doors(item, doors[item.entry_id], unit_of) if item.entry_id in doors else item
        for item in items
        if item.entry_id not in told
    ]


def _signed_with(one: ReadingItem, door: ReadingItem) -> bool:
    return one.recorded_at == door.recorded_at and one.by_id == door.by_id and one.entry_id > door.entry_id


def _with_doors(signed: ReadingItem, doors: Sequence[ReadingItem], unit_of: Mapping[int, str]) -> ReadingItem:
    by_reason: dict[str, list[str]] = {}
    for door in sorted(doors, key=lambda one: one.entry_id):
        by_reason.setdefault(door.text, []).append(unit_of.get(door.resident_id or 0, ""))
    return replace(
        signed,
        steps=tuple(
            MomentLine(signed.at, f"{', '.join(code for code in codes if code)}  {reason}".strip())
            for reason, codes in by_reason.items()
        ),
        corrected=signed.corrected or any(door.corrected for door in doors),
        newest=max(signed.newest, *(door.newest for door in doors)),
    )
