"""One question before the door: the passphrase, a new one, or the recovery identity for a copy."""

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input

from staffbase.kernel.errors import StaffbaseError
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.key import IDENTITY_LENGTH, read_identity
from staffbase.opening import Opened
from staffbase.start.page import Answer, Secret, StartScreen, aside, hint, label, text
from staffbase.ui.text import shown


class PassphraseScreen(StartScreen):
    """The passphrase of a station that does not open by itself; a wrong one is said and asked for again."""

    AUTO_FOCUS = "#passphrase"
    BINDINGS = [
        Binding("ctrl+r", "forgotten", N_("Nobody knows it"), tooltip=N_("Open with the recovery identity"), id="start.forgotten"),
    ]  # fmt: skip
    title_text = N_("The station asks for its passphrase")

    def compose_question(self) -> ComposeResult:
        yield text(_("It was chosen when the station was set up. Without it nothing here can be read, by anybody."))
        yield label(_("Passphrase"))
        yield Secret("passphrase")
        yield aside(
            _(
                "Nobody here knows it? With ctrl+r the recovery identity from the municipality's safe opens the station, too."
            )
        )

    @on(Input.Submitted)
    def _given(self) -> None:
        self.go(self.way_in.unlock, self.typed("passphrase"))

    def refused(self, error: StaffbaseError) -> None:
        super().refused(error)
        field = self.query_one("#passphrase", Answer)
        field.value = ""
        field.focus()

    def action_forgotten(self) -> None:
        def answered(opened: Opened | None) -> None:
            if opened is not None:
                self.dismiss(opened)

        self.app.push_screen(ForgottenScreen(self.way_in), answered)


class ChoosePassphraseScreen(StartScreen):
    """The settings want a passphrase at start, and there is none yet."""

    AUTO_FOCUS = "#passphrase"
    title_text = N_("Choose the passphrase that opens the station")

    def compose_question(self) -> ComposeResult:
        yield text(
            _(
                "The settings of this computer want a passphrase at every start. After a power cut somebody who knows it must be there: until then no crisis card opens."
            )
        )
        yield label(_("New passphrase"))
        yield Secret("passphrase")
        yield label(_("The same once more"))
        yield Secret("again")
        yield aside(
            _("At least sixteen characters: four words that nobody would guess. Keep it where the leaders find it.")
        )

    @on(Input.Submitted, "#passphrase")
    def _next(self) -> None:
        self.query_one("#again").focus()

    @on(Input.Submitted, "#again")
    def _given(self) -> None:
        if self.typed("again") != self.typed("passphrase"):
            self.query_one("#again", Answer).value = ""
            self.say(_("The two are not the same. Type them again."))
            return
        self.go(self.way_in.choose_passphrase, self.typed("passphrase"))


class RecoveryScreen(StartScreen):
    """A copy of a station without its own identity: the one from the safe opens it, and this computer from then on."""

    AUTO_FOCUS = "#recovery"
    title_text = N_("This is a copy without its station identity")
    why = N_(
        "The data folder was copied from another computer, or this one lost what opens it. Type the recovery identity from the municipality's safe to open it here. From then on this computer opens it by itself."
    )
    beware = N_(
        "If the other computer still runs the station, take it out of use first: each would write its own notes."
    )

    def compose_question(self) -> ComposeResult:
        yield text(_(self.why))
        yield label(_("Recovery identity"))
        yield Answer("recovery", placeholder="AGE-SECRET-KEY-1 …")
        yield hint("", id="count")
        yield aside(_(self.beware))

    def on_mount(self) -> None:
        self._count()

    @on(Input.Changed, "#recovery")
    def _count(self) -> None:
        letters = len(read_identity(self.typed("recovery"))) - len(read_identity(""))
        told = _("%(count)d of %(all)d characters after AGE-SECRET-KEY-1. Gaps and small letters do not matter.")
        self.query_one("#count").update(shown(told % {"count": letters, "all": IDENTITY_LENGTH}))  # type: ignore[attr-defined]

    @on(Input.Submitted)
    def _given(self) -> None:
        self.go(self.way_in.recover, self.typed("recovery"))


class ForgottenScreen(RecoveryScreen):
    """Nobody knows the passphrase: the identity from the safe opens the station, and no passphrase is asked for then."""

    BINDINGS = [Binding("escape", "leave", N_("Back"), tooltip=N_("Back to the passphrase"), id="start.back")]
    title_text = N_("Open with the recovery identity")
    why = N_(
        "Type the recovery identity from the municipality's safe. From then on this computer opens the station by itself, and the old passphrase counts for nothing."
    )
    beware = N_(
        'A new passphrase can be chosen afterwards: unlock = "passphrase" in settings.toml asks for one at the next start.'
    )

    def action_leave(self) -> None:
        self.dismiss(None)
