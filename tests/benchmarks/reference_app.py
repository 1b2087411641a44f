"""What Textual itself costs: one table of ten rows, and nothing else. `python -m tests.benchmarks.reference_app`."""

from textual.app import App, ComposeResult
from textual.screen import ModalScreen
from textual.widgets import DataTable, Input, Static


class BareDialog(ModalScreen[None]):
    """One field over the table."""

    BINDINGS = [("escape", "dismiss", "Back")]

    def compose(self) -> ComposeResult:
        yield Input("one field")


class Reference(App[None]):
    """A greeting, and a table to move the cursor in; each move is told, so that it can be seen on the screen."""

    BINDINGS = [("d", "dialog", "Dialog")]

    def compose(self) -> ComposeResult:
        yield Static("hello", id="said")
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns("unit", "name", "seen")
        for row in range(10):
            table.add_row(f"A{row}", "somebody", "23:40")
        table.focus()

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        self.query_one("#said", Static).update(f"hello, row {event.cursor_row}.")

    def action_dialog(self) -> None:
        self.push_screen(BareDialog())


if __name__ == "__main__":
    Reference().run()
