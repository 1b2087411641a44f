"""How far back a substitute reads, in one quiet line, and which key opens more."""

from datetime import datetime

from textual.content import Content

from staffbase.kernel.clock import local
from staffbase.kernel.i18n import _, ngettext
from staffbase.kernel.moments import show_day, show_moment, show_time
from staffbase.residents.emergency import ReachFacts, SearchReach
from staffbase.ui.text import shown

KEY = "F8"
"""What takes an emergency access, on every screen and while typing."""


def reach_line(facts: ReachFacts, now: datetime) -> Content:
    """What of one resident is shown; nothing where all is."""
    if facts.opened_until is not None:
        said = _("Emergency access until %(until)s: everything is shown.")
        return shown(said % {"until": show_moment(facts.opened_until, now)}, "$warning-text")
    return notes_line(SearchReach(facts.limited, facts.since))


def notes_line(facts: SearchReach) -> Content:
    """What is shown where it is about no one resident; nothing where all is."""
    if not facts.limited:
        return Content("")
    if facts.since is None:
        return shown(_("Only your own shifts are shown. Emergency access: %(key)s.") % {"key": KEY}, "$muted")
    said = _("Before %(since)s: your own shifts only. Emergency access: %(key)s.")
    return shown(said % {"since": _day_and_time(facts.since), "key": KEY}, "$muted")


def search_line(facts: SearchReach) -> Content:
    """What a search leaves out; nothing where it leaves out nothing."""
    if not facts.limited or not facts.residents:
        return Content("")
    left_out = {"count": facts.residents, "key": KEY, "since": _day_and_time(facts.since) if facts.since else ""}
    if facts.since is None:
        said = ngettext(
            "Only your own shifts are searched: other notes of %(count)d resident are left out. Emergency access: %(key)s.",
            "Only your own shifts are searched: other notes of %(count)d residents are left out. Emergency access: %(key)s.",
            facts.residents,
        )
    else:
        said = ngettext(
            "Before %(since)s only your own shifts are searched: other notes of %(count)d resident are left out. Emergency access: %(key)s.",
            "Before %(since)s only your own shifts are searched: other notes of %(count)d residents are left out. Emergency access: %(key)s.",
            facts.residents,
        )
    return shown(said % left_out, "$muted")


def _day_and_time(moment: datetime) -> str:
    return f"{show_day(local(moment))} {show_time(moment)}"
