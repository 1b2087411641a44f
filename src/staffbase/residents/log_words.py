"""A resident's access log as plain text, for the person, on paper or read aloud; and as a table, for a spreadsheet."""

from collections.abc import Iterator

from staffbase.kernel.access import ROLE_NAMES
from staffbase.kernel.head import head_words
from staffbase.kernel.i18n import _, ngettext
from staffbase.kernel.moments import show_date, show_day, show_time
from staffbase.residents.access_log import LogPrint
from staffbase.ui.text import harmless


def log_words(printed: LogPrint) -> str:
    """The whole log, the last opening first, and how far the ledger had come."""
    return "\n".join(_log(printed)) + "\n"


def log_table(printed: LogPrint) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The headings and a row for each opening, the last one first."""
    headings = (
        _("Day"),
        _("Time"),
        _("Name"),
        _("Role"),
        _("What"),
        _("Station"),
        _("Reason"),
        _("Written down later"),
    )
    return headings, [
        (
            show_date(one.at), show_time(one.at), one.person, _(ROLE_NAMES[one.role]), one.what, one.station, one.reason,
            _("yes") if one.late else "",
        )
        for one in printed.lines
    ]  # fmt: skip


def _log(printed: LogPrint) -> Iterator[str]:
    whose = f"{printed.whose.unit_code} {harmless(printed.whose.alias)}".strip()
    yield _("Access log: %(who)s") % {"who": whose}
    told = {"date": show_date(printed.at), "time": show_time(printed.at), "name": harmless(printed.by)}
    yield _("Printed %(date)s %(time)s by %(name)s") % told
    yield _("Since %(date)s") % {"date": show_date(printed.since)} if printed.since else _("Since the beginning")
    day = None
    for one in printed.lines:
        if (on := show_date(one.at)) != day:
            yield ""
            yield f"{show_day(one.at).split(maxsplit=1)[0]} {on}"
        day = on
        late = f" ({_('written down later')})" if one.late else ""
        role = _(ROLE_NAMES[one.role])
        yield f"  {show_time(one.at)}  {harmless(one.person)}, {role}: {one.what}{late} [{one.station}]"
        if one.reason:
            reason = harmless(one.reason).replace("\n", " ")
            yield "         " + _("Emergency access: %(reason)s") % {"reason": reason}
    yield ""
    count = len(printed.lines)
    yield ngettext("%(count)d opening", "%(count)d openings", count) % {"count": count}
    yield head_words(printed.head_seq, printed.head_hash)
