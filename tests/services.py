"""Finds what staff can do: every service class there is, and every public function of it, with the permission it declares.

A service class is what `station.py` wires, and any other class of staffbase with a public method whose first argument is an
actor. Nothing is listed by hand, so that a new room is found the day it is written.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

import staffbase
from staffbase.kernel.access import Actor, Permission
from staffbase.kernel.transaction import Reading
from staffbase.station import Station

NO_PERMISSION = {
    "staffbase.kernel.database.Database.write": "the transaction itself, below all permissions; no screen may import it",
    "staffbase.kernel.database.Database.opened": "writes in the ledger that somebody opened something, and reads nothing",
    "staffbase.people.pins.Tries.succeeded": "the sign-in's own part; whoever got in has no wrong tries any more",
    "staffbase.sections.Section.opens_to": "asks the role table itself, to offer a section or not",
    "staffbase.ui.desk.Drafts.draft": "what a dialog needs of the journal, in words of types; it is the journal that is called",
    "staffbase.ui.desk.Drafts.save_draft": "likewise",
    "staffbase.ui.desk.Drafts.finish_draft": "likewise",
    "staffbase.ui.waiting_drafts.WaitingDrafts.wait": "takes over what its author has typed, in memory; keeping it asks the journal",
    "staffbase.ui.waiting_drafts.WaitingDrafts.draft": "gives the author what they typed themselves, or asks the journal",
    "staffbase.ui.waiting_drafts.WaitingDrafts.save_draft": "asks the journal",
    "staffbase.ui.waiting_drafts.WaitingDrafts.finish_draft": "likewise",
    "staffbase.demo.cast.Cast.walk_id": "the invented house's play, which calls the real services",
    "staffbase.kernel.access.require": "the check",
    "staffbase.journal.items.may_read_hidden": "asks the role table itself",
    "staffbase.journal.items.fold": "folds rows that were read already; no transaction of its own",
    "staffbase.sections.still_open": "calls two services as that person, and each checks",
}
"""Public functions that take an actor and check no permission themselves, and why. Functions that are handed somebody's
transaction are not in it: they end in `_in` or take it first, and whoever opened it has checked."""

NO_ACTOR: dict[str, str] = {}
"""Public functions of what the station wires that ask for no actor, and why."""


@dataclass(frozen=True)
class ServiceFunction:
    """One public function of a service class."""

    service: type
    name: str
    function: Callable[..., Any]

    @property
    def permission(self) -> Permission | None:
        return getattr(self.function, "permission", None)

    @property
    def label(self) -> str:
        return f"{self.service.__module__}.{self.service.__qualname__}.{self.name}"


def modules() -> list[ModuleType]:
    """Every module of staffbase but what migrates, which knows no actor."""
    names = [found.name for found in walk_packages(staffbase.__path__, "staffbase.")]
    return [
        import_module(name)
        for name in names
        if not name.endswith("__main__") and not name.startswith("staffbase.migrations.")
    ]


def takes_actor(function: Callable[..., Any]) -> bool:
    """Whether an actor is handed in, anywhere among the arguments."""
    return any(_is(one.annotation, Actor) for one in inspect.signature(function).parameters.values())


def in_a_transaction(function: Callable[..., Any]) -> bool:
    """Whether it works in a transaction that somebody else opened."""
    arguments = list(inspect.signature(function).parameters.values())
    return any(_is(one.annotation, Reading) for one in arguments)


def _is(annotation: Any, wanted: type) -> bool:
    if isinstance(annotation, str):
        return wanted.__name__ in annotation.replace("|", " ").replace('"', " ").split()
    if isinstance(annotation, type):
        return issubclass(annotation, wanted)
    return any(_is(part, wanted) for part in getattr(annotation, "__args__", ()) if _plain(annotation))


def _plain(annotation: Any) -> bool:
    """A union; a function that takes an actor is no actor."""
    return getattr(annotation, "__origin__", None) is None


def public(service: type) -> Iterator[ServiceFunction]:
    """Every public function of a class, its bases' too."""
    for base in service.__mro__[:-1]:
        for name, found in vars(base).items():
            if name.startswith("_") or (base is not service and name in vars(service)):
                continue
            function = _function(found)
            if function is not None:
                yield ServiceFunction(service, name, function)


def _function(found: Any) -> Callable[..., Any] | None:
    if isinstance(found, staticmethod | classmethod):
        return found.__func__
    if isinstance(found, property):
        return found.fget
    if isinstance(found, cached_property):
        return found.func
    return found if inspect.isfunction(found) else None


def wired(station: type = Station) -> list[type]:
    """The service classes a station hands out, by what its functions say they return."""
    named = [str(function.function.__annotations__.get("return", "")).strip('"') for function in public(station)]
    known = {one.__name__: one for module in modules() for one in _classes(module)}
    return [known[name] for name in named if name in known]


def _classes(module: ModuleType) -> list[type]:
    return [one for one in vars(module).values() if inspect.isclass(one) and one.__module__ == module.__name__]


@cache
def service_classes() -> tuple[type, ...]:
    """What the station wires, and every other class with a public function that declares a permission.

    A class that is only a part of one of them is tried as that one.
    """
    others = [
        one
        for module in modules()
        for one in _classes(module)
        if any(function.permission is not None for function in public(one))
    ]
    found = list(dict.fromkeys([*wired(), *others]))
    return tuple(one for one in found if not any(one in other.__mro__[1:] for other in found))


def service_functions(classes: Iterable[type] = ()) -> list[ServiceFunction]:
    """Every public function of these classes, or of all service classes, that declares a permission."""
    return [one for service in classes or service_classes() for one in public(service) if one.permission is not None]


def unchecked(found: Iterable[ModuleType]) -> list[str]:
    """Public functions, in classes or not, that take an actor, open a transaction of their own and declare no permission."""
    named = []
    for module in found:
        for one in _classes(module):
            named += [
                f"{module.__name__}.{one.__qualname__}.{name}"
                for name, kept in vars(one).items()
                if not name.startswith("_") and (function := _function(kept)) is not None
                and takes_actor(function) and not in_a_transaction(function) and not hasattr(function, "permission")
            ]  # fmt: skip
        named += [
            f"{module.__name__}.{name}"
            for name, function in vars(module).items()
            if inspect.isfunction(function) and function.__module__ == module.__name__ and not name.startswith("_")
            and takes_actor(function) and not in_a_transaction(function)
        ]  # fmt: skip
    return [name for name in named if name not in NO_PERMISSION]


def open_to_anybody(classes: Iterable[type]) -> list[str]:
    """Public functions of service classes that take no actor, so that nobody is asked."""
    return [
        one.label
        for service in classes
        for one in public(service)
        if one.permission is None and not takes_actor(one.function) and one.label not in NO_ACTOR
    ]
