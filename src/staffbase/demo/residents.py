"""Who lives in the invented house of the demo, and what must be known at each door.

No real persons: names, birth years and numbers are made up, and no number can be rung.
"""

from dataclasses import dataclass
from datetime import date

from staffbase.kernel.i18n import N_
from staffbase.residents.model import RoundForm, WarningKind
from staffbase.residents.rules import OWN_PHONE


@dataclass(frozen=True)
class Somebody:
    """Whom to ring for a resident; `position` is the place in the call ladder, 0 outside it."""

    name: str
    role: str
    phone: str
    hours: str
    position: int
    consent: bool = True


@dataclass(frozen=True)
class Agreed:
    """What was agreed with the resident about night checks."""

    form: RoundForm
    consent: str
    may_wake: bool = False
    valid_until: date | None = None


@dataclass(frozen=True)
class Resident:
    """Somebody who lives in the house."""

    unit: str
    alias: str
    birth_year: int
    moved_in: date
    primary: str
    about: str
    agreed: Agreed | None
    warnings: tuple[tuple[WarningKind, str], ...] = ()
    contacts: tuple[Somebody, ...] = ()
    naloxone: str = ""
    children: bool = False


_OWN_A3 = Somebody("Kim-André S.", OWN_PHONE, "00 00 00 73", "", 0)
_ACT = Somebody("ACT-team", N_("ACT team"), "00 00 00 41", N_("mon-fri 08-15"), 1)
_DPS = Somebody("DPS", N_("district psychiatric centre"), "00 00 00 42", N_("mon-fri 08-15:30"), 1)
_CRISIS_TEAM = Somebody(N_("Crisis team"), N_("crisis team"), "00 00 00 43", "08-22", 2)
_RED_BOX = N_("base, red box")
_AGREED_WITH_PRIMARY = N_("Agreed in a talk with the primary contact; may be withdrawn at any time.")

