"""The guided set-up: six short steps, each saying what its answers are for. Nothing is written before the last."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Input, Label, Static

from staffbase.kernel.errors import Invalid, StaffbaseError
from staffbase.kernel.i18n import N_, _, ngettext
from staffbase.kernel.key import IDENTITY_HEAD, new_identity
from staffbase.new_station import SetUp
from staffbase.people.rules import PIN_DIGITS_MOST
from staffbase.residents.rules import read_units
from staffbase.start.page import Answer, Secret, StartScreen, aside, hint, label, text
from staffbase.ui.choice import Choice
from staffbase.ui.text import line, lines, shown

if TYPE_CHECKING:
    from staffbase.start.way_in import WayIn

LAST_LETTERS = 6
"""How many of the recovery identity's letters are typed back, to show that it was written down."""
_GROUP, _GROUPS_IN_ROW = 4, 5


@dataclass(frozen=True)
class Step:
    """One page of the set-up: its name in the list, its title, and the answers given on it."""

    name: str
    title: str
    fields: tuple[str, ...] = ()


STEPS = (
    Step(N_("the house"), N_("The house"), ("house", "units")),
    Step(N_("where help comes"), N_("Where help comes"), ("address", "entrance", "oncall_name", "oncall_phone")),
    Step(N_("the leader"), N_("The first leader"), ("leader", "pin")),
    Step(N_("how it opens"), N_("How the station opens"), ("passphrase",)),
    Step(N_("look it over"), N_("Look it over")),
    Step(N_("for the safe"), N_("The recovery identity, for the municipality's safe")),
)


