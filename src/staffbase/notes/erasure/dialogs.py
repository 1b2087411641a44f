"""A § 43 decision: what goes, what stays and what cannot be reached is read first; then it is typed, and confirmed by hand."""

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Label, Static

from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import N_, _, ngettext
from staffbase.kernel.moments import show_date, show_time
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import FormDialog
from staffbase.ui.fields import LineField, TextField
from staffbase.ui.job import job
from staffbase.ui.text import lines, shown

if TYPE_CHECKING:
    from staffbase.exchange.erasure import DecisionFacts, Erasures, ToErase

_SHOWN = 2
"""Backups told by name in the dialog; the decision keeps them all."""


class EraseDialog(FormDialog["DecisionFacts"]):
    """One decision about one entry. Where it was erased already, the decision is shown instead."""

    DEFAULT_CSS = """
    EraseDialog > .dialog { width: 92; }
    EraseDialog #decision-form, EraseDialog .erase-row { height: auto; }
    EraseDialog .erase-row > Label { width: 22; }
    EraseDialog .erase-row > LineField { width: 1fr; }
    EraseDialog #reason { height: 3; }
    EraseDialog #told { height: auto; margin: 0 0 1 0; }
    EraseDialog #decision { height: auto; display: none; }
    EraseDialog.-closed #decision { display: block; }
    EraseDialog.-closed #decision-form { display: none; }
    """
    title_text = N_("Erase by decision (§ 43)")
    AUTO_FOCUS = "#responsible"

    def __init__(self, desk: Desk, erasures: "Erasures", entry_id: int) -> None:
        super().__init__(desk)
        self._erasures, self._entry_id = erasures, entry_id
        self._to_erase: ToErase | None = None
        self.form_name = f"erase:{entry_id}"

    def compose_form(self) -> ComposeResult:
        yield Static(id="decision")
        with Vertical(id="decision-form"):
            yield Static(_("One moment …"), id="told")
            for name, label, hint in (
                ("responsible", _("journal-responsible"), _("name; whose decision it is")),
                ("asked_by", _("asked for by"), _("the resident, a relative, a guardian …")),
            ):
                with Horizontal(classes="erase-row"):
                    yield Label(label)
                    yield LineField(placeholder=hint, id=name)
            with Horizontal(classes="erase-row"):
                yield Label(_("reason"))
                yield TextField(id="reason")
            with Horizontal(classes="erase-row"):
                yield Label(id="confirm-label")
                yield LineField(id="confirm")
            yield Static(
                _("The reason stays for ever: it says why, never what. It cannot be undone. ctrl+s erases · esc back"),
                classes="hint",
            )

    def on_mount(self) -> None:
        self._learn()

    @job(group="learn")
    async def _learn(self) -> None:
        decided = await self.ask(self._erasures.decision, self._entry_id)
        if decided is not None:
            self._close(lines(*_decision_words(decided)))
            return
        try:
            self._to_erase = await self.ask(self._erasures.look, self._entry_id)
        except Invalid as error:
            self._close(shown(str(error), "$warning-text"))
            return
        self.query_one("#told", Static).update(lines(*_words_of(self._to_erase)))
        self.query_one("#confirm-label", Label).update(shown(_("type %(where)s") % {"where": self._to_erase.where}))

    def _close(self, told: Content) -> None:
        """There is nothing to decide: say so, and take no typing."""
        self.query_one("#decision", Static).update(told)
        self.add_class("-closed")
        self._done = True
        self.set_focus(None)

    def card_resident(self) -> int | None:
        return self._to_erase.resident_id if self._to_erase else None

    def fields(self) -> dict[str, str]:
        """What confirms it is typed anew each time."""
        return {
            "responsible": self.query_one("#responsible", LineField).value,
            "asked_by": self.query_one("#asked_by", LineField).value,
            "reason": self.query_one("#reason", TextField).text,
        }

    def restore(self, fields: dict[str, str]) -> None:
        self.query_one("#responsible", LineField).value = fields.get("responsible", "")
        self.query_one("#asked_by", LineField).value = fields.get("asked_by", "")
        self.query_one("#reason", TextField).text = fields.get("reason", "")

    async def save(self) -> "DecisionFacts":
        if self._to_erase is None:
            raise Invalid(_("One moment: what goes is not looked up yet."))
        where = self._to_erase.where
        if self.query_one("#confirm", LineField).value.strip().casefold() != where.casefold():
            raise Invalid(_("Type %(where)s in the last field: erasing is for good.") % {"where": where}, "confirm")
        typed = self.fields()
        decided = await self.ask(
            self._erasures.decide, self._entry_id, responsible=typed["responsible"], asked_by=typed["asked_by"],
            reason=typed["reason"],
        )  # fmt: skip
        self.app.notify(_erased_words(decided), markup=False, timeout=8)
        return decided