RESIDENTS = (
    Resident(
        "A1",
        "Arild N.",
        1979,
        date(2021, 3, 15),
        "Silje",
        N_("Hears well and is troubled by noise. Sleeps by day when the house is loud. Coffee at the base about ten."),
        Agreed(RoundForm.KNOCK, _AGREED_WITH_PRIMARY),
        ((WarningKind.DANGER, N_("may hit out when startled by noise · go two")),),
        (_ACT, _CRISIS_TEAM, Somebody(N_("Dr Moe"), N_("GP"), "00 00 00 51", N_("mon-fri 08-15"), 0)),
        _RED_BOX,
    ),
    Resident(
        "A2",
        "Bjarne T.",
        1968,
        date(2020, 9, 1),
        "Tone",
        N_("Short of breath on the stairs. Falls when he has been drinking; the walker stands by the door."),
        Agreed(RoundForm.OPEN_DOOR, N_("Wants the door opened and his breathing heard, without being woken.")),
        (
            (WarningKind.SOMATIC, N_("COPD, home oxygen · no open flame")),
            (WarningKind.ALLERGY, N_("sulfa")),
        ),
        (
            Somebody("Berit T.", N_("sister"), "00 00 00 61", "", 0),
            Somebody(N_("Dr Lund"), N_("GP"), "00 00 00 52", N_("mon-fri 08-15"), 0),
        ),
    ),
    Resident(
        "A3",
        "Kim-André S.",
        1991,
        date(2024, 2, 12),
        "Marit",
        N_("Likes to be asked to help in the kitchen. Goes quiet before a bad night. The cat is called Pus."),
        Agreed(
            RoundForm.ENTER, N_("Has had two overdoses and wants us to enter when he does not answer."), may_wake=True
        ),
        (
            (WarningKind.DANGER, N_("overdose ×2 (opioid + benzo) · go two")),
            (WarningKind.ALLERGY, N_("penicillin")),
        ),
        (
            _ACT,
            _CRISIS_TEAM,
            _OWN_A3,
            Somebody("Anne S.", N_("sister"), "00 00 00 62", "", 0),
            Somebody(N_("Harm reduction clinic"), N_("health clinic"), "00 00 00 44", N_("mon-fri 10-15"), 0),
        ),
        _RED_BOX,
    ),
    Resident(
        "A4",
        "Odd-Geir L.",
        1974,
        date(2019, 6, 3),
        "Lise",
        N_("Cooks for the house on Tuesdays and Sundays. Says himself when something is wrong."),
        Agreed(RoundForm.NONE, N_("Wants no check at night; reviewed with him each half-year.")),
        (),
        (_DPS, _CRISIS_TEAM),
    ),
    Resident(
        "A5",
        "Roy H.",
        1985,
        date(2025, 11, 24),
        "Jonas",
        N_(
            "New in the house. Says what he means and wants the same back. Missed the first two appointments at the benefits office."
        ),
        Agreed(RoundForm.KNOCK, _AGREED_WITH_PRIMARY),
        ((WarningKind.DANGER, N_("do not stand between him and the door")),),
        (
            _DPS,
            _CRISIS_TEAM,
            Somebody(N_("Case officer"), N_("case officer, benefits office"), "00 00 00 45", N_("mon-fri 09-15"), 0),
        ),
        _RED_BOX,
    ),
    Resident(
        "A6",
        "Tor-Inge M.",
        1982,
        date(2022, 8, 22),
        "Anders",
        N_("Hears voices and knows them well. The guitar helps. Tells when he wants company."),
        Agreed(RoundForm.OUTSIDE, N_("A look from outside: light and sound. No knocking, it feeds the voices.")),
        ((WarningKind.DANGER, N_("has had a knife in the flat · exit to the yard")),),
        (_ACT, _CRISIS_TEAM, Somebody(N_("Mother"), N_("mother"), "00 00 00 63", "09-21", 0)),
    ),
    Resident(
        "B1",
        "Stian V.",
        1996,
        date(2023, 5, 8),
        "Camilla",
        N_("Keeps to himself and eats little. A short visit each day beats a long one a week."),
        Agreed(RoundForm.KNOCK, _AGREED_WITH_PRIMARY),
        ((WarningKind.SOMATIC, N_("underweight · offer food at each visit")),),
        (_DPS, _CRISIS_TEAM),
    ),
    Resident(
        "B2",
        "Jan-Petter A.",
        1959,
        date(2019, 1, 21),
        "Geir",
        N_("Forgets what was agreed; write it on the board in his kitchen. Home nurse at 08 and 20."),
        Agreed(RoundForm.OPEN_DOOR, N_("Agreed with him and his guardian: open the door, see that he breathes.")),
        (
            (WarningKind.SOMATIC, N_("diabetes, insulin · juice in the door of the fridge")),
            (WarningKind.ALLERGY, N_("nuts")),
        ),
        (
            Somebody(N_("Guardian"), N_("guardian"), "00 00 00 46", N_("mon-fri 09-15"), 0),
            Somebody(N_("Home nurse"), N_("home nurse"), "00 00 00 47", "", 0),
        ),
    ),
    Resident(
        "B3",
        "Frode K.",
        1988,
        date(2023, 10, 2),
        "Magnus",
        N_("Father of two; they visit on Sundays. Tidies the common room before they come."),
        Agreed(RoundForm.KNOCK, _AGREED_WITH_PRIMARY),
        (),
        (
            _DPS,
            _CRISIS_TEAM,
            Somebody(N_("The children's mother"), N_("the children's mother"), "00 00 00 64", "", 0, consent=False),
        ),
        _RED_BOX,
        children=True,
    ),
)

NEWCOMER = Resident(
    "B4",
    "Leif R.",
    1977,
    date(2026, 1, 8),
    "Tone",
    N_("Comes from the ward after four months. Sleeps badly in a new place; likes the radio on."),
    Agreed(
        RoundForm.ENTER,
        N_("Asked for it himself for the first week; then we talk about it again."),
        valid_until=date(2026, 1, 15),
    ),
    ((WarningKind.SOMATIC, N_("newly set on LAR · risk at lowered tolerance")),),
    (Somebody(N_("DPS ward"), N_("the ward he came from"), "00 00 00 48", "", 1), _CRISIS_TEAM),
    _RED_BOX,
)
"""Moves into B4 on the plot's fourth day."""