class SetUpScreen(StartScreen):
    """Six steps to a station; answers with it, open."""

    AUTO_FOCUS = "#house"
    BINDINGS = [
        Binding("enter", "next", N_("Next"), tooltip=N_("The next field, then the next step"), id="setup.next"),
        Binding("escape", "back", N_("Back"), tooltip=N_("The step before; what is typed stays"), id="setup.back"),
    ]

    def __init__(self, way_in: "WayIn", recovery_identity: str = "") -> None:
        super().__init__(way_in)
        self._step = 0
        self._recovery_identity = recovery_identity or new_identity()

    def compose_page(self) -> ComposeResult:
        with Horizontal(id="setup"):
            yield Static(id="steps")
            with VerticalScroll(id="page", can_focus=False):
                yield Static(id="where", classes="heading")
                yield Static(id="setup-title", classes="title")
                with ContentSwitcher(initial="step-0"):
                    pages: tuple[Callable[[], Iterable[Widget]], ...] = (
                        self._house, self._help, self._leader, self._opening, self._review, self._safe,
                    )  # fmt: skip
                    for number, page in enumerate(pages):
                        with Vertical(id=f"step-{number}", classes="step"):
                            yield from page()
                yield Label("", classes="fault", id="fault")

    # -- the pages ------------------------------------------------------------------------------------------------

    def _house(self) -> Iterable[Widget]:
        yield text(
            _(
                "There is no station here yet. Six short steps make one, and nothing is saved before the last. To look around first, leave with ctrl+q and start staffbase demo."
            )
        )
        yield label(_("Name of the house"))
        yield Answer("house")
        yield hint(_("Stands on every screen and every report."))
        yield label(_("Units, in walking order"))
        yield Answer("units", placeholder="A1-A6,B1-B4")
        yield hint("", id="units-read")

    def _help(self) -> Iterable[Widget]:
        yield text(_("Stands on the sign-in and lock screens, and is read aloud to 113 at three in the morning."))
        yield label(_("Address"))
        yield Answer("address")
        yield label(_("Entrance: how the ambulance gets in"))
        yield Answer("entrance")
        yield label(_("Who is on call"))
        yield Answer("oncall_name")
        yield label(_("The on-call number"))
        yield Answer("oncall_phone")

    def _leader(self) -> Iterable[Widget]:
        yield text(_("The leader signs in first, adds the staff, and gives each of them a one-time PIN."))
        yield label(_("Name, as colleagues say it"))
        yield Answer("leader")
        yield label(_("PIN"))
        yield self._pin("pin")
        yield label(_("The PIN once more"))
        yield self._pin("pin_again")
        yield aside(_("At least six digits; not a row, not repeated digits, not a birthday. Nobody else can read it."))

    @staticmethod
    def _pin(name: str) -> Secret:
        return Secret(name, classes="short", max_length=PIN_DIGITS_MOST, restrict=r"[0-9]*")

    def _opening(self) -> Iterable[Widget]:
        yield text(
            _(
                "By itself, this computer opens the station also after a power cut at night, when the crisis cards are needed and only the night watch is there. With a passphrase, somebody who knows it must be there at every start."
            )
        )
        yield Choice([("auto", _("by itself")), ("passphrase", _("with a passphrase"))], id="opening")
        with Vertical(id="passphrases"):
            yield label(_("Passphrase, at least sixteen characters"))
            yield Secret("passphrase")
            yield label(_("The same once more"))
            yield Secret("passphrase_again")
        yield aside(
            _(
                "Either way a copy of the data folder opens nothing. A stolen computer is protected by disk encryption: see that it is on. Whoever administers this computer is not kept out."
            )
        )

    def _review(self) -> Iterable[Widget]:
        yield Static(id="answers")
        yield aside(
            _(
                "When a night watch is not back from a round in time, only this room hears the alarm, until a leader sets what it runs to ring somebody elsewhere (0, then i)."
            )
            if not self.way_in.settings.alarm_command
            else _(
                "When a night watch is not back from a round in time, the alarm_command of the settings is run, too."
            )
        )
        yield aside(_("All of it can be changed later. With enter comes the last step."))

    def _safe(self) -> Iterable[Widget]:
        yield text(
            _(
                "Write it on paper, by hand, and put it in the safe. It is shown only here. When this computer is gone, it alone opens the backups. There is no letter O, I or B in it: a ring is a zero."
            )
        )
        yield Static(written_large(self._recovery_identity), id="identity")
        yield label(_("Type its last six characters, from your paper"))
        yield Answer("last_letters", classes="short", max_length=LAST_LETTERS)

    # -- what is shown --------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self._show()

    def _show(self) -> None:
        step = STEPS[self._step]
        where = _("SET-UP   %(number)d of %(all)d") % {"number": self._step + 1, "all": len(STEPS)}
        self.query_one("#where", Static).update(shown(where))
        self.query_one("#setup-title", Static).update(shown(_(step.title), "bold $accent-text"))
        self.query_one("#steps", Static).update(lines(*self._steps_told()))
        self.query_one(ContentSwitcher).current = f"step-{self._step}"
        self.query_one("#passphrases").display = self._opens_with_passphrase
        self.query_one("#units-read", Static).update(units_told(self.typed("units")))
        self.query_one("#answers", Static).update(self._told())
        self.refresh_bindings()

    def _steps_told(self) -> Iterable[Content]:
        for number, step in enumerate(STEPS):
            if number < self._step:
                yield line(("✓", "$ok-text"), (_(step.name), "$muted"))
            elif number == self._step:
                yield line(("●", "$accent-text"), (_(step.name), "bold"))
            else:
                yield line(("○", "$muted"), (_(step.name), "$muted"))

    def _told(self) -> Content:
        answers = self._answers()
        nothing = _("not given")
        help_ = (answers.address or nothing, answers.entrance)
        oncall = " ".join(filter(None, (answers.oncall_name, answers.oncall_phone)))
        opening = _("with a passphrase") if self._opens_with_passphrase else _("by itself")
        told = (
            (_("house"), answers.house),
            (_("units"), units_told(answers.units).plain),
            (_("address"), ", ".join(filter(None, help_))),
            (_("on call"), oncall or nothing),
            (_("leader"), answers.leader),
            (_("opens"), opening),
            (_("data folder"), str(self.way_in.settings.home)),
        )
        width = max(len(what) for what, _said in told) + 2
        return lines(*(line((what.ljust(width), "$muted"), said) for what, said in told))

    @property
    def _opens_with_passphrase(self) -> bool:
        return self.query_one("#opening", Choice).value == "passphrase"

    @on(Input.Changed, "#units")
    def _units_typed(self) -> None:
        self.query_one("#units-read", Static).update(units_told(self.typed("units")))

    @on(Choice.Changed, "#opening")
    def _opening_chosen(self) -> None:
        self.query_one("#passphrases").display = self._opens_with_passphrase

    # -- going on -------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "back":
            return self._step > 0
        return super().check_action(action, parameters)

    @on(Input.Submitted)
    def action_next(self) -> None:
        if self._busy:
            return
        fields = [widget for widget in self._here().query("Input, Choice").results() if self._can_stand_in(widget)]
        standing = self.focused
        try:
            if standing in fields[:-1]:
                if standing.id in STEPS[self._step].fields:  # what cannot stay so is said where it was typed
                    self._answers().check(standing.id)
                self.say("")
                fields[fields.index(standing) + 1].focus()
                return
            self._check()
        except Invalid as error:
            self.refused(error)
            return
        self.say("")
        if self._step == len(STEPS) - 1:
            self.go(self.way_in.create, self._answers(), self._recovery_identity)
        else:
            self._turn_to(self._step + 1)

    def action_back(self) -> None:
        if not self._busy:
            self.say("")
            self._turn_to(self._step - 1)

    def _turn_to(self, number: int) -> None:
        self._step = number
        self._show()
        self.set_focus(None)
        fields = [widget for widget in self._here().query("Input, Choice").results() if self._can_stand_in(widget)]
        if fields:
            fields[0].focus()

    def _here(self) -> Widget:
        return self.query_one(f"#step-{self._step}")

    @staticmethod
    def _can_stand_in(widget: Widget) -> bool:
        return all(one.display for one in widget.ancestors_with_self if isinstance(one, Widget))

    def refused(self, error: StaffbaseError) -> None:
        if isinstance(error, Invalid):
            for number, step in enumerate(STEPS):
                if error.field in step.fields and number != self._step:
                    self._turn_to(number)
        super().refused(error)

    def _check(self) -> None:
        """Raise Invalid for the first answer on this page that cannot stay so."""
        answers = self._answers()
        answers.check(*STEPS[self._step].fields)
        if "pin" in STEPS[self._step].fields and self.typed("pin_again") != answers.pin:
            self.query_one("#pin_again", Answer).value = ""
            raise Invalid(_("The two PINs are not the same. Type the second again."), "pin_again")
        if "passphrase" in STEPS[self._step].fields and self._opens_with_passphrase:
            if not answers.passphrase:
                raise Invalid(_("Type the passphrase, or choose “by itself”."), "passphrase")
            if self.typed("passphrase_again") != answers.passphrase:
                self.query_one("#passphrase_again", Answer).value = ""
                raise Invalid(_("The two are not the same. Type them again."), "passphrase_again")
        if self._step == len(STEPS) - 1:
            typed = self.typed("last_letters").strip().upper()
            if typed != self._recovery_identity[-LAST_LETTERS:]:
                self.query_one("#last_letters", Answer).value = ""
                raise Invalid(
                    _("These are not its last six characters. Compare your paper with the screen."), "last_letters"
                )

    def _answers(self) -> SetUp:
        names = ("house", "units", "leader", "pin", "address", "entrance", "oncall_name", "oncall_phone")
        said = {name: self.typed(name) for name in names}
        return SetUp(**said, passphrase=self.typed("passphrase") if self._opens_with_passphrase else "")


