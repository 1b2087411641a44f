"""The board: the whole house at a glance, the first screen, always true."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from textual import events, on
from textual.binding import Binding
from textual.containers import Container, Grid, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from staffbase.board.drawn import INK, TALL, beside_time, drawn, shape
from staffbase.board.rules import BoardTile, BoardView, Level, Line, Need, letters
from staffbase.kernel.access import Permission
from staffbase.kernel.i18n import N_, _
from staffbase.ui.desk import Desk
from staffbase.ui.footer import KeyFooter
from staffbase.ui.screen import StaffScreen
from staffbase.ui.text import line, lines, shown
from staffbase.ui.tiles import neighbour
from staffbase.ui.words import Words

if TYPE_CHECKING:
    from staffbase.board.service import Board

_HEADING = 1
"""Lines of a heading in the side."""
_BETWEEN_PARTS = 1
_NEEDS_LINES = 6
"""Lines that what needs somebody keeps at the least, below the tiles of a narrow screen, the empty one above them with it."""
_MOST_LINES = 4
"""Lines that one of the latest takes at the most."""


class Tile(Static, can_focus=True):
    """One unit. Focus is the cursor."""

    class Chosen(Message):
        """Enter or a click on a tile with somebody in it."""

        def __init__(self, resident_id: int) -> None:
            super().__init__()
            self.resident_id = resident_id

    tile: reactive[BoardTile] = reactive(BoardTile(0, "", ""), layout=False)
    letter: reactive[str] = reactive("", layout=False)

    def __init__(self, tile: BoardTile) -> None:
        super().__init__(id=f"unit-{tile.unit_id}")
        self.set_reactive(Tile.tile, tile)

    def on_mount(self) -> None:
        self._dress()

    def watch_tile(self) -> None:
        self._dress()

    def watch_letter(self) -> None:
        self.refresh()

    def _dress(self) -> None:
        self.set_class(self.tile.resident_id is None, "-vacant")
        self.set_class(self.tile.level == Level.WATCH, "-watch")
        self.set_class(self.tile.level == Level.DANGER, "-danger")
        self.refresh()

    def render(self) -> Content:
        return drawn(self.tile, self.content_size.width, self.content_size.height, self.letter)

    def on_click(self) -> None:
        self.choose()

    def choose(self) -> None:
        """Open whoever lives here."""
        if self.tile.resident_id is not None:
            self.post_message(self.Chosen(self.tile.resident_id))


class Modules(VerticalScroll):
    """The tiles of all modules. Tells when its own size has changed, which is later than the screen's."""

    class Resized(Message):
        """There is another room for the tiles."""

    def on_resize(self) -> None:
        """Told to the screen, which fits the tiles."""
        self.post_message(self.Resized())


