"""Erasure by decision (helsepersonelloven § 43): looked at first, then decided once, by the leader, for good.

What goes, what stays and what the station cannot reach is said before; the decision itself stays, and says why, not what.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import col, select

from staffbase.exchange.erasing import (
    Going,
    about_in,
    drafts_with_in,
    elsewhere_in,
    erase_in,
    going_in,
    refuse_standing_in,
    refuse_telling,
)  # fmt: skip
from staffbase.exchange.older_backups import Lying, OlderBackup, lying_now, older_backups_in
from staffbase.incidents.model import IncidentStep
from staffbase.journal.corrections import amended_entry
from staffbase.journal.erasing import Chain
from staffbase.journal.model import KIND_NAMES, Kind
from staffbase.journal.service import items_by_id
from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.database import Database, Reading, Writing
from staffbase.kernel.i18n import N_, _, ngettext
from staffbase.kernel.ledger import ErasureDecision
from staffbase.kernel.moments import show_date, show_time
from staffbase.kernel.service import HouseService
from staffbase.kernel.settings import Settings
from staffbase.kernel.sweep import sweep
from staffbase.kernel.typed import typed_line, typed_text
from staffbase.people.service import names_in
from staffbase.residents.reading import labels_in

_REASON = 600
_NAMED = 5
"""Other entries with the same words that are told one by one."""
_PLACES = {
    "plan_version": N_("a version of a crisis plan"),
    "plan_draft": N_("a draft of a crisis plan"),
    "report_line": N_("a signed report"),
    "open_door": N_("a signed round"),
    "walk": N_("a round that was entered later"),
    "round_agreement": N_("a check agreement"),
    "warning": N_("the dangers"),
    "contact": N_("the contacts"),
    "task": N_("the tasks"),
    "resident": N_("what is known about a resident"),
    "stay": N_("why somebody moved out"),
    "house": N_("what is known about the house"),
    "unit": N_("what is known about a unit"),
}


@dataclass(frozen=True)
class ToErase:
    """What a decision about an entry would do, before it is made."""

    entry_id: int
    resident_id: int | None
    where: str
    """What is typed to confirm it: the unit's code, or the house."""
    about: str
    """Which entry, in words that tell nothing of what it says."""
    own: int
    """Whether the entry itself says something (with the reason why it was entered later, if any): 0 to 2 texts."""
    corrections: int
    comments: int
    asked: int
    told_too: tuple[str, ...]
    """The other entries that tell of the very same thing (that a task is done, that a danger ended), and go."""
    beside: int
    """Rows of other rooms that hold the same words and are emptied: a report's line, a plan's version, a task, …"""
    drafts: int
    steps: int
    """Of an incident: each is an entry of its own, and stays."""
    copies: tuple[str, ...]
    """Where the same words stand besides."""
    more_copies: int
    backups: tuple[str, ...]
    nights: int
    """How many nightly backups are kept: after so many nights the automatic ones are gone."""
    on_server: bool
    """The database and its backups are a server's, and the server's own."""

    @property
    def texts(self) -> int:
        """How many texts go."""
        return self.own + self.corrections + self.comments + self.asked + len(self.told_too)


@dataclass(frozen=True)
class DecisionFacts:
    """A decision that was made."""

    decided_at: datetime
    decided_by: str
    responsible: str
    asked_by: str
    reason: str
    texts: int
    backups: tuple[str, ...]
    """The older backups that still hold it, of those the decision named."""
    swept: bool = True
    """Just decided: whether nothing of it is left in the file; else that is done at the next chance."""


