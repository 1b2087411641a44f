"""A form of labelled rows: what stands in its fields, back into them from a draft, enter to the next; and what stands now."""

from collections.abc import Iterable

from textual import on
from textual.content import Content
from textual.widgets import Input

from staffbase.kernel.i18n import N_, _
from staffbase.ui.choice import Choice
from staffbase.ui.dialog import FormDialog
from staffbase.ui.fields import LineField, TextField
from staffbase.ui.text import line, lines, shown

CHANGED_MEANWHILE = N_("Somebody else has changed this in the meantime. What stands now is shown; ctrl+s saves yours.")
"""Said where a colleague was faster; saving once more is knowing."""


class RowsForm(FormDialog[bool]):
    """Fields in rows, each known by its id."""

    DEFAULT_CSS = """
    RowsForm .row { height: auto; width: 1fr; }
    RowsForm .row > LineField { width: 1fr; }
    RowsForm .row > Choice { width: 1fr; }
    """

    def all_typed(self) -> dict[str, str]:
        """What stands in every field."""
        values = {
            **{field.id: field.value for field in self.query(LineField)},
            **{choice.id: choice.value for choice in self.query(Choice)},
            **{text.id: text.text for text in self.query(TextField)},
        }
        return {field: value for field, value in values.items() if field}

    def restore(self, fields: dict[str, str]) -> None:
        """Put a kept draft back."""
        for field in self.query(LineField):
            field.value = fields.get(field.id or "", field.value)
        for choice in self.query(Choice):
            choice.value = fields.get(choice.id or "", choice.value)
        for text in self.query(TextField):
            text.text = fields.get(text.id or "", text.text)

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        if event.input is list(self.query(LineField))[-1] and not self.query(TextField):
            self.action_save()
        else:
            self.focus_next()


def stands_now(others: Iterable[tuple[str, str]]) -> Content:
    """The (label, value) pairs that stand and are not what was typed; nothing where there are none."""
    told = [line((label, "$muted"), (value, "$warning-text"), between="  ") for label, value in others]
    return lines(shown(_("STANDS NOW"), "$muted"), *told) if told else Content("")
