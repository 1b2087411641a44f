"""What is known of a resident and must be at hand at the door: agreements, dangers, contacts, and what a substitute should know."""

from datetime import datetime

from staffbase.journal.entries import write_entry
from staffbase.journal.model import Importance, Kind
from staffbase.kernel.clock import local
from staffbase.kernel.database import Writing
from staffbase.kernel.errors import ChangedElsewhere, Invalid, NotFound
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import show_date
from staffbase.kernel.typed import typed_line, typed_text
from staffbase.people.model import Person
from staffbase.residents.calls import read_hours, read_phone
from staffbase.residents.model import (
    ROUND_FORM_NAMES,
    STATUS_NAMES,
    WARNING_NAMES,
    Contact,
    Resident,
    ResidentStatus,
    RoundAgreement,
    RoundForm,
    Status,
    Warning_,
    WarningKind,
)
from staffbase.residents.rules import (
    ABOUT_LIMIT,
    ALIAS_LIMIT,
    LADDER_STEPS,
    NALOXONE_LIMIT,
    OWN_PHONE,
    WARNING_LIMIT,
    About,
    last_day,
    read_birth_year,
)
from staffbase.residents.stays import living_in


def set_agreement_in(
    tx: Writing, resident_id: int, form: RoundForm, *, may_wake: bool = False, consent: str = "", valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> None:  # fmt: skip
    """A new version of the check agreement; the earlier ones stay."""
    resident = tx.get(Resident, resident_id)
    consent = typed_text(consent, "consent", required=form is not RoundForm.NONE, limit=600)
    told = [_("Check agreement: %(form)s.") % {"form": _(ROUND_FORM_NAMES[form])}]
    if form is not RoundForm.NONE:
        told.append(_("May be woken.") if may_wake else _("Not to be woken."))
    if valid_until is not None:
        told.append(_("Valid to %(date)s.") % {"date": show_date(last_day(valid_until))})
    entry = write_entry(
        tx, Kind.ROUND_AGREEMENT, " ".join([*told, consent]).strip(), house_id=resident.house_id, resident_id=resident_id,
        importance=Importance.HANDOVER,
    )  # fmt: skip
    tx.flush()
    tx.add(
        RoundAgreement(
            resident_id=resident_id, form=form, may_wake=may_wake, consent=consent, valid_from=valid_from or tx.now,
            valid_until=valid_until, agreed_by_id=tx.actor.person_id, entry_id=entry.id,
        )
    )  # fmt: skip


def add_warning_in(tx: Writing, resident_id: int, kind: WarningKind, line: str) -> None:
    """Something that must be known before the door opens."""
    resident = tx.get(Resident, resident_id)
    line = typed_line(line, "line", limit=WARNING_LIMIT)
    write_entry(
        tx, Kind.DANGER, f"{_(WARNING_NAMES[kind]).capitalize()}: {line}", house_id=resident.house_id, resident_id=resident_id,
        importance=Importance.HANDOVER,
    )  # fmt: skip
    tx.add(Warning_(resident_id=resident_id, kind=kind, line=line))


def end_warning_in(tx: Writing, house_id: int, warning_id: int, why: str = "") -> None:
    """It no longer holds."""
    warning = tx.get(Warning_, warning_id)
    living_in(tx, house_id, warning.resident_id)
    if warning.ended_at is not None:
        raise Invalid(_("Somebody has ended this already."))
    tx.change(warning, ended_at=tx.now)
    told = _("No longer: %(line)s.") % {"line": warning.line}
    write_entry(
        tx, Kind.DANGER, f"{told} {typed_line(why, 'why', required=False)}".strip(), house_id=house_id,
        resident_id=warning.resident_id, importance=Importance.HANDOVER,
    )  # fmt: skip


def add_contact_in(
    tx: Writing, house_id: int, resident_id: int | None, name: str, role: str = "", phone: str = "", hours: str = "",
    position: int = 0, *, consent: bool = True,
) -> None:  # fmt: skip
    """Somebody to ring. `position` is the step in the call ladder, 0 outside it."""
    contact = tx.add(
        Contact(
            house_id=house_id, resident_id=resident_id, name=typed_line(name, "contact_name", limit=60),
            role=typed_line(role, "contact_role", required=False, limit=40), phone=read_phone(phone), hours=read_hours(hours),
            position=_step(position), consent=consent,
        )
    )  # fmt: skip
    _tell_contact(tx, contact, _("Contact: %(who)s."))


def end_contact_in(tx: Writing, house_id: int, contact_id: int) -> Contact:
    """They are not to be rung any more."""
    contact = tx.get(Contact, contact_id)
    if contact.house_id != house_id:
        raise NotFound(_("It is not there any more."))
    if contact.ended_at is not None:
        raise Invalid(_("Somebody has ended this already."))
    tx.change(contact, ended_at=tx.now)
    _tell_contact(tx, contact, _("No longer a contact: %(who)s."))
    return contact


def replace_contact_in(
    tx: Writing, house_id: int, contact_id: int, name: str, role: str, phone: str, hours: str, position: int, *, consent: bool,
) -> None:  # fmt: skip
    """The same one with another number, other hours or another step; what stood before is kept as ended."""
    before = tx.get(Contact, contact_id)
    if before.house_id != house_id:
        raise NotFound(_("It is not there any more."))
    if before.ended_at is not None:
        raise Invalid(_("Somebody has ended this already."))
    now = Contact(
        house_id=house_id, resident_id=before.resident_id, name=typed_line(name, "contact_name", limit=60),
        role=typed_line(role, "contact_role", required=False, limit=40), phone=read_phone(phone), hours=read_hours(hours),
        position=_step(position), consent=consent,
    )  # fmt: skip
    changed = [_(words) for field, words in _CONTACT_FIELDS.items() if getattr(before, field) != getattr(now, field)]
    if not changed:
        return
    tx.change(before, ended_at=tx.now)
    tx.add(now)
    told = _("Contact changed (%(what)s):") % {"what": ", ".join(changed)} + " %(who)s."
    _tell_contact(tx, now, told)


_CONTACT_FIELDS = {
    "name": N_("name"),
    "role": N_("role"),
    "phone": N_("number"),
    "hours": N_("hours"),
    "position": N_("place in the call list"),
    "consent": N_("consent"),
}


def _tell_contact(tx: Writing, contact: Contact, sentence: str) -> None:
    """Who it is, and whether they may be told; the number stands with the contact only."""
    role = _(OWN_PHONE) if contact.role == OWN_PHONE else contact.role
    who = ", ".join(filter(None, (contact.name, role)))
    told = sentence % {"who": who}
    if contact.ended_at is None and not contact.consent:
        told += " " + _("The resident does not want them told.")
    write_entry(tx, Kind.CONTACT, told, house_id=contact.house_id, resident_id=contact.resident_id)


def _step(position: int) -> int:
    if not 0 <= position <= LADDER_STEPS:
        raise Invalid(
            _("The place in the call list is a number from 1 to %(most)d.") % {"most": LADDER_STEPS}, "position"
        )
    return position


_ABOUT_FIELDS = {
    "alias": N_("Name changed: %(before)s → %(now)s"),
    "birth_year": N_("Year of birth changed: %(before)s → %(now)s"),
    "primary": N_("Primary contact changed: %(before)s → %(now)s"),
    "naloxone": N_("Where the naloxone is changed: %(before)s → %(now)s"),
    "children": N_("Children who may visit changed: %(before)s → %(now)s"),
    "about": N_("To know about the resident: %(now)s (before: %(before)s)"),
}
"""What the timeline says of each change: the row keeps what holds now, the timeline what held before."""


def change_about_in(tx: Writing, house_id: int, resident_id: int, was: About, now: About) -> None:
    """Other facts about the resident. Raises ChangedElsewhere when they are not as they were shown (`was`)."""
    resident, _stay = living_in(tx, house_id, resident_id)
    if about_of(resident) != was:
        raise ChangedElsewhere(_("Somebody else has changed this in the meantime. Nothing of yours was saved."))
    now = About(
        typed_line(now.alias, "alias", limit=ALIAS_LIMIT),
        read_birth_year(now.birth_year, local(tx.now).date()),
        typed_text(now.about, "about", required=False, limit=ABOUT_LIMIT),
        typed_line(now.naloxone, "naloxone", required=False, limit=NALOXONE_LIMIT),
        now.children,
        now.primary_contact_id,
    )
    if now == was:
        return
    before, after = _in_words(tx, was), _in_words(tx, now)
    told = [
        _(sentence) % {"before": before[field], "now": after[field]}
        for field, sentence in _ABOUT_FIELDS.items()
        if before[field] != after[field]
    ]
    tx.change(
        resident, alias=now.alias, birth_year=now.birth_year, about=now.about, naloxone=now.naloxone,
        children=now.children, primary_contact_id=now.primary_contact_id,
    )  # fmt: skip
    write_entry(tx, Kind.FACTS, "\n".join(told), house_id=house_id, resident_id=resident_id)


def about_of(resident: Resident) -> About:
    """What may be changed of a resident's facts, as it stands."""
    return About(
        resident.alias, resident.birth_year, resident.about, resident.naloxone, resident.children,
        resident.primary_contact_id,
    )  # fmt: skip


def _in_words(tx: Writing, about: About) -> dict[str, str]:
    primary = tx.get(Person, about.primary_contact_id).name if about.primary_contact_id is not None else "–"
    return {
        "alias": about.alias, "birth_year": str(about.birth_year), "primary": primary, "naloxone": about.naloxone or "–",
        "children": _("yes") if about.children else _("no"), "about": about.about or "–",
    }  # fmt: skip


def set_status(tx: Writing, house_id: int, resident_id: int, status: Status, text: str = "") -> None:
    """How the resident is doing, as a report or an incident says; the newest counts."""
    said = _("Status: %(status)s.") % {"status": _(STATUS_NAMES[status])}
    entry = write_entry(
        tx, Kind.STATUS, f"{said} {text}".strip(), house_id=house_id, resident_id=resident_id,
        importance=Importance.ROUTINE if status is Status.CALM else Importance.HANDOVER,
    )  # fmt: skip
    tx.flush()
    tx.add(ResidentStatus(id=entry.id, resident_id=resident_id, status=status))