class Erasures(HouseService):
    """Erasures by decision in one house."""

    def __init__(self, database: Database, house_id: int, settings: Settings) -> None:
        super().__init__(database, house_id)
        self._settings = settings

    @allowed(Permission.ERASE)
    def look(self, actor: Actor, entry_id: int) -> ToErase:
        """What a decision about this entry would take and leave. Raises Invalid where nothing can be erased, NotFound."""
        del actor
        lying = self._lying()
        with self.database.read() as tx:
            chain = about_in(tx, self.house_id, entry_id)
            going = going_in(tx, chain)
            refuse_standing_in(tx, chain, going)
            return self._look(tx, chain, going, lying)

    @allowed(Permission.ERASE)
    def decide(self, actor: Actor, entry_id: int, *, responsible: str, asked_by: str, reason: str) -> DecisionFacts:
        """Erase the entry's words and all that was written about it, for good, by the decision of the journal-responsible.

        Raises Invalid for a decision that repeats what it erases, and for what counts now (a plan, a danger): that is
        replaced first.
        """
        with self.database.read() as tx:
            subject = amended_entry(tx, self.house_id, entry_id).place.resident_id
        lying = self._lying()  # a drive may take its time to answer, and meanwhile nobody could write
        with self.database.write(actor, "entry.erase", subject=subject) as tx:
            chain = about_in(tx, self.house_id, entry_id)
            going = going_in(tx, chain)
            refuse_standing_in(tx, chain, going)
            responsible = typed_line(responsible, "responsible", limit=80)
            asked_by = typed_line(asked_by, "asked_by", limit=120)
            reason = typed_text(reason, "reason", limit=_REASON)
            for field, words in (("responsible", responsible), ("asked_by", asked_by), ("reason", reason)):
                refuse_telling(words, chain, going, field)
            decision = tx.add(
                ErasureDecision(
                    entry_id=chain.root.id, decided_at=tx.now, decided_by=actor.person_id,
                    responsible=responsible, asked_by=asked_by, reason=reason, texts=len(_texts(chain)), erased=json.dumps(going.rows),
                    backups=json.dumps([one.kept() for one in self._older(tx, chain, lying, tx.now)]),
                )
            )  # fmt: skip
            erase_in(tx, decision)
            made = self._facts(tx, decision, lying)
        swept = sweep(self.database) if self.database.dialect == "sqlite" else True
        return replace(made, swept=swept)

    @allowed(Permission.ERASE)
    def decision(self, actor: Actor, entry_id: int) -> DecisionFacts | None:
        """The decision that erased this entry, if one did."""
        del actor
        lying = self._lying()
        with self.database.read() as tx:
            for decision in tx.all(select(ErasureDecision).order_by(col(ErasureDecision.id).desc())):
                if entry_id == decision.entry_id or ["entry_text", entry_id, False] in json.loads(decision.erased):
                    return self._facts(tx, decision, lying)
        return None

    def _lying(self) -> Lying:
        return lying_now(self._settings) if self.database.dialect == "sqlite" else Lying((), ())

    def _look(self, tx: Reading, chain: Chain, going: Going, lying: Lying) -> ToErase:
        copies = elsewhere_in(tx, going)
        names, labels = names_in(tx), labels_in(tx, self.house_id)
        root = chain.root
        place = amended_entry(tx, self.house_id, root.id).place
        unit, alias = labels.get(place.resident_id or 0, ("", ""))
        told = {
            "kind": _(KIND_NAMES[root.kind]), "date": show_date(place.observed_from), "time": show_time(place.observed_from),
            "name": names.get(root.author_id, ""), "about": " ".join(filter(None, (unit, alias))) or _("the house"),
        }  # fmt: skip
        return ToErase(
            entry_id=root.id, resident_id=place.resident_id, where=unit or alias or _("the house"),
            about=_("%(about)s · %(kind)s · %(date)s %(time)s · %(name)s") % told,
            own=sum(bool(words) for words in _own(chain)), corrections=chain.corrections, comments=chain.comments,
            asked=chain.asked, told_too=_named(tx, [entry.id for entry in chain.told_too]), beside=going.beside,
            drafts=drafts_with_in(tx, chain, going),
            steps=len(tx.all(select(IncidentStep.id).where(IncidentStep.incident_id == root.id)))
            if root.kind is Kind.INCIDENT
            else 0,
            copies=(
                *_named(tx, copies.entries[:_NAMED]),
                *(_version(number, lines) for number, lines in copies.versions),
                *(_(_PLACES[table]) if table in _PLACES else table for table in copies.tables),
            ),
            more_copies=max(0, len(copies.entries) - _NAMED),
            backups=tuple(one.in_words(names) for one in self._older(tx, chain, lying, self.database.clock.now())),
            nights=self._settings.backup_keep, on_server=self.database.dialect != "sqlite",
        )  # fmt: skip

    def _older(self, tx: Reading, chain: Chain, lying: Lying, now: datetime) -> list[OlderBackup]:
        if self.database.dialect != "sqlite":
            return []
        written = min(entry.recorded_at for entry in chain.entries if entry.id in chain.texts)
        return older_backups_in(tx, lying, written, now)

    def _facts(self, tx: Reading | Writing, row: ErasureDecision, lying: Lying) -> DecisionFacts:
        names = names_in(tx)
        older = [OlderBackup(**one) for one in json.loads(row.backups)]
        return DecisionFacts(
            row.decided_at, names.get(row.decided_by, ""), row.responsible, row.asked_by, row.reason, row.texts,
            tuple(one.in_words(names) for one in older if one.stands(lying)),
        )  # fmt: skip


def _named(tx: Reading, entry_ids: Sequence[int]) -> tuple[str, ...]:
    """Each of these entries by its kind and time."""
    items = items_by_id(tx, entry_ids)
    return tuple(
        f"{_(KIND_NAMES[item.kind])} {show_date(item.observed_from)} {show_time(item.observed_from)}"
        for item in items.values()
    )


def _version(number: int, lines: int) -> str:
    said = ngettext(
        "version %(number)d of the plan (%(count)d line the same)", "version %(number)d of the plan (%(count)d lines the same)", lines
    )  # fmt: skip
    return said % {"number": number, "count": lines}


def _own(chain: Chain) -> tuple[str, str]:
    row = chain.texts.get(chain.root.id)
    return (row.text, row.late_reason) if row else ("", "")


def _texts(chain: Chain) -> list[str]:
    """Every text that goes, each as often as it was written."""
    return [words for row in chain.texts.values() for words in (row.text, row.late_reason) if words]


__all__ = ["DecisionFacts", "Erasures", "ToErase"]
