"""Crisis cards out of a backup: the list of who lived there then, and each card over the whole screen."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding
from textual.containers import ScrollableContainer
from textual.screen import Screen
from textual.widgets import Footer, OptionList, Static

from staffbase.crisis_plans.card import Card
from staffbase.crisis_plans.card_screen import card_in
from staffbase.kernel.clock import local
from staffbase.kernel.i18n import N_, _
from staffbase.ui.listing import Listing
from staffbase.ui.screen import in_words
from staffbase.ui.text import line, shown

if TYPE_CHECKING:
    from staffbase.exchange.cards import CardsInBackup
    from staffbase.start.way_back import WayBack


class _Leaves(Screen[None]):
    """Closes by itself when nobody has pressed a key for as long as a card may stand."""

    CSS_PATH = "screen.tcss"
    BINDINGS = [Binding("escape", "leave", N_("Back"), tooltip=N_("Back to where you were"), id="cards.back")]

    def __init__(self, way_back: "WayBack", made_at: datetime) -> None:
        super().__init__()
        self._back = way_back
        self._made_at = made_at
        self._left = False

    def on_mount(self) -> None:
        """Watch the keys."""
        self.set_interval(1.0, self._watch)

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The bindings in the person's language."""
        return in_words(super().active_bindings)

    def _watch(self) -> None:
        app: Any = self.app
        if (
            app.idle_seconds > self._back.settings.crisis_lock_minutes * 60 and app.screen is self
        ):  # `is_current` is also what shows behind
            self.action_leave()

    def _head(self) -> Static:
        told = _("From the backup of %(made)s: nothing newer is in it") % {
            "made": f"{local(self._made_at):%d.%m.%Y %H:%M}"
        }
        return Static(line((told, "bold $warning-text")), id="strip")

    def action_leave(self) -> None:
        """Back, once: a screen that is on its way out cannot leave again."""
        if not self._left:
            self._left = True
            self.dismiss(None)


class BackupCardsScreen(_Leaves):
    """Whose card to open."""

    def __init__(self, way_back: "WayBack", found: "CardsInBackup") -> None:
        super().__init__(way_back, found.made_at)
        self._found = found

    def compose(self) -> ComposeResult:
        """The strip and the list."""
        yield self._head()
        yield Listing(
            *[line((card.unit_code, "bold"), card.alias, between="   ") for _key, card in self._found.cards], id="cards"
        )
        yield Footer(show_command_palette=False)

    @on(OptionList.OptionSelected)
    def _open(self, event: OptionList.OptionSelected) -> None:
        resident_id, card = self._found.cards[event.option_index]
        noted = self._back.note_opening(self._found.actor.person_id, self._found.actor.role, resident_id)
        self.app.push_screen(BackupCardScreen(self._back, self._made_at, card, noted=noted))


class BackupCardScreen(_Leaves):
    """One card, whole."""

    def __init__(self, way_back: "WayBack", made_at: datetime, card: Card, *, noted: bool) -> None:
        super().__init__(way_back, made_at)
        self._card = card
        self._noted = noted

    def compose(self) -> ComposeResult:
        """The card has the whole screen but three rows."""
        yield self._head()
        with ScrollableContainer(id="card-whole", can_focus=False):
            yield Static(id="card")
        said = (
            _("Recorded: it stands in the ledger once the station is restored.")
            if self._noted
            else _("It cannot be recorded that you read this: tell the leader.")
        )
        yield Static(shown(said, "$muted"), id="noted")
        yield Footer(show_command_palette=False)

    def on_resize(self) -> None:
        """Draw it for the room there is."""
        content, roomy = card_in(self._card, self.size.width, self.size.height - 3)
        self.set_class(roomy, "-roomy")
        self.query_one("#card", Static).update(content)
