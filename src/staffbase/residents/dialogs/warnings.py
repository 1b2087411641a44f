"""What must be known before the door opens: dangers, allergies, serious conditions. Added and ended, never removed."""

from collections.abc import Sequence
from functools import partial

from textual.app import ComposeResult
from textual.content import Content

from staffbase.kernel.i18n import N_, _
from staffbase.residents.dialogs.form import ResidentForm
from staffbase.residents.dialogs.listed import EndDialog, ListDialog
from staffbase.residents.model import WARNING_NAMES, WarningKind
from staffbase.residents.rules import WARNING_LIMIT, ResidentFacts
from staffbase.residents.service import Residents
from staffbase.residents.told import warning_row
from staffbase.ui.choice import Choice
from staffbase.ui.desk import Desk
from staffbase.ui.text import shown


class WarningsDialog(ListDialog):
    """What stands on tile and card."""

    title_text = N_("Dangers and allergies")
    empty_text = N_("Nothing that must be known before the door opens. a adds the first.")

    def rows(self) -> Sequence[tuple[int, Content]]:
        return [(one.id, warning_row(one)) for one in self._facts.warnings]

    def form(self, key: int | None) -> ResidentForm | None:
        return WarningDialog(self.desk, self._residents, self._facts) if key is None else None

    def ending(self, key: int) -> ResidentForm:
        what = next((warning_row(one) for one in self._facts.warnings if one.id == key), shown(""))
        return EndDialog(
            self.desk, self._residents, _("Does it hold no longer?"), self._facts, what, partial(self._end, key)
        )

    async def _end(self, key: int, why: str) -> None:
        await self.ask(self._residents.end_warning, key, why)


class WarningDialog(ResidentForm):
    """One line, as it stands on tile and card."""

    title_text = N_("Before the door opens")
    AUTO_FOCUS = "#kind"

    def __init__(self, desk: Desk, residents: Residents, facts: ResidentFacts) -> None:
        super().__init__(desk, residents, facts.id, f"{facts.unit_code} {facts.alias}")
        self.form_name = f"warning:{facts.id}"

    def compose_form(self) -> ComposeResult:
        kinds = [(kind, _(words)) for kind, words in WARNING_NAMES.items()]
        yield self.row(_("what"), Choice(kinds, WarningKind.DANGER, id="kind"))
        yield self.row(
            _("in one line"), self.line("line", placeholder=_("what it is · what to do"), limit=WARNING_LIMIT)
        )
        yield self.hint()

    async def save(self) -> bool:
        kind = WarningKind(self.typed("kind"))
        await self.ask(self._residents.add_warning, self._resident_id or 0, kind, self.typed("line"))
        return True
