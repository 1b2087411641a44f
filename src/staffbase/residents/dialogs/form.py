"""The form all of them are made of: labelled rows, how a field is read beside it, and a draft only of what was typed."""

from textual import on
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import N_, _
from staffbase.residents.service import Residents
from staffbase.ui.choice import Choice
from staffbase.ui.desk import Desk
from staffbase.ui.fields import LineField
from staffbase.ui.rows import RowsForm
from staffbase.ui.text import shown

HINT = N_("ctrl+s saves · tab next field · esc keeps the draft")
YES, NO = "yes", "no"


def yes_or_no(value: bool, *, id: str) -> Choice:
    """A choice between yes and no."""
    return Choice([(NO, _("no")), (YES, _("yes"))], YES if value else NO, id=id)


class ResidentForm(RowsForm):
    """A form about one resident, or about one who is to come. Answers True when something was saved."""

    DEFAULT_CSS = """
    ResidentForm .row > Label { width: 17; }
    ResidentForm .row > .short { width: 30; }
    ResidentForm .row > .echo { width: 1fr; height: auto; padding: 0 0 0 2; }
    ResidentForm TextField { height: 4; width: 1fr; }
    ResidentForm .told { height: auto; margin: 1 0 0 0; }
    """
    _HINT = HINT

    def __init__(self, desk: Desk, residents: Residents, resident_id: int | None = None, who: str = "") -> None:
        super().__init__(desk)
        self._residents = residents
        self._resident_id = resident_id
        self._who = who
        self._first: dict[str, str] = {}

    def dialog_title(self) -> str:
        """What it is about, and whom."""
        return " · ".join(part for part in (_(self.title_text), self._who) if part)

    def card_resident(self) -> int | None:
        """Whose crisis card F2 opens."""
        return self._resident_id

    # -- rows -----------------------------------------------------------------------------------------------------

    def row(self, label: str, field: Widget, *, echo: bool = False) -> Horizontal:
        """One labelled field; with `echo` it is said beside it how the field is read."""
        parts = [Label(label), field]
        if echo:
            field.add_class("short")
            parts.append(Static(id=f"{field.id}-echo", classes="echo"))
        return Horizontal(*parts, classes="row")

    def line(self, id: str, value: str = "", *, placeholder: str = "", limit: int = 120) -> LineField:
        """A field of one line."""
        return LineField(value, id=id, placeholder=placeholder, max_length=limit)

    def hint(self) -> Static:
        """What is said below the fields."""
        return Static(_(self._HINT), classes="hint")

    def read(self, field: str) -> str:
        """How a field is read, in words; "" where there is nothing to say. Invalid is said as it is."""
        del field
        return ""

    # -- what was typed -------------------------------------------------------------------------------------------

    def typed(self, field: str) -> str:
        """What stands in one field; nothing where the form has none of that name."""
        return self.all_typed().get(field, "")

    def fields(self) -> dict[str, str]:
        """What would be kept as a draft: nothing as long as nothing was typed."""
        typed = self.all_typed()
        return {} if typed == self._first else typed

    def on_mount(self) -> None:
        self._first = self.all_typed()
        self.echo()

    @on(Input.Changed)
    @on(Choice.Changed)
    def _changed(self) -> None:
        if self.is_mounted:
            self.echo()

    def echo(self) -> None:
        """Say beside the fields how they are read."""
        for beside in self.query(".echo").results(Static):
            try:
                told = shown(self.read((beside.id or "").removesuffix("-echo")), "$muted")
            except Invalid as error:
                told = shown(str(error), "$warning-text")
            beside.update(told)
