"""What Textual itself costs: one table of ten rows, and nothing else. `python -m tests.benchmarks.reference_app`."""

from textual.app import App, ComposeResult
from textual.widgets import DataTable, Static


class Reference(App[None]):
    """A greeting, and a table to move the cursor in; each move is told, so that it can be seen on the screen."""

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


if __name__ == "__main__":
    Reference().run()
