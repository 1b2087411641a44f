"""The words a list of people may use, Norwegian and English: headings, types, roles, forms of check."""

import re
from enum import StrEnum

from staffbase.kernel.access import Role
from staffbase.kernel.i18n import N_
from staffbase.residents.model import RoundForm


class Column(StrEnum):
    """A column staffbase knows. The value is what it is called in a message (English source text)."""

    TYPE = N_("type")
    UNIT = N_("unit")
    NAME = N_("name")
    BORN = N_("birth year")
    MOVED_IN = N_("moved in")
    AGREEMENT = N_("round agreement")
    ALLERGY = N_("allergy")
    DANGER = N_("danger")
    PRIMARY = N_("primary contact")
    PHONE = N_("phone")
    ROLE = N_("role")


class Type(StrEnum):
    """What a row tells of."""

    RESIDENT = "resident"
    STAFF = "staff"
    UNIT = "unit"


_HEADINGS: dict[Column, str] = {
    Column.TYPE: "type|gruppe|kategori|kind",
    Column.UNIT: "bolig|leilighet|leil|enhet|boenhet|bolignr|bolignummer|leilighetsnr|leilighetsnummer|unit|flat|apartment|dwelling",
    Column.NAME: "navn|alias|kallenavn|beboer|ansatt|name|resident|staff",
    Column.BORN: "født|fødselsår|fødselsdato|fødtår|f år|birth year|birth date|born|year of birth|date of birth|birthyear",
    Column.MOVED_IN: "innflyttet|innflytting|innflyttingsdato|innflyttet dato|flyttet inn|moved in|move in|move in date|moved in date|since",
    Column.AGREEMENT: "tilsyn|tilsynsavtale|nattilsyn|round agreement|check agreement|round|checks|agreement",
    Column.ALLERGY: "allergi|allergier|allergy|allergies",
    Column.DANGER: "fare|farer|danger|dangers",
    Column.PRIMARY: "primærkontakt|primær|primary contact|primary",
    Column.PHONE: "telefon|tlf|mobil|telefonnummer|mobilnummer|phone|telephone|mobile|phone number",
    Column.ROLE: "rolle|stilling|role|position",
}
COLUMNS = {spelling: column for column, spellings in _HEADINGS.items() for spelling in spellings.split("|")}

TYPES = {
    "beboer": Type.RESIDENT, "beboere": Type.RESIDENT, "resident": Type.RESIDENT, "residents": Type.RESIDENT,
    "ansatt": Type.STAFF, "ansatte": Type.STAFF, "personal": Type.STAFF, "personale": Type.STAFF, "staff": Type.STAFF,
    "bolig": Type.UNIT, "leilighet": Type.UNIT, "enhet": Type.UNIT, "unit": Type.UNIT, "flat": Type.UNIT,
}  # fmt: skip

_ROLES: dict[Role, str] = {
    Role.LEADER: "leder|enhetsleder|avdelingsleder|leader|unit manager|manager",
    Role.CLINICAL_LEAD: "fagleder|fagansvarlig|clinical lead",
    Role.STAFF: "ansatt|fast|fast ansatt|miljøterapeut|miljøarbeider|sykepleier|vernepleier|helsefagarbeider|sosionom|staff|nurse",
    Role.SUBSTITUTE: "vikar|tilkallingsvikar|ekstravakt|substitute",
    Role.NIGHT_WATCH: "nattevakt|ambulant nattevakt|ambulant natt|natt|night watch|night",
    Role.CLERK: "merkantil|sekretær|kontor|clerk",
    Role.MAINTENANCE: "drift|driftspersonell|vaktmester|maintenance",
    Role.AUDITOR: "innsynsansvarlig|access auditor|auditor",
}
ROLE_WORDS = {word: role for role, words in _ROLES.items() for word in words.split("|")}

_AGREEMENTS: dict[RoundForm, str] = {
    RoundForm.NONE: "ingen|nei|ikke|ønsker ikke|ønsker ikke tilsyn|none|no|no check wanted|no check",
    RoundForm.OUTSIDE: "utenfra|ute|se utenfra|utenfor|outside|look from outside|from outside",
    RoundForm.KNOCK: "bank|banke|bank på|banke på|bank og stemme|banke og stemme|knock|knock and voice",
    RoundForm.OPEN_DOOR: "åpen dør|åpne dør|åpne døren|åpne døra|åpen dør, pust|open door|open door, breathing",
    RoundForm.ENTER: "gå inn|inn|lås deg inn|låse seg inn|gå inn ved ikke svar|gå inn hvis ikke svar|enter|enter if no answer",
}
AGREEMENT_WORDS = {word: form for form, words in _AGREEMENTS.items() for word in words.split("|")}

REQUIRED: dict[Type, tuple[Column, ...]] = {
    Type.RESIDENT: (Column.UNIT, Column.NAME, Column.BORN),
    Type.STAFF: (Column.NAME, Column.ROLE),
    Type.UNIT: (Column.UNIT,),
}
"""What a row of each type cannot do without."""


def same(name: str) -> str:
    """Names, units and words are the same when they differ only by case and spaces."""
    return " ".join(name.casefold().split())


def column_of(heading: str) -> Column | None:
    """The column a heading means, if staffbase knows it."""
    return COLUMNS.get(same(re.sub(r"[_\-./*:]", " ", heading)))
