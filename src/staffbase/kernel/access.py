"""Who may do what: one table, roles × permissions, and the check every service function makes.

Roles follow the founding documents (see the README): the municipality's maintenance staff sees faults and never
health data, the clerk no health data, volunteers have no sign-in at all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from staffbase.kernel.errors import NotAllowed
from staffbase.kernel.i18n import N_, _

_Service = TypeVar("_Service")
_Rest = ParamSpec("_Rest")
_Result = TypeVar("_Result")


class Role(StrEnum):
    """What a person is in the house. The value is stored; ROLE_NAMES says it in words."""

    LEADER = "leader"
    CLINICAL_LEAD = "clinical_lead"
    STAFF = "staff"
    SUBSTITUTE = "substitute"
    NIGHT_WATCH = "night_watch"
    CLERK = "clerk"
    MAINTENANCE = "maintenance"
    AUDITOR = "auditor"
    SYSTEM = "system"
    """The station itself: windows, alarm, set-up. No person has it."""


ROLE_NAMES = {
    Role.LEADER: N_("leader"),
    Role.CLINICAL_LEAD: N_("clinical lead"),
    Role.STAFF: N_("staff"),
    Role.SUBSTITUTE: N_("substitute"),
    Role.NIGHT_WATCH: N_("night watch"),
    Role.CLERK: N_("clerk"),
    Role.MAINTENANCE: N_("maintenance"),
    Role.AUDITOR: N_("access auditor"),
    Role.SYSTEM: N_("the station"),
}


class Permission(StrEnum):
    """One thing that may be done. The value is its sentence in the role table (English source text)."""

    STATION = N_("run the station itself")
    SELF = N_("sign in, change own PIN, go on and off duty")
    DUTY = N_("put colleagues on and off duty")
    SEE_HOUSE = N_("see the house, who is on duty, the address and numbers")
    SEE_RESIDENTS = N_("see residents, the board, cards and agreements")
    READ = N_("read entries and search")
    EMERGENCY_ACCESS = N_("open what lies outside own shifts, with a reason")
    READ_MOVED = N_("read entries that were moved from the wrong resident")
    WRITE = N_("write notes, tasks and incidents")
    CORRECT_OTHERS = N_("add a marked correction to a colleague's entry")
    ROUND = N_("walk rounds and record checks")
    PROPOSE_PLAN = N_("propose changes to a crisis plan")
    PUBLISH_PLAN = N_("publish a crisis plan")
    HANDOVER = N_("write and sign shift reports, read and accept")
    SEE_LOG = N_("see who opened what")
    REVIEW_ACCESS = N_("review emergency access")
    RESIDENTS_ADMIN = N_("admit and move residents, agreements, contacts, dangers")
    STAFF_ADMIN = N_("add staff, give roles and one-time PINs")
    HOUSE_ADMIN = N_("change the house, its units and settings")
    IMPORT = N_("import residents and staff")
    BACKUP = N_("take a backup")
    RESTORE = N_("restore a backup")
    VERIFY = N_("verify the ledger")
    OPENERS = N_("change who can open the station, and its key")
    ERASE = N_("erase what was written, by decision (§ 43)")


_EVERYONE = {Permission.SELF, Permission.SEE_HOUSE}
_ON_SHIFT = {
    *_EVERYONE,
    Permission.DUTY,
    Permission.SEE_RESIDENTS,
    Permission.READ,
    Permission.WRITE,
    Permission.ROUND,
    Permission.PROPOSE_PLAN,
    Permission.HANDOVER,
}
_CLINICAL = {
    *_ON_SHIFT,
    Permission.PUBLISH_PLAN,
    Permission.CORRECT_OTHERS,
    Permission.RESIDENTS_ADMIN,
    Permission.BACKUP,
}

ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.LEADER: frozenset(
        {
            *_CLINICAL,
            Permission.READ_MOVED,
            Permission.SEE_LOG,
            Permission.REVIEW_ACCESS,
            Permission.RESTORE,
            Permission.VERIFY,
            Permission.OPENERS,
            Permission.ERASE,
            Permission.STAFF_ADMIN,
            Permission.HOUSE_ADMIN,
            Permission.IMPORT,
        }
    ),
    Role.CLINICAL_LEAD: frozenset(_CLINICAL),
    Role.STAFF: frozenset({*_ON_SHIFT, Permission.BACKUP}),
    Role.SUBSTITUTE: frozenset({*_ON_SHIFT, Permission.EMERGENCY_ACCESS}),
    Role.NIGHT_WATCH: frozenset({*_ON_SHIFT, Permission.BACKUP}),
    Role.CLERK: frozenset(_EVERYONE),
    Role.MAINTENANCE: frozenset(_EVERYONE),
    Role.AUDITOR: frozenset({*_EVERYONE, Permission.SEE_LOG, Permission.READ_MOVED, Permission.VERIFY}),
    Role.SYSTEM: frozenset(
        {Permission.STATION, Permission.SEE_HOUSE, Permission.IMPORT, Permission.BACKUP, Permission.VERIFY}
    ),
}


@dataclass(frozen=True)
class Actor:
    """Who acts: every service call has one. `person_id` 0 is the station itself."""

    person_id: int
    name: str
    role: Role

    def may(self, permission: Permission) -> bool:
        """Whether this actor's role permits it."""
        return permission in ALLOWED[self.role]


STATION_ITSELF = Actor(0, "", Role.SYSTEM)


def require(actor: Actor, permission: Permission) -> None:
    """Raise NotAllowed, with a sentence that says who may, unless the actor's role permits it."""
    if actor.may(permission):
        return
    who = ", ".join(_(ROLE_NAMES[role]) for role in Role if role is not Role.SYSTEM and permission in ALLOWED[role])
    raise NotAllowed(
        _("As %(role)s you may not %(what)s. This can: %(who)s.")
        % {"role": _(ROLE_NAMES[actor.role]), "what": _(permission.value), "who": who or _("nobody but the station")}
    )


def allowed(
    permission: Permission,
) -> Callable[
    [Callable[Concatenate[_Service, Actor, _Rest], _Result]], Callable[Concatenate[_Service, Actor, _Rest], _Result]
]:
    """Declare the one permission of a service function whose first argument is the actor, and check it at each call."""

    def declare(
        function: Callable[Concatenate[_Service, Actor, _Rest], _Result],
    ) -> Callable[Concatenate[_Service, Actor, _Rest], _Result]:
        @wraps(function)
        def checked(service: _Service, actor: Actor, *args: _Rest.args, **kwargs: _Rest.kwargs) -> _Result:
            require(actor, permission)
            return function(service, actor, *args, **kwargs)

        checked.permission = permission  # type: ignore[attr-defined]  # read by the role table and its test
        return checked  # type: ignore[return-value]  # mypy reads functools.wraps as a class of its own

    return declare
