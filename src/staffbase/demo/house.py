"""The invented house of the demo: where it lies and who works there. Who lives there stands in `residents`.

No real persons: names and numbers are made up, and no number can be rung. The door shows the PINs before the database
libraries are loaded, so nothing here knows a table.
"""

from dataclasses import dataclass
from datetime import datetime

from staffbase.kernel.access import Role
from staffbase.kernel.clock import OSLO
from staffbase.kernel.i18n import N_

NAME = "Lyngmo botiltak"
UNITS = "A1-A6,B1-B4"
ADDRESS = "Lyngmovegen 12, 7099 Lyngmo"
ENTRANCE = N_("Gate from the footpath, base C, blue door")
ONCALL_NAME = N_("On-call leader")
ONCALL_PHONE = "00 00 00 10"

FIRST_MOMENT = datetime(2026, 1, 2, 12, 0, tzinfo=OSLO)
"""What is kept of the days before the plot begins here."""
DEFAULT_MOMENT = datetime(2026, 1, 5, 21, 40, tzinfo=OSLO)
"""The evening the demo opens on, unless another moment is asked for."""
LAST_MOMENT = datetime(2026, 1, 18, 23, 59, tzinfo=OSLO)
"""The plot ends here; the clock runs on."""


@dataclass(frozen=True)
class Staff:
    """Somebody who works in the house. The PIN stands on the demo's sign-in screen."""

    name: str
    role: Role
    phone: str
    pin: str


STAFF = (
    Staff("Ingrid", Role.LEADER, "00 00 00 11", "407395"),
    Staff("Eva", Role.CLINICAL_LEAD, "00 00 00 12", "582694"),
    Staff("Marit", Role.STAFF, "00 00 00 13", "316275"),
    Staff("Jonas", Role.STAFF, "00 00 00 14", "749263"),
    Staff("Silje", Role.STAFF, "00 00 00 15", "264879"),
    Staff("Anders", Role.STAFF, "00 00 00 16", "937468"),
    Staff("Tone", Role.STAFF, "00 00 00 17", "685392"),
    Staff("Geir", Role.STAFF, "00 00 00 18", "473918"),
    Staff("Lise", Role.STAFF, "00 00 00 19", "851647"),
    Staff("Magnus", Role.STAFF, "00 00 00 20", "396284"),
    Staff("Camilla", Role.STAFF, "00 00 00 21", "728451"),
    Staff("Nora", Role.SUBSTITUTE, "00 00 00 22", "628547"),
    Staff("Emil", Role.SUBSTITUTE, "00 00 00 23", "549736"),
    Staff("Fatima", Role.SUBSTITUTE, "00 00 00 24", "374859"),
    Staff("Samira", Role.NIGHT_WATCH, "00 00 00 25", "853746"),
    Staff("Terje", Role.NIGHT_WATCH, "00 00 00 26", "962473"),
    Staff("Vibeke", Role.NIGHT_WATCH, "00 00 00 27", "417586"),
    Staff("Odd", Role.MAINTENANCE, "00 00 00 28", "942685"),
    Staff("Bente", Role.CLERK, "00 00 00 29", "536874"),
    Staff("Astrid", Role.AUDITOR, "00 00 00 30", "795318"),
)