class BoardScreen(StaffScreen):
    """Section 1."""

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = ""
    """Nobody is chosen until an arrow or a click chose, so that no note is about the first one by default."""
    BINDINGS = [
        Binding("enter", "open", N_("Open"), tooltip=N_("Open the resident"), id="board.open"),
        Binding("left", "move(-1, 0)", N_("Left"), tooltip=N_("The tile to the left"), id="board.left", show=False),
        Binding("right", "move(1, 0)", N_("Right"), tooltip=N_("The tile to the right"), id="board.right", show=False),
        Binding("up", "move(0, -1)", N_("Up"), tooltip=N_("The tile above"), id="board.up", show=False),
        Binding("down", "move(0, 1)", N_("Down"), tooltip=N_("The tile below"), id="board.down", show=False),
        Binding(
            "escape",
            "no_letters",
            N_("Back"),
            tooltip=N_("Take the letters away; then nobody is chosen"),
            id="board.back",
            show=False,
        ),
    ]

    lettered: reactive[bool] = reactive(default=False, repaint=False)

    def __init__(self, desk: Desk, board: "Board") -> None:
        super().__init__(desk)
        self._board = board
        self._view: BoardView | None = None

    def compose_body(self) -> Iterable[Widget]:
        with Container(id="board"):
            yield Modules(id="modules", can_focus=False)
            with VerticalScroll(id="side", can_focus=False):
                yield Words(id="needs")
                yield Words(id="today")
                yield Words(id="latest")
                yield Words(id="nights")
        yield Static(id="letters")

    async def refresh_view(self) -> None:
        if not self.desk.actor.may(Permission.SEE_RESIDENTS):
            said = _("Your role sees the house and who is on duty, and no residents.")
            if self.desk.actor.may(Permission.SEE_LOG):
                said += " " + _("F9 shows who opened what of a resident.")
            self.query_one("#needs", Words).update(shown(said, "$muted"))
            return
        view = await self.ask(self._board.view)
        await self._show(view)

    async def _show(self, view: BoardView) -> None:
        standing = {tile.tile.unit_id: tile for tile in self.query(Tile)}
        laid = view.tiles or self.query("#modules .empty")  # a house without units says so, once
        if laid and [tile.unit_id for tile in view.tiles] == list(standing):
            for tile in view.tiles:
                standing[tile.unit_id].tile = tile
        else:
            await self._lay(view.tiles)
        self._view = view
        self._fit()  # at each look: a newer one may cut off the one that laid the tiles
        self.watch_lettered()

    def _fill(self, view: BoardView) -> None:
        """The side, in as many lines as it has."""
        needs = self._needs(view.needs)
        self.query_one("#needs", Words).update(needs)
        columns = (
            ("today", _("TODAY"), view.today),
            ("latest", _("LATEST"), view.latest),
            ("nights", _("LAST NIGHT"), view.nights),
        )
        side = self.query_one("#side").content_size
        spare = side.height - len(needs.wrap(max(1, side.width))) - _BETWEEN_PARTS
        spare -= sum(len(rows) + _HEADING + _BETWEEN_PARTS for _name, _heading, rows in columns if rows)
        for name, heading, rows in columns:
            part = self.query_one(f"#{name}", Words)
            part.set_class(not rows, "-empty")
            part.update(self._column(heading, rows, spare if name == "latest" else 0))

    async def _lay(self, tiles: Iterable[BoardTile]) -> None:
        modules = self.query_one("#modules")
        await modules.remove_children()
        by_module: dict[str, list[Tile]] = {}
        for tile in tiles:
            by_module.setdefault(tile.module, []).append(Tile(tile))
        parts: list[Widget] = []
        for module, of_module in by_module.items():
            parts.append(Static(_("MODULE %(letter)s") % {"letter": module}, classes="module-name"))
            parts.append(Grid(*of_module, classes="tiles"))
        if not parts:
            parts.append(Static(_("No units yet. A leader adds them in Administration (0)."), classes="empty"))
        await modules.mount(*parts)

    @on(Modules.Resized)
    def _fit(self) -> None:
        """As many tiles beside each other, and as tall, as there is room for; the side with them."""
        modules = self.query_one("#modules")
        narrow = self.has_class("-narrow")
        height = self.query_one("#board").content_size.height - (_NEEDS_LINES if narrow else 0)
        modules.styles.max_height = height if narrow else None
        grids = list(modules.query(Grid))
        width = modules.content_size.width
        found = shape([len(grid.children) for grid in grids], width, height, headings=not narrow)
        for grid in grids:
            grid.styles.grid_size_columns = found.columns
            grid.styles.grid_rows = str(found.lines)
            grid.styles.grid_gutter_horizontal = found.gap
            for tile in grid.children:
                tile.styles.height = found.lines
                tile.set_class(found.lines >= TALL, "-tall")
        if self._view is not None:
            self._fill(self._view)

    def _needs(self, needs: Iterable[Need]) -> Content:
        narrow = self.has_class("-narrow")  # few lines and wide ones: how it ends stands beside it
        room = self.query_one("#needs").content_size.width
        rows: list[Content] = []
        for need in needs:
            said = line((need.time, "bold") if need.time else "", (need.words, f"bold {INK[need.level]}"))
            end = shown(need.end, "$muted")
            beside = line(said, end, between="  ")
            rows += [beside] if narrow and beside.cell_length <= room else [said, end] if need.end else [said]
        if not rows:
            rows = [shown(_("Nothing waits."), "$muted")]
        return lines(shown(_("NEEDS YOU NOW"), "$muted"), *rows)

    def _column(self, heading: str, rows: Sequence[Line], spare: int) -> Content:
        """A part of the side. What stands first in it may take more lines, as long as there are any to spare."""
        if not rows:
            return Content("")
        width = max(20, self.query_one("#needs").content_size.width or 35)
        longest = max(len(row.time) for row in rows)
        said: list[Content] = []
        for row in rows:
            told = beside_time(row, longest, width, max(1, min(_MOST_LINES, 1 + spare)))
            spare -= len(told) - 1
            said += told
        return lines(shown(heading, "$muted"), *said)

    def chosen_resident(self) -> int | None:
        return self.focused.tile.resident_id if isinstance(self.focused, Tile) else None

    @on(Tile.Chosen)
    def _open_resident(self, event: Tile.Chosen) -> None:
        self.desk.open_resident(event.resident_id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Opening is there for those who may read."""
        if action == "open":
            return self.desk.offers("open_resident")
        return super().check_action(action, parameters)

    def action_open(self) -> None:
        if isinstance(self.focused, Tile):
            self.focused.choose()
        else:
            self.desk.choose_resident(self.desk.open_resident)

    def action_move(self, right: int, down: int) -> None:
        """Move the cursor to the nearest tile in that direction."""
        if (tile := neighbour(self.focused, self.query(Tile), right, down)) is not None:
            tile.focus()

    def action_open_card(self) -> None:
        """The first k puts a letter on each tile; k again opens the highlighted one's card."""
        if self.lettered:
            self.lettered = False
            super().action_open_card()
        else:
            self.lettered = True

    def action_no_letters(self) -> None:
        if self.lettered:
            self.lettered = False
        else:
            self.set_focus(None)

    def forget_choice(self) -> None:
        super().forget_choice()
        self.lettered = False
        self.set_focus(None)

    def watch_lettered(self) -> None:
        tiles = [tile for tile in self.query(Tile) if tile.tile.resident_id is not None]
        for letter, tile in zip(letters(len(tiles)), tiles, strict=False):
            tile.letter = letter if self.lettered else ""
        for hint in self.query("#letters").results(Static):
            here = _("Press the letter of a tile for its crisis card; k for the one you are on.")
            nobody = _("Press the letter of a tile for its crisis card; k for a list of names.")
            hint.update(shown(nobody if self.chosen_resident() is None else here))
            hint.display = self.lettered
        for footer in self.query(KeyFooter):
            footer.display = not self.lettered

    def on_key(self, event: events.Key) -> None:
        """While letters stand, a letter is a card and nothing else."""
        if not self.lettered or event.key in ("k", "K", "escape"):
            return
        event.stop()
        event.prevent_default()
        self.lettered = False
        pressed = (event.character or "").lower()
        tiles = [tile for tile in self.query(Tile) if tile.tile.resident_id is not None]
        for letter, tile in zip(letters(len(tiles)), tiles, strict=False):
            if letter == pressed and tile.tile.resident_id is not None:
                self.desk.open_card(tile.tile.resident_id)
