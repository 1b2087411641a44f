"""Whether what happened is a deviation: asked once, as a task, until somebody answers; a promise to write it is a task, too.

A round asks when a ladder begins, and the conclusion of an incident answers. Incidents and tasks do not know each other;
they meet here.
"""

from datetime import datetime

from staffbase.incidents.model import DEVIATION_NAMES, INCIDENT_NAMES, Deviation
from staffbase.incidents.service import incidents_in
from staffbase.kernel.clock import local
from staffbase.kernel.database import Writing
from staffbase.kernel.i18n import _
from staffbase.kernel.moments import show_span
from staffbase.residents.rules import Door
from staffbase.tasks.service import add_task, finish_in, goes_on_in, tasks_about_in


def ask_deviation_in(
    tx: Writing, house_id: int, incident_id: int, door: Door, what: str, begins: datetime, ends: datetime | None = None,
    deviation: Deviation = Deviation.LATER,
) -> None:  # fmt: skip
    """What happened at the door leaves the question whether it is a deviation; it stands until somebody answers.

    The time is when it happened, as near as that is known (a moment, or the walk it was found on), not when it was
    written. Where the conclusion has answered already, nothing is asked: of a deviation it remains to write it.
    """
    about = _about(door.code, what, begins, ends or begins)
    _leave(tx, house_id, incident_id, about, deviation, door.resident.id if door.resident else None)


def decided_in(tx: Writing, house_id: int, incident_id: int, deviation: Deviation) -> None:
    """The conclusion of an incident answers the question that its beginning left; where none was left, it asks or promises."""
    asked = tasks_about_in(tx, incident_id)
    standing = next((task for task in asked if task.done_at is None), None)
    if deviation is Deviation.LATER and asked:
        return
    if standing is not None and deviation is Deviation.NO:
        finish_in(tx, standing, f"{_(DEVIATION_NAMES[deviation]).capitalize()}.")
        return
    (incident,) = incidents_in(tx, house_id, ids=[incident_id])
    begins = incident.started_at
    about = _about(incident.unit_code or _("The house"), _(INCIDENT_NAMES[incident.kind]), begins, begins)
    if standing is None:
        _leave(tx, house_id, incident_id, about, deviation, incident.resident_id)
        return
    question = _asked("")
    if standing.text.endswith(question):  # it says better what happened, and when
        about = standing.text.removesuffix(question)
    goes_on_in(tx, standing, _promised(about), incident_id)


def _about(unit_code: str, what: str, begins: datetime, ends: datetime) -> str:
    time = f"{local(begins):%d.%m} {show_span(begins, ends)}"
    return _("%(unit)s, %(what)s %(time)s") % {"unit": unit_code, "what": what, "time": time}


def _asked(about: str) -> str:
    return _("%(about)s: is this a deviation to be reported?") % {"about": about}


def _promised(about: str) -> str:
    return _("%(about)s: write the deviation.") % {"about": about}


def _leave(
    tx: Writing, house_id: int, incident_id: int, about: str, deviation: Deviation, resident_id: int | None
) -> None:  # fmt: skip
    if deviation is not Deviation.NO:
        text = _promised(about) if deviation is Deviation.YES else _asked(about)
        add_task(tx, house_id, text, resident_id=resident_id, about_id=incident_id)
