"""Who may do what, tried on the services themselves: every public function there is, as every role."""

import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from sqlalchemy import event
from tests import services
from tests.conftest import EVENING, NAMES
from tests.services import ServiceFunction, service_functions

from staffbase.kernel.access import ALLOWED, STATION_ITSELF, Actor, Permission, Role, allowed, require
from staffbase.kernel.database import Database
from staffbase.kernel.errors import NotAllowed, StaffbaseError
from staffbase.kernel.key import FileIdentities
from staffbase.kernel.settings import Settings
from staffbase.rounds.deviations import decided_in
from staffbase.station import Station


class LookedAt(Exception):
    """An argument was looked at."""


class Untouched:
    """An argument that tells when it is looked at: the permission comes first."""

    def __getattribute__(self, name: str) -> Any:
        raise LookedAt(name)

    def _told(self, *_arguments: Any) -> Any:
        raise LookedAt

    __bool__ = __len__ = __iter__ = __int__ = __index__ = __str__ = __fspath__ = __call__ = __eq__ = __hash__ = _told


@pytest.fixture
def made(station: Station, tmp_path: Path) -> Callable[[type], Any]:
    """Makes a service of its class, over the small house, as the station does."""
    home = tmp_path / "home"
    home.mkdir()
    database, house_id = station.database, station.house_id
    given: dict[str, Any] = {
        "database": database, "house_id": house_id, "home": home, "settings": Settings(home=home),
        "identities": FileIdentities(tmp_path / "identities"), "outcomes": lambda _tx, _keys: {}, "decided": decided_in,
    }  # fmt: skip

    def make(service: type) -> Any:
        names = list(service.__init__.__code__.co_varnames[1 : service.__init__.__code__.co_argcount])  # type: ignore[misc]
        needed = names[: len(names) - len(service.__init__.__defaults__ or ())]  # type: ignore[misc]
        return service(*(given[name] for name in needed))

    return make


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def actor_of(role: Role, actors: dict[str, Actor]) -> Actor:
    return STATION_ITSELF if role is Role.SYSTEM else actors[NAMES[role].lower()]


def needed(function: ServiceFunction) -> list[str]:
    """The arguments after the actor that have no default, positional and by name."""
    inner = function.function.__wrapped__  # type: ignore[attr-defined]
    code = inner.__code__
    names = code.co_varnames[: code.co_argcount][2:]
    named = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    without = len(names) - len(inner.__defaults__ or ())
    return [*names[: max(without, 0)], *(name for name in named if name not in (inner.__kwdefaults__ or {}))]


def call(service: Any, function: ServiceFunction, actor: Actor, arguments: dict[str, Any]) -> Any:
    return getattr(service, function.name)(actor, **arguments)


def some(kind: Any, tmp_path: Path) -> Any:
    """Some value of this type."""
    if kind in (Union, types.UnionType) or get_origin(kind) in (Union, types.UnionType):
        return None if type(None) in get_args(kind) else some(get_args(kind)[0], tmp_path)
    origin = get_origin(kind) or kind
    if isinstance(origin, type) and issubclass(origin, Enum):
        return next(iter(origin))
    plain: dict[Any, Any] = {
        int: 0, str: "", bool: False, datetime: EVENING - timedelta(minutes=5), time: time(7, 30), Path: tmp_path / "no" / "file",
    }  # fmt: skip
    if origin in plain:
        return plain[origin]
    if isinstance(origin, type) and issubclass(origin, dict | types.MappingProxyType):
        return {}
    name = getattr(origin, "__name__", "")
    if name in ("Sequence", "Iterable", "list", "tuple"):
        return ()
    return {} if name == "Mapping" else Untouched()


