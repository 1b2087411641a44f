"""Writing a note, from anywhere: whom, what kind, how far it must travel, when it was seen, and the words."""

from datetime import datetime
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Label, Static

from staffbase.journal.model import IMPORTANCE_NAMES, KIND_NAMES, NOTE_KINDS, Importance, Kind
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import N_, _, ngettext
from staffbase.kernel.moments import read_moment, show_moment, show_time
from staffbase.notes.rules import is_late, person_meant, whom
from staffbase.ui.choice import Choice
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import FormDialog
from staffbase.ui.fields import LineField, TextField
from staffbase.ui.job import job
from staffbase.ui.text import shown

if TYPE_CHECKING:
    from staffbase.notes.service import Addressees, Notes, NoteSaved

_HOUSE_WORDS = frozenset({"", "huset", "the house", "house", "hus"})


class NoteDialog(FormDialog["NoteSaved"]):
    """A note. With a resident chosen one types at once and saves with one key.

    There is a draft for each resident and one for the house, so that what was half typed about one never turns up
    under another.
    """

    DEFAULT_CSS = """
    NoteDialog .note-row { height: auto; margin: 0; }
    NoteDialog .note-row > Label { width: 12; }
    NoteDialog .note-row > LineField { width: 30; }
    NoteDialog .note-row > .echo { width: 1fr; padding: 0 0 0 2; }
    NoteDialog .note-row > Choice { width: 1fr; }
    NoteDialog #text { height: 6; margin: 1 0; }
    NoteDialog > .dialog { width: 92; }
    NoteDialog .late { display: none; }
    NoteDialog.-late .late { display: block; }
    """
    title_text = N_("New note")
    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("ctrl+o", "other_draft", N_("Other draft"), tooltip=N_("Open another half-written note"), id="note.other-draft"),
    ]  # fmt: skip

    def __init__(self, desk: Desk, notes: "Notes", resident_id: int | None = None) -> None:
        super().__init__(desk)
        self._notes = notes
        self._resident_id = resident_id
        self.form_name = f"note:{resident_id or 'house'}"
        self._known: Addressees | None = None

    def compose_form(self) -> ComposeResult:
        with Horizontal(classes="note-row"):
            yield Label(_("about"))
            yield LineField(placeholder=_("unit, name; empty: house"), id="resident")
            yield Static(id="resident-echo", classes="echo")
        with Horizontal(classes="note-row"):
            yield Label(_("kind"))
            yield Choice([(str(kind), _(KIND_NAMES[kind])) for kind in NOTE_KINDS], id="kind")
        with Horizontal(classes="note-row"):
            yield Label(_("importance"))
            yield Choice([(str(one), _(words)) for one, words in IMPORTANCE_NAMES.items()], id="importance")
        with Horizontal(classes="note-row"):
            yield Label(_("when"))
            yield LineField(placeholder=_("now; 23:52; yesterday 22:10"), id="observed")
            yield Static(id="observed-echo", classes="echo")
        with Horizontal(classes="note-row late"):
            yield Label(_("why later"), classes="late")
            yield LineField(id="late_reason", classes="late")
        yield TextField(id="text")
        with Horizontal(classes="note-row"):
            yield Label(_("EPJ"))
            yield Choice([("", _("only here")), ("epj", _("must also stand in the EPJ"))], id="epj")
        with Horizontal(classes="note-row"):
            yield Label(_("seen by"))
            yield LineField(placeholder=_("me; or a colleague's name"), id="behalf")
        yield Static(_("ctrl+s saves · tab next field · esc keeps the draft · F2 crisis card"), classes="hint")

    def on_mount(self) -> None:
        self.query_one("#resident" if self._resident_id is None else "#text").focus()
        self._learn()

    @job(group="learn")
    async def _learn(self) -> None:
        self._known = await self.ask(self._notes.addressees)
        field = self.query_one("#resident", LineField)
        if not field.value and self._resident_id in self._known.residents:
            field.value = self._known.residents[self._resident_id][0]
            self._kept = self.fields()
        self._echo()
        others = [form for form in self._known.drafts if form != self.form_name]
        if others and not self.query_one("#text", TextField).text:
            self.say(self._told(others))
        if not self._known.residents and self.focused is field:
            self.query_one("#text").focus()  # where nobody lives it is about the house

    def _told(self, forms: list[str]) -> str:
        about = ", ".join(self._about(form) for form in forms)
        words = ngettext(
            "%(count)d draft (%(about)s): ctrl+o opens it.",
            "%(count)d drafts (%(about)s): ctrl+o opens one.",
            len(forms),
        )
        return words % {"count": len(forms), "about": about}

    def _about(self, form: str) -> str:
        key = form.removeprefix("note:")
        residents = self._known.residents if self._known else {}
        return " ".join(residents.get(int(key), ())) if key.isdigit() else _("the house")

    @on(Input.Changed)
    @on(Choice.Changed)
    def _echo(self) -> None:
        """Say beside the fields how they are read."""
        if self._known is None or not self.is_mounted:
            return
        found = self._meant()
        if self._typed("resident").casefold() in _HOUSE_WORDS:
            about = _("the house")
        elif len(found) == 1:
            about = " ".join(self._known.residents[found[0]])
        elif found:
            about = ", ".join(self._known.residents[one][0] for one in found[:8]) + " ?"
        else:
            about = _("nobody here")
        self.query_one("#resident-echo", Static).update(self.plain(about))
        try:
            seen = self._seen()
            told = show_moment(seen, self.desk.clock.now())
        except Invalid as error:
            seen, told = self.desk.clock.now(), str(error)
        self.query_one("#observed-echo", Static).update(self.plain(told))
        self.set_class(is_late(seen, self.desk.clock.now()), "-late")

    @on(Input.Submitted, "#resident")
    def _whom_said(self) -> None:
        """Enter after whom it is about leads to the words."""
        self.query_one("#text").focus()

    @staticmethod
    def plain(text: str) -> Content:
        return shown(text, "$muted")

    def _typed(self, field: str) -> str:
        return self.query_one(f"#{field}", LineField).value.strip()

    def _seen(self) -> datetime:
        return read_moment(self._typed("observed"), self.desk.clock.now())

    def _meant(self) -> list[int]:
        typed = self._typed("resident")
        if self._known is None or typed.casefold() in _HOUSE_WORDS:
            return []
        return whom(typed, self._known.residents)

    def _misplaced(self) -> bool:
        """Something stands where a resident is asked for that is nobody: the note itself, typed from habit."""
        typed = self._typed("resident")
        return self._known is not None and typed.casefold() not in _HOUSE_WORDS and not self._meant()

    def _resident(self) -> int | None:
        """Whom the note is about. Raises Invalid when that is not clear."""
        if self._known is None:
            return self._resident_id
        typed = self._typed("resident")
        if typed.casefold() in _HOUSE_WORDS:
            return None
        found = self._meant()
        if not found:
            raise Invalid(
                _("Nobody here is called that. Type a unit such as A3, a name, or nothing for the house."), "resident"
            )
        if len(found) > 1:
            raise Invalid(_("This fits several. Type the unit, such as A3."), "resident")
        return found[0]

    def _behalf(self) -> int | None:
        typed = self._typed("behalf")
        if not typed or self._known is None:
            return None
        found = person_meant(typed, self._known.people)
        if len(found) != 1:
            raise Invalid(_("Type the colleague's whole name, as in the list of staff."), "behalf")
        return None if found[0] == self.desk.actor.person_id else found[0]

    def card_resident(self) -> int | None:
        found = self._meant()
        return found[0] if len(found) == 1 else self._resident_id

    def fields(self) -> dict[str, str]:
        typed = {field.id or "": field.value for field in self.query(LineField)}
        typed["text"] = self.query_one("#text", TextField).text
        typed |= {choice.id or "": choice.value for choice in self.query(Choice)}
        return typed

    def restore(self, fields: dict[str, str]) -> None:
        for field in self.query(LineField):
            field.value = fields.get(field.id or "", "")
        for choice in self.query(Choice):
            choice.value = fields.get(choice.id or "", "")
        self.query_one("#text", TextField).text = fields.get("text", "")
        self._echo()

    async def keep_draft(self) -> bool:
        """A note without a word is no draft. Words typed where a resident is asked for are words, too."""
        worded = any(self.fields()[name].strip() for name in ("text", "late_reason")) or self._misplaced()
        if self._kept is not None and not worded:
            if self._kept.get("text", "").strip():
                self._kept = self.fields()
                await self.ask(self.desk.drafts.finish_draft, self.form_name)
            return False
        return await super().keep_draft()

    async def save(self) -> "NoteSaved":
        typed = self.fields()
        saved = await self.ask(
            self._notes.write, typed["text"], self._resident(), kind=Kind(typed["kind"]),
            importance=Importance(typed["importance"]), observed_at=self._seen(), late_reason=typed["late_reason"],
            on_behalf_id=self._behalf(), epj=bool(typed["epj"]),
        )  # fmt: skip
        told = _("Saved: %(about)s, seen %(seen)s, written %(written)s.") % {
            "about": saved.unit_code or _("the house"),
            "seen": show_moment(saved.observed_at, saved.recorded_at),
            "written": show_time(saved.recorded_at),
        }
        self.app.notify(told, markup=False, timeout=4)
        return saved

    @job(group="other")
    async def action_other_draft(self) -> None:
        """Keep this one and open the next half-written note."""
        await self.keep_draft()
        known = await self.ask(self._notes.addressees)
        forms = list(known.drafts)
        if not forms or forms == [self.form_name]:
            self.say(_("There is no other draft."))
            return
        at = forms.index(self.form_name) if self.form_name in forms else -1
        self.form_name = forms[(at + 1) % len(forms)]
        kept = await self.ask(self.desk.drafts.draft, self.form_name)
        self._kept = None
        self.restore(kept or {})
        self.to_the_end()
        self._kept = self.fields()
        self.query_one("#text").focus()
        self.say(_("This is your draft, as you left it."))
