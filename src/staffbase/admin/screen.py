"""Section 0: the house at a glance, and one key into each part of it that can be changed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.binding import Binding
from textual.containers import Grid, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from staffbase.admin.glance import (
    Glance,
    tell_house,
    tell_machine,
    tell_residents,
    tell_shifts,
    tell_staff,
    tell_units,
    tell_windows,
)
from staffbase.admin.house import HouseDialog, ShiftsDialog, UnitsDialog, WindowsDialog
from staffbase.admin.machine import MachineDialog
from staffbase.admin.residents import ResidentsAdmin, StillOpen
from staffbase.admin.staff import StaffAdmin
from staffbase.admin.told import Told
from staffbase.admin.trust import TrustRooms, TrustScreen
from staffbase.admin.trust_words import TrustGlance, tell_trust
from staffbase.kernel.access import ALLOWED, ROLE_NAMES, Permission, Role, require
from staffbase.kernel.errors import NotAllowed
from staffbase.kernel.i18n import N_, _
from staffbase.ui.desk import Desk
from staffbase.ui.screen import StaffScreen
from staffbase.ui.text import column, line, lines, shown
from staffbase.ui.tiles import neighbour

if TYPE_CHECKING:
    from staffbase.admin.service import Machine
    from staffbase.people.service import People
    from staffbase.residents.service import Residents
    from staffbase.rounds.service import Rounds

TOLD = N_("Each change here stands on the house's timeline (4, then u and t), a resident's on the resident's own.")
TITLE_WIDTH = 23
"""Cells for the title beside the rows, where a tile is two lines high."""


@dataclass(frozen=True)
class Rooms:
    """The services that the parts work with."""

    people: "People"
    residents: "Residents"
    rounds: "Rounds"
    machine: "Machine"
    trust: TrustRooms
    still_open: StillOpen


@dataclass(frozen=True)
class Part:
    """One part of Administration: its key, who may open it, what its tile says, and the screen or dialog it opens."""

    name: str
    key: str
    title: str
    tooltip: str
    permission: Permission
    tell: Callable[[Glance], Told]
    open: Callable[[Desk, Rooms, Glance], Screen[Any]]


PARTS = (
    Part(
        "staff", "s", N_("Staff"), N_("Who works here: add, role, one-time PIN, left"), Permission.STAFF_ADMIN,
        tell_staff, lambda desk, rooms, _now: StaffAdmin(desk, rooms.people),
    ),
    Part(
        "house", "a", N_("The house"), N_("Name, address, entrance, on-call number, plan review"), Permission.HOUSE_ADMIN,
        tell_house, lambda desk, rooms, now: HouseDialog(desk, rooms.residents, now.house),
    ),
    Part(
        "residents", "b", N_("Residents"), N_("Who lives where, agreements, contacts, dangers"), Permission.RESIDENTS_ADMIN,
        tell_residents, lambda desk, rooms, _now: ResidentsAdmin(desk, rooms.residents, rooms.still_open),
    ),
    Part(
        "units", "u", N_("Units"), N_("The units of the house; add more"), Permission.HOUSE_ADMIN,
        tell_units, lambda desk, rooms, now: UnitsDialog(desk, rooms.residents, [door.code for door in now.doors]),
    ),
    Part(
        "shifts", "v", N_("Shifts"), N_("When shifts begin and end, and how many must be there"), Permission.HOUSE_ADMIN,
        tell_shifts, lambda desk, rooms, now: ShiftsDialog(desk, rooms.people, now.shifts),
    ),
    Part(
        "windows", "w", N_("Night rounds"), N_("When night rounds are due"), Permission.HOUSE_ADMIN,
        tell_windows, lambda desk, rooms, now: WindowsDialog(desk, rooms.rounds, now.windows),
    ),
    Part(
        "machine", "i", N_("This computer"), N_("Lock, walk alarm, language, colours"), Permission.HOUSE_ADMIN,
        tell_machine, lambda desk, rooms, now: MachineDialog(desk, rooms.machine, now.machine),
    ),
    Part(
        "trust", "l", N_("Access and safety"), N_("Who opened what, emergency access, backup, verification, who holds a key"), Permission.SEE_LOG,
        lambda now: tell_trust(now.trust, now.at), lambda desk, rooms, _now: TrustScreen(desk, rooms.trust),
    ),
)  # fmt: skip
"""The parts in the order in which they stand on the overview."""


class PartTile(Static, can_focus=True):
    """One part. Focus is the cursor; a part this person may not change says who may."""

    told: reactive[Told | None] = reactive(None, layout=False)

    def __init__(self, part: Part, *, mine: bool) -> None:
        super().__init__(id=f"part-{part.name}", classes="-mine" if mine else "")
        self.part, self._mine = part, mine

    def render(self) -> Content:
        key = (self.part.key, "bold $accent-text") if self._mine else (" ", "")
        head = line(key, (_(self.part.title).upper(), "$muted"), between="  ")
        who = "" if self._mine else _who_may(self.part.permission)
        width, room = self.content_size.width, self.content_size.height
        if self.told is None:
            return head
        if self.has_class("-short"):
            below = shown("   " + _("only %(who)s") % {"who": who}, "$muted") if who else Content("")
            beside = zip((head, below), self.told.short, strict=False)
            rows = [column(TITLE_WIDTH, start) + row for start, row in beside]
        else:
            changed = _("changed by: %(who)s") % {"who": who} if who else ""
            said = (part for row in self.told.rows for part in _broken(row, width, self.told.hang))
            rows = [line(head, (changed, "$muted"), between="  "), Content(""), *said][:room]
        return lines(*(row.truncate(width, ellipsis=True) for row in rows))

    def on_click(self) -> None:
        if isinstance(self.screen, AdminScreen):
            self.screen.open_part(self.part)


def _broken(row: Content, width: int, hang: int) -> list[Content]:
    """A row that is too long goes on below its value, where the tile says so."""
    if not hang or row.cell_length <= width:
        return [row]
    first, *others = row[hang:].wrap(width - hang)
    return [row[:hang] + first, *(Content(" " * hang) + other for other in others)]


def _who_may(permission: Permission) -> str:
    return ", ".join(_(ROLE_NAMES[role]) for role in Role if role is not Role.SYSTEM and permission in ALLOWED[role])


class AdminScreen(StaffScreen):
    """Section 0. A part opens with its key, or with enter on its tile."""

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "PartTile.-mine"
    BINDINGS = [
        *(
            Binding(part.key, f"part('{part.name}')", part.title, tooltip=part.tooltip, id=f"admin.{part.name}", show=False)
            for part in PARTS
        ),
        Binding("enter", "open", N_("Open"), tooltip=N_("Open this part"), id="admin.open"),
        Binding("left", "move(-1, 0)", N_("Left"), tooltip=N_("The tile to the left"), id="admin.left", show=False),
        Binding("right", "move(1, 0)", N_("Right"), tooltip=N_("The tile to the right"), id="admin.right", show=False),
        Binding("up", "move(0, -1)", N_("Up"), tooltip=N_("The tile above"), id="admin.up", show=False),
        Binding("down", "move(0, 1)", N_("Down"), tooltip=N_("The tile below"), id="admin.down", show=False),
    ]  # fmt: skip

    def __init__(self, desk: Desk, rooms: Rooms) -> None:
        super().__init__(desk)
        self._rooms = rooms
        self._mine = {part.name for part in PARTS if desk.actor.may(part.permission)}
        """Which parts this person may change; also while the screen is being locked and nobody is signed in."""
        self._glance: Glance | None = None

    def compose_body(self) -> Iterable[Widget]:
        with VerticalScroll(id="admin", can_focus=False):
            with Grid(id="parts"):
                for part in PARTS:
                    yield PartTile(part, mine=part.name in self._mine)
            yield Static(shown(_(TOLD), "$muted"), id="admin-told")

    async def refresh_view(self) -> None:
        self._glance = Glance(
            await self.ask(self._rooms.residents.house),
            await self.ask(self._rooms.people.directory),
            await self.ask(self._rooms.residents.doors),
            await self.ask(self._rooms.people.shifts),
            await self.ask(self._rooms.rounds.window_hours),
            await self.ask(self._rooms.machine.facts),
            await self._trust(),
            self.desk.clock.now(),
        )
        self._show()

    async def _trust(self) -> TrustGlance:
        """As much of it as this person may see."""
        may, trust = self.desk.actor.may, self._rooms.trust
        return TrustGlance(
            len(await self.ask(trust.emergency.emergency_queue)) if may(Permission.SEE_LOG) else None,
            await self.ask(trust.backups.known) if may(Permission.BACKUP) else None,
            await self.ask(trust.verifications.facts) if may(Permission.VERIFY) else None,
        )

    def _show(self) -> None:
        if self._glance is None:
            return
        for tile in self.query(PartTile):
            tile.set_class(self.has_class("-narrow"), "-short")
            tile.told = tile.part.tell(self._glance)
            tile.refresh()

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A part that this person may not change has no key."""
        if action == "part":
            return str(parameters[0]) in self._mine
        return super().check_action(action, parameters)

    def action_part(self, name: str) -> None:
        self.open_part(_part(name))

    def action_open(self) -> None:
        if isinstance(self.focused, PartTile):
            self.open_part(self.focused.part)

    def open_part(self, part: Part) -> None:
        """Open it, or say who may."""
        if self._glance is None:
            return
        try:
            require(self.desk.actor, part.permission)
        except NotAllowed as refused:
            self.notify(str(refused), severity="warning", markup=False, timeout=6)
            return
        self.query_one(f"#part-{part.name}").focus()
        self.app.push_screen(part.open(self.desk, self._rooms, self._glance))

    def action_move(self, right: int, down: int) -> None:
        """To the nearest tile in that direction."""
        if (tile := neighbour(self.focused, self.query(PartTile), right, down)) is not None:
            tile.focus()


def _part(name: str) -> Part:
    return next(part for part in PARTS if part.name == name)