def _words_of(what: "ToErase") -> list[Content]:
    """What goes, what stays, and what is out of reach: each its own line."""
    told = [
        shown(what.about, "bold"),
        _headed(_("Goes"), _goes(what), "$danger-text"),
        _headed(_("Stays"), _stays(what)),
    ]
    if what.copies:
        words = ", ".join(what.copies)
        if what.more_copies:
            words += " " + ngettext("and %(count)d more", "and %(count)d more", what.more_copies) % {
                "count": what.more_copies
            }
        told.append(_headed(_("Also holds these words, and is not erased"), words, "$warning-text"))
    told.append(_headed(_("Older backups"), _backups(what)))
    return [
        *told,
        _headed(_("Out of reach"), _("what was printed, what stands in the EPJ, copies of the data folder.")),
    ]


def _headed(heading: str, words: str, style: str = "") -> Content:
    return Content.assemble((f"{heading}: ", "$muted"), shown(words, style))


def _goes(what: "ToErase") -> str:
    parts = [
        ngettext("%(count)d text", "%(count)d texts", what.own) % {"count": what.own} if what.own else "",
        ngettext("%(count)d correction", "%(count)d corrections", what.corrections) % {"count": what.corrections}
        if what.corrections
        else "",
        ngettext("%(count)d comment", "%(count)d comments", what.comments) % {"count": what.comments}
        if what.comments
        else "",
        ngettext("%(count)d question or answer", "%(count)d questions and answers", what.asked) % {"count": what.asked}
        if what.asked
        else "",
        ngettext(
            "%(count)d other entry about the same (%(named)s)",
            "%(count)d other entries about the same (%(named)s)",
            len(what.told_too),
        )
        % {"count": len(what.told_too), "named": ", ".join(what.told_too)}
        if what.told_too
        else "",
        ngettext("%(count)d other place with the same words", "%(count)d other places with the same words", what.beside)
        % {"count": what.beside}
        if what.beside
        else "",
        ngettext("%(count)d draft", "%(count)d drafts", what.drafts) % {"count": what.drafts} if what.drafts else "",
        _("the search index"),
    ]
    return ", ".join(part for part in parts if part) + "."


def _stays(what: "ToErase") -> str:
    said = _("who wrote, when and about whom, and that it was erased.")
    if what.steps:
        said += " " + ngettext(
            "%(count)d step of the incident is an entry of its own.", "%(count)d steps of the incident are entries of their own.",
            what.steps,
        ) % {"count": what.steps}  # fmt: skip
    return said


def _backups(what: "ToErase") -> str:
    if what.on_server:
        return _("the server's own: its files, logs and backups are its administrator's to erase.")
    if not what.backups:
        return _("the station knows of none that holds it.")
    named = ", ".join(what.backups[-_SHOWN:])
    said = ngettext(
        "%(count)d still holds it (%(named)s).", "%(count)d still hold it (the last: %(named)s).", len(what.backups)
    ) % {"count": len(what.backups), "named": named}  # fmt: skip
    goes = _("The nightly ones go within %(nights)d nights.") % {"nights": what.nights} if what.nights else ""
    return " ".join(part for part in (said, goes, _("What is restored is erased again.")) if part)


def _decision_words(decided: "DecisionFacts") -> list[Content]:
    told = {"date": show_date(decided.decided_at), "time": show_time(decided.decided_at), "name": decided.decided_by}
    said = [
        shown(_("Erased by decision of %(date)s %(time)s, carried out by %(name)s.") % told, "bold"),
        _headed(_("journal-responsible"), decided.responsible),
        _headed(_("asked for by"), decided.asked_by),
        _headed(_("reason"), decided.reason),
        _headed(_("texts that went"), str(decided.texts)),
    ]
    words = ", ".join(decided.backups) or _("none that the station knows of")
    return [*said, _headed(_("Older backups that still hold it"), words)]


def _erased_words(decided: "DecisionFacts") -> str:
    said = ngettext("Erased for good: %(count)d text.", "Erased for good: %(count)d texts.", decided.texts)
    told = said % {"count": decided.texts}
    if not decided.swept:
        told += " " + _("Traces in the file go as soon as they can: the database was in use, or the disk is full.")
    return told
