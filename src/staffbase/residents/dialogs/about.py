"""What a substitute should know, the naloxone, children, the primary contact; and name and year of birth."""

from textual.app import ComposeResult
from textual.widgets import Static

from staffbase.kernel.clock import local
from staffbase.kernel.errors import ChangedElsewhere
from staffbase.kernel.i18n import N_, _
from staffbase.residents.dialogs.form import YES, ResidentForm, yes_or_no
from staffbase.residents.rules import (
    ALIAS_LIMIT,
    NALOXONE_LIMIT,
    About,
    ResidentFacts,
    age,
    named,
    read_birth_year,
)
from staffbase.residents.service import Residents
from staffbase.ui.desk import Desk
from staffbase.ui.fields import TextField
from staffbase.ui.job import job
from staffbase.ui.rows import CHANGED_MEANWHILE, stands_now


class AboutForm(ResidentForm):
    """The rows about a person, for somebody who lives here and for somebody who is to come."""

    def __init__(self, desk: Desk, residents: Residents, resident_id: int | None = None, who: str = "") -> None:
        super().__init__(desk, residents, resident_id, who)
        self._colleagues: dict[int, str] = {}

    def name_rows(self, alias: str = "", birth_year: str = "") -> ComposeResult:
        """Who it is."""
        yield self.row(_("name in the house"), self.line("alias", alias, placeholder="Kari N.", limit=ALIAS_LIMIT))
        yield self.row(_("born"), self.line("birth_year", birth_year, placeholder="1985", limit=4), echo=True)

    def known_rows(self, facts: ResidentFacts | None = None) -> ComposeResult:
        """What is known."""
        primary = facts.primary_contact if facts else ""
        naloxone = facts.naloxone if facts else ""
        yield self.row(_("primary contact"), self.line("primary", primary, placeholder=_("nobody yet")), echo=True)
        yield self.row(
            _("naloxone"), self.line("naloxone", naloxone, placeholder=_("where it is"), limit=NALOXONE_LIMIT)
        )
        yield self.row(_("children may visit"), yes_or_no(bool(facts and facts.children), id="children"))
        yield self.row(
            _("good to know"),
            TextField(facts.about if facts else "", id="about", placeholder=_("two or three lines for a substitute")),
        )

    def on_mount(self) -> None:
        self._learn()

    @job(group="learn")
    async def _learn(self) -> None:
        self._colleagues = await self.ask(self._residents.colleagues)
        self.echo()

    def read(self, field: str) -> str:
        if field == "birth_year":
            today = local(self.desk.clock.now()).date()
            typed = self.typed("birth_year").strip()
            if len(typed) < len("1985"):
                return ""
            return _("%(age)s years") % {"age": age(read_birth_year(typed, today), today)}
        if field == "primary":
            return self._colleagues.get(self.primary() or 0, "") if self._colleagues else ""
        return super().read(field)

    def primary(self) -> int | None:
        """Who was named as primary contact. Raises Invalid."""
        return named(self.typed("primary"), self._colleagues)

    def about(self) -> About:
        """What was typed. Raises Invalid for a primary contact whom nobody is called."""
        return About(
            self.typed("alias"), self.typed("birth_year"), self.typed("about"), self.typed("naloxone"),
            self.typed("children") == YES, self.primary(),
        )  # fmt: skip


def about_facts(facts: ResidentFacts) -> About:
    """What the form changes, as it stands."""
    return About(facts.alias, facts.birth_year, facts.about, facts.naloxone, facts.children, facts.primary_contact_id)


class AboutDialog(AboutForm):
    """Changes what is known. When a colleague was faster, what stands now is shown, and saving once more is knowing."""

    DEFAULT_CSS = "AboutDialog #about { height: 5; }"
    title_text = N_("About the resident")
    AUTO_FOCUS = "#about"

    def __init__(self, desk: Desk, residents: Residents, facts: ResidentFacts) -> None:
        super().__init__(desk, residents, facts.id, f"{facts.unit_code} {facts.alias}")
        self._facts = facts
        self.form_name = f"about:{facts.id}"

    def compose_form(self) -> ComposeResult:
        yield from self.name_rows(self._facts.alias, str(self._facts.birth_year))
        yield from self.known_rows(self._facts)
        yield Static(id="stands-now", classes="told")
        yield self.hint()

    def on_mount(self) -> None:
        self.query_one("#stands-now").display = False

    async def save(self) -> bool:
        if not self._colleagues:
            self._colleagues = await self.ask(self._residents.colleagues)
        try:
            await self.ask(
                self._residents.change_about, self._resident_id or 0, about_facts(self._facts), self._typed_about()
            )
        except ChangedElsewhere:
            self._facts = await self.ask(self._residents.resident, self._resident_id or 0)
            self._stands_now()
            raise ChangedElsewhere(_(CHANGED_MEANWHILE)) from None
        return True

    def _typed_about(self) -> About:
        """What was typed. A primary contact who has left stays as long as nobody types another."""
        facts = self._facts
        if self.typed("primary").strip() == facts.primary_contact and facts.primary_contact_id is not None:
            self._colleagues.setdefault(facts.primary_contact_id, facts.primary_contact)
        return self.about()

    def _stands_now(self) -> None:
        facts = self._facts
        stands = (
            (_("name in the house"), facts.alias, self.typed("alias")),
            (_("born"), str(facts.birth_year), self.typed("birth_year")),
            (_("primary contact"), facts.primary_contact, self.typed("primary")),
            (_("naloxone"), facts.naloxone, self.typed("naloxone")),
            (_("children may visit"), _("yes") if facts.children else _("no"), _(self.typed("children"))),
            (_("good to know"), facts.about, self.typed("about")),
        )
        told = stands_now((label, now or "–") for label, now, typed in stands if now != typed.strip())
        shows = self.query_one("#stands-now", Static)
        shows.display = bool(told.plain)
        shows.update(told)
