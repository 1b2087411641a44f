"""The words a list of people may use, Norwegian and English: headings, types, roles, forms of check.

What the screens call a thing is always understood, in both languages; here stand the other words people use for it.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import TypeVar

from staffbase.kernel.access import ROLE_NAMES, Role
from staffbase.kernel.i18n import N_, in_each_language
from staffbase.residents.model import ROUND_FORM_NAMES, RoundForm

_Meant = TypeVar("_Meant")


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

TYPES = {
    "beboer": Type.RESIDENT, "beboere": Type.RESIDENT, "resident": Type.RESIDENT, "residents": Type.RESIDENT,
    "ansatt": Type.STAFF, "ansatte": Type.STAFF, "personal": Type.STAFF, "personale": Type.STAFF, "staff": Type.STAFF,
    "bolig": Type.UNIT, "leilighet": Type.UNIT, "enhet": Type.UNIT, "unit": Type.UNIT, "flat": Type.UNIT,
}  # fmt: skip

_ROLES: dict[Role, str] = {
    Role.LEADER: "enhetsleder|avdelingsleder|daglig leder|teamleder|unit manager|manager",
    Role.CLINICAL_LEAD: "fagansvarlig|faglig leder|fagkoordinator",
    Role.STAFF: "fast|fast ansatt|miljøterapeut|miljøarbeider|miljøveileder|sykepleier|psykiatrisk sykepleier|vernepleier|helsefagarbeider|sosionom|barnevernspedagog|ergoterapeut|aktivitør|assistent|nurse",
    Role.SUBSTITUTE: "tilkallingsvikar|ringevikar|sommervikar|timevikar|ekstravakt|temp",
    Role.NIGHT_WATCH: "ambulant nattevakt|ambulant natt|natt|våken nattevakt|night",
    Role.CLERK: "kontor|kontormedarbeider|sekretær|merkantil",
    Role.MAINTENANCE: "driftspersonell|driftsoperatør|vaktmester|janitor",
    Role.AUDITOR: "innsynsansvarlig|auditor",
}


_AGREEMENTS: dict[RoundForm, str] = {
    RoundForm.NONE: "ingen|nei|ikke|vil ikke|ønsker ikke|ønsker ikke tilsyn|reservert|avslått|none|no|no check",
    RoundForm.OUTSIDE: "utenfra|ute|utenfor|se inn utenfra|outside|from outside",
    RoundForm.KNOCK: "bank|banke|bank på|banke på|bank og stemme|banke og stemme|bank og snakk|banke og rope|knock",
    RoundForm.OPEN_DOOR: "åpen dør|åpne dør|åpne døren|åpne døra|åpen dør pust|åpne døra og se pust|se at puster|open door",
    RoundForm.ENTER: "gå inn|inn|lås deg inn|lås inn|låse inn|låse seg inn|lås deg inn ved ikke svar|gå inn ved ikke svar|gå inn hvis ikke svar|enter",
}

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
    return _columns().get(plain(heading))


def plain(words: str) -> str:
    """A heading or a word of a list, without what spreadsheets and habits put between its words."""
    return same(re.sub(r"[_\-–,./*:;]", " ", words))


@cache
def _columns() -> dict[str, Column]:
    return _understood(_HEADINGS, {column: column.value for column in Column})


@cache
def role_words() -> dict[str, Role]:
    """Every word that means a role, plain."""
    return _understood(_ROLES, ROLE_NAMES)


@cache
def agreement_words() -> dict[str, RoundForm]:
    """Every word that means a form of check, plain."""
    return _understood(_AGREEMENTS, ROUND_FORM_NAMES)


def _understood(others: Mapping[_Meant, str], names: Mapping[_Meant, str]) -> dict[str, _Meant]:
    words = {plain(word): meant for meant, spellings in others.items() for word in spellings.split("|")}
    for meant in others:
        words.update({plain(shown): meant for shown in in_each_language(names[meant])})
    return words