def refused_by_the_check(error: BaseException) -> bool:
    """Whether it was the role table that said no, and not a rule further in (only the author may correct, …)."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return isinstance(error, NotAllowed) and trace is not None and trace.tb_frame.f_code is require.__code__


FUNCTIONS = service_functions()


def test_the_house_has_services_to_try() -> None:
    found = {one.service.__name__ for one in FUNCTIONS}
    assert {
        "Journal",
        "People",
        "Rounds",
        "Handover",
        "Board",
        "Backup",
        "Openers",
        "Verifications",
        "Imports",
    } <= found
    assert {one.permission for one in FUNCTIONS} >= set(Permission) - {Permission.CORRECT_OTHERS, Permission.DUTY, Permission.RESTORE, Permission.SEE_LOG}  # fmt: skip


@pytest.mark.parametrize("role", Role)
def test_what_a_role_may_not_do_is_refused_before_anything_is_read(
    role: Role, station: Station, actors: dict[str, Actor], made: Callable[[type], Any]
) -> None:
    actor = actor_of(role, actors)
    shut = [one for one in FUNCTIONS if one.permission not in ALLOWED[role]]
    let_in = []
    for function in shut:
        arguments = {name: Untouched() for name in needed(function)}
        service = made(function.service)
        with statements(station.database) as asked:
            try:
                call(service, function, actor, arguments)
                let_in.append(function.label)
            except NotAllowed:
                pass
            except LookedAt:
                let_in.append(function.label)
        if asked:
            let_in.append(f"{function.label}: {asked[0]}")
    assert let_in == []


@pytest.mark.parametrize("role", Role)
def test_what_a_role_may_do_is_not_refused(
    role: Role, actors: dict[str, Actor], made: Callable[[type], Any], tmp_path: Path
) -> None:
    actor = actor_of(role, actors)
    shut_out = []
    for function in (one for one in FUNCTIONS if one.permission in ALLOWED[role]):
        hints = get_type_hints(
            function.function.__wrapped__, vars(__import__(function.service.__module__, fromlist=["x"]))
        )  # type: ignore[attr-defined]
        arguments = {name: some(hints[name], tmp_path) for name in needed(function)}
        try:
            call(made(function.service), function, actor, arguments)
        except (StaffbaseError, LookedAt) as error:
            if refused_by_the_check(error):
                shut_out.append(function.label)
    assert shut_out == []


# -- a new function is found, and one that asks nobody fails the build ------------------------------------------------------


def test_every_public_function_that_takes_an_actor_declares_its_permission() -> None:
    assert services.unchecked(services.modules()) == []


def test_every_public_function_of_a_service_asks_who() -> None:
    assert services.open_to_anybody(services.service_classes()) == []


def test_no_reason_stands_for_what_is_gone() -> None:
    """An exception whose function went would let the next one of its name through."""
    for label in (*services.NO_PERMISSION, *services.NO_ACTOR):
        parts = label.split(".")
        at = next(cut for cut in range(len(parts) - 1, 0, -1) if ".".join(parts[:cut]) in MODULES)
        found: Any = MODULES[".".join(parts[:at])]
        for part in parts[at:]:
            found = vars(found)[part]


MODULES = {module.__name__: module for module in services.modules()}


class _Leaky:
    """What somebody might write tomorrow."""

    def read(self, actor: Actor, resident_id: int) -> str:
        return f"{actor.name} {resident_id}"

    def everything(self) -> list[str]:
        return []

    @property
    def newest(self) -> str:
        return ""

    @staticmethod
    def of(resident_id: int) -> str:
        return str(resident_id)

    @allowed(Permission.READ)
    def checked(self, actor: Actor) -> str:
        return actor.name

    def _own(self, actor: Actor) -> str:
        return actor.name


class _MoreLeaky(_Leaky):
    @allowed(Permission.READ)
    def read(self, actor: Actor, resident_id: int) -> str:
        return super().read(actor, resident_id)


def leaks(actor: "Actor | None", key: int) -> str:
    """A function outside any class."""
    return f"{actor} {key}"


def test_the_finder_names_what_checks_nobody() -> None:
    module = types.ModuleType("staffbase.tomorrow")
    for name, made in {"Leaky": _Leaky, "leaks": leaks}.items():
        made.__module__ = "staffbase.tomorrow"
        setattr(module, name, made)
    assert services.unchecked([module]) == ["staffbase.tomorrow._Leaky.read", "staffbase.tomorrow.leaks"]
    assert services.open_to_anybody([_Leaky]) == [f"staffbase.tomorrow._Leaky.{name}" for name in ("everything", "newest", "of")]  # fmt: skip
    assert [one.name for one in service_functions([_Leaky])] == ["checked"]
    assert [one.name for one in service_functions([_MoreLeaky])] == ["read", "checked"]


def test_the_finder_finds_what_a_station_would_wire() -> None:
    class Bigger(Station):
        def figures(self) -> "Board":  # type: ignore[name-defined]  # noqa: F821
            raise NotImplementedError

    assert "Journal" in {one.__name__ for one in services.wired()}
    assert next(one.__name__ for one in services.wired(Bigger)) == "Board"


def test_the_check_tells_a_refused_role_from_a_rule_further_in(actors: dict[str, Actor]) -> None:
    with pytest.raises(NotAllowed) as by_table:
        require(actors["odd"], Permission.READ)
    assert refused_by_the_check(by_table.value)
    assert not refused_by_the_check(NotAllowed("only the author"))
