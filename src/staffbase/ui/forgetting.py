"""After the screen was locked: what Textual and Rich keep of what they painted is dropped, with the screens themselves.

Both remember pieces of text they have measured, cut or highlighted, to be quicker the next time. A record must not lie
there while nobody is signed in. What cannot be reached from here is said in the README: memory that Python has freed and
not overwritten, and the pages that SQLCipher keeps decrypted while the database is open.
"""

import functools
import gc
import sys
from collections.abc import Iterator
from typing import Any

from staffbase.ui.in_order import InOrder

_KEEPERS = frozenset({"textual", "rich"})
_CACHED = type(functools.cache(len))


def forget_painted(app: InOrder[Any]) -> None:
    """Drop what is remembered of texts, and what still points to screens that are gone. Takes a tenth of a second or so."""
    app.forget_gone()
    app.mouse_over = None
    app._mouse_down_widget = None  # noqa: SLF001  (Textual keeps the last widget that was clicked)
    app._last_focused_on_app_blur = None  # noqa: SLF001
    for watching in getattr(app, "__watchers", {}).values():  # each text field that ever stood watches the theme
        watching[:] = [(node, told) for node, told in watching if node.is_attached]
    for cached in _cached_functions():
        cached.cache_clear()
    gc.collect()


def _cached_functions() -> Iterator[Any]:
    """Every function and method of Textual and Rich that remembers its answers."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in _KEEPERS:
            for one in list(vars(module).values()):
                if isinstance(one, _CACHED):
                    yield one
                elif isinstance(one, type) and one.__module__ == name:
                    for method in list(vars(one).values()):
                        of_function = getattr(method, "__func__", method)  # of a class method
                        if isinstance(of_function, _CACHED):
                            yield of_function
