"""What every screen of an incident says in the same words: which one it is, and whom to ring from where."""

from textual.content import Content

from staffbase.incidents.model import INCIDENT_NAMES
from staffbase.incidents.rules import IncidentFacts
from staffbase.kernel.i18n import N_, _
from staffbase.residents.rules import HouseFacts
from staffbase.ui.text import labelled, line, lines, shown

_CALLS = (("113", N_("ambulance")), ("110", N_("fire")), ("112", N_("police")))


def heading(incident: IncidentFacts) -> str:
    """Which incident it is, in one line."""
    about = f"{incident.unit_code} {incident.resident}".strip() or _("the house")
    return f"{about} · {_(INCIDENT_NAMES[incident.kind])}"


def numbers(house: HouseFacts, unit_code: str = "", *, named: bool = True) -> Content:
    """What one needs with the phone in the hand: the numbers, the address, the way in, the on-call."""
    calls = [
        line((number, "bold $danger-text"), _(name)) if named else shown(number, "bold $danger-text")
        for number, name in _CALLS
    ]
    where = line((house.address, "bold"), (unit_code, "bold"), between=" · ")
    on_call = labelled(_("on-call"), house.oncall_name)
    phone = shown(house.oncall_phone, "bold")  # a line of its own: a number must not break
    return lines(
        *(part for part in (Content("  ").join(calls), where, shown(house.entrance), on_call, phone) if part.plain)
    )
