"""The form all of Administration is changed with: what stands is in the fields, and a colleague's change is never overwritten unseen."""

import json

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Label, Static

from staffbase.kernel.errors import ChangedElsewhere
from staffbase.kernel.i18n import _
from staffbase.ui.desk import Desk
from staffbase.ui.fields import LineField
from staffbase.ui.rows import CHANGED_MEANWHILE, RowsForm, stands_now
from staffbase.ui.text import shown

_WAS = "was"
"""Under which name a draft keeps what stood when it was begun."""


class FactsForm(RowsForm):
    """Changes facts that stand. `was` are the fields as they stand; a draft remembers what it was begun on.

    When others stand by the time it is saved, nothing is: both are shown, and saving once more is knowing.
    """

    DEFAULT_CSS = """
    FactsForm .row > Label { width: 22; }
    FactsForm .row > .clock { width: 11; margin: 0 1 0 0; }
    FactsForm .row > .head { width: 11; margin: 0 1 0 0; }
    FactsForm .row > .number { width: 8; }
    FactsForm #stands-now { height: auto; margin: 1 0 0 0; display: none; }
    """

    def __init__(self, desk: Desk, was: dict[str, str]) -> None:
        super().__init__(desk)
        self._was = was

    # -- what a form says of itself -------------------------------------------------------------------------------

    def compose_fields(self) -> ComposeResult:
        """The fields, with the ids of `was`."""
        yield from ()

    def hint(self) -> str:
        """What a leader should know here; stands above the keys."""
        return ""

    async def present(self) -> dict[str, str]:
        """The fields as they stand now."""
        raise NotImplementedError

    async def store(self, typed: dict[str, str]) -> None:
        """Save what was typed."""
        raise NotImplementedError

    def label(self, field: str) -> str:
        """What a field is called where both texts are shown."""
        raise NotImplementedError

    def words(self, field: str, value: str) -> str:  # noqa: ARG002  (a form with choices asks which field)
        """A field's value as it is shown."""
        return value

    # -- what all of them do --------------------------------------------------------------------------------------

    def compose_form(self) -> ComposeResult:
        yield from self.compose_fields()
        yield Static(id="stands-now")
        keys = _("ctrl+s saves · tab next field · esc keeps the draft")
        yield Static(shown("\n".join(filter(None, (self.hint(), keys)))), classes="hint")

    def row(self, field: str, label: str, *, limit: int = 120, placeholder: str = "") -> Horizontal:
        """One labelled line."""
        return Horizontal(
            Label(label),
            LineField(self._was[field], id=field, max_length=limit, placeholder=placeholder),
            classes="row",
        )

    def typed(self) -> dict[str, str]:
        """The fields as typed, without blanks around them."""
        return {field: value.strip() for field, value in self.all_typed().items()}

    def fields(self) -> dict[str, str]:
        typed = self.typed()
        return {} if typed == self._was else {**typed, _WAS: json.dumps(self._was)}

    def restore(self, fields: dict[str, str]) -> None:
        self._was = json.loads(fields.get(_WAS, "null")) or self._was
        super().restore(fields)

    async def save(self) -> bool:
        typed, now = self.typed(), await self.present()
        if now != self._was:
            self._was = now
            both = self.query_one("#stands-now", Static)
            others = [field for field, value in now.items() if typed.get(field) != value]
            both.update(
                stands_now((self.label(field), self.words(field, now[field]) or _("empty")) for field in others)
            )
            both.display = True
            raise ChangedElsewhere(_(CHANGED_MEANWHILE))
        await self.store(typed)
        return True
