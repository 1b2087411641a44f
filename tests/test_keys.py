"""The list of keys leaves out no screen and no dialog."""

import importlib
import pkgutil
from collections.abc import Iterator

from textual.screen import Screen

import staffbase
from staffbase.keys import PLACES, bindings_of, key_table

_SAID_ON_THE_SPOT = {"enter", "escape"}
"""What a question or a list is answered with stands below it."""


def screens() -> Iterator[type[Screen[object]]]:
    for module in pkgutil.walk_packages(staffbase.__path__, "staffbase."):
        if ".migrations" in module.name or module.name.endswith("__main__"):
            continue
        for one in vars(importlib.import_module(module.name)).values():
            if isinstance(one, type) and issubclass(one, Screen) and one.__module__ == module.name:
                yield one


def test_every_key_of_every_screen_is_listed() -> None:
    listed = {place for _, place in PLACES}
    missing = {
        one.__name__: keys
        for one in screens()
        if one not in listed and (keys := {key.key for key in bindings_of(one) if key.id} - _SAID_ON_THE_SPOT)
    }
    assert not missing


def test_a_long_name_does_not_run_into_what_the_key_does() -> None:
    assert "danger of suicide Start an incident" in key_table()
