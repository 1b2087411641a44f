"""What anyone at the door may see, as plain values: no database and no Textual, so that it is there before both."""

from dataclasses import dataclass

from staffbase.kernel.i18n import N_

EMERGENCY = (
    ("113", N_("ambulance")),
    ("110", N_("fire")),
    ("112", N_("police")),
    ("116 117", N_("out-of-hours clinic")),
)
"""The national numbers; they stand on sign-in, lock and alarm screens."""


@dataclass(frozen=True)
class DoorPerson:
    """Somebody who may sign in."""

    id: int
    name: str
    role: str
    on_duty: bool = False
    away: str = ""
    """At another house, and when expected back, in words."""


@dataclass(frozen=True)
class DoorFacts:
    """What anyone at the door may see."""

    house: str = ""
    address: str = ""
    entrance: str = ""
    oncall_name: str = ""
    oncall_phone: str = ""
    people: tuple[DoorPerson, ...] = ()
    window: str = ""
    """The present or next window, in words."""
    missed: str = ""
    """A round that passed with open doors and has no reasons yet."""
    units: tuple[tuple[str, str], ...] = ()
    """Unit codes with "done", "open" or "none" for that window."""
    walk: str = ""
    """A walk under way: since when and when it is due back."""
    walk_overdue: bool = False