def units_told(typed: str) -> Content:
    """The units as they were understood, or how a list is written."""
    if not typed.strip():
        return shown(_("Write it like A1-A6,B1-B4. The night round goes from door to door in this order."))
    try:
        units = read_units(typed)
    except Invalid as error:
        return shown(str(error))
    codes = [code for code, _module in units]
    told = " ".join(codes) if len(codes) <= 12 else " ".join((*codes[:8], "…", codes[-1]))  # noqa: PLR2004  (as many as a line holds)
    counted = ngettext("%(count)d unit", "%(count)d units", len(units)) % {"count": len(units)}
    return line(f"{counted}:", told)


def written_large(identity: str) -> Content:
    """The identity to be copied by hand: letter by letter, in groups, in numbered rows."""
    letters = identity.removeprefix(IDENTITY_HEAD)
    groups = [" ".join(letters[start : start + _GROUP]) for start in range(0, len(letters), _GROUP)]
    rows = [groups[start : start + _GROUPS_IN_ROW] for start in range(0, len(groups), _GROUPS_IN_ROW)]
    head = line(" ", (" ".join(IDENTITY_HEAD), "bold"), between="  ")
    told = [
        line((str(number), "$muted"), ("    ".join(row), "bold $accent-text"), between="  ")
        for number, row in enumerate(rows, 1)
    ]
    return Content("\n\n").join([head, *told])
