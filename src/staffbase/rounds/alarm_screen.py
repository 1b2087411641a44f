"""The alarm's screen: somebody should be back from the walk and is not."""

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import show_time
from staffbase.people.door import EMERGENCY
from staffbase.rounds.facts import WalkFacts
from staffbase.ui.desk import Desk
from staffbase.ui.screen import in_words
from staffbase.ui.text import line, lines, shown


class AlarmScreen(ModalScreen[bool]):
    """Somebody should be back from the walk and is not. Covers everything, locked or not, and shows nothing personal."""

    DEFAULT_CSS = """
    AlarmScreen { background: $alarm; color: $alarm-text; align: center middle; }
    AlarmScreen > VerticalScroll { width: 72; max-width: 100%; height: auto; max-height: 100%; background: $alarm; padding: 0 2; }
    AlarmScreen Static { width: 1fr; height: auto; background: $alarm; color: $alarm-text; }
    """
    BINDINGS = [
        Binding("enter", "to_door", N_("Sign in"), tooltip=N_("Sign in: the walker's PIN ends the walk"), id="alarm.door")
    ]  # fmt: skip

    def __init__(self, desk: Desk, walk: WalkFacts, address: str, oncall: str) -> None:
        super().__init__()
        self.desk = desk
        self.walk = walk
        self._address, self._oncall = address, oncall

    def compose(self) -> ComposeResult:
        words = {"who": self.walk.walker, "left": show_time(self.walk.left_at), "due": show_time(self.walk.due_back_at)}
        numbers = [line((number.rjust(7), "bold"), _(what), between="  ") for number, what in EMERGENCY]
        with VerticalScroll(can_focus=False):
            yield Static(
                lines(
                    shown(_("NOT BACK FROM THE ROUND"), "bold reverse"),
                    "",
                    shown(_("%(who)s left at %(left)s and should have been back at %(due)s.") % words, "bold"),
                    shown(_("Ring now. If there is no answer, go two together, or ring 113 or 112.")),
                    "",
                    *numbers,
                    "",
                    shown(self._address),
                    shown(self._oncall),
                    "",
                    shown(_("enter: sign in. The walker's PIN ends the walk.")),
                    shown(_("Whoever has reached the walker signs in and presses 2, then m: 15 more minutes.")),
                )
            )

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        return in_words(super().active_bindings)

    def on_mount(self) -> None:
        self.app.bell()

    def action_to_door(self) -> None:
        self.dismiss(True)
