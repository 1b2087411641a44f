"""What was half typed and cannot be kept as a draft waits in memory: for its author alone, until it can be kept.

A full disk must not cost anybody's words, and nobody else may see them: the screens they were typed in go at the lock.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from staffbase.kernel.access import Actor
from staffbase.kernel.errors import DatabaseUnavailable, NotFound, StaffbaseError
from staffbase.kernel.i18n import _
from staffbase.ui.desk import Drafts


class Unkept(dict[str, str]):
    """Fields of a form as they were typed. No draft of them stands."""


class WaitingDrafts:
    """The drafts of the station that is open, and before them what waits to be put there. Its methods run in threads."""

    def __init__(self, kept: Callable[[], Drafts]) -> None:
        self._kept = kept
        self._waiting: dict[tuple[int, str], tuple[Actor, Unkept]] = {}
        self._one_at_a_time = threading.Lock()
        """What is older must not be kept after what is newer, nor after it was saved."""

    @property
    def authors(self) -> frozenset[Actor]:
        """Whose text waits."""
        return frozenset(author for author, _fields in list(self._waiting.values()))

    def wait(self, author: Actor, form: str, fields: dict[str, str]) -> None:
        """Take this over from a form that goes now."""
        self._waiting[author.person_id, form] = (author, Unkept(fields))

    def keep(self, names: Mapping[int, str]) -> None:
        """Make drafts of all that waits, in its author's name; `names` are those of the house that is open.

        Raises the first StaffbaseError that kept something waiting.
        """
        refused: StaffbaseError | None = None
        for key, one in list(self._waiting.items()):
            author, fields = one
            try:
                if names.get(author.person_id) != author.name:  # a backup of another house was put in its place
                    raise NotFound(_("Nobody here has that name."))
                with self._one_at_a_time:
                    if self._waiting.get(key) is one:
                        self._kept().save_draft(author, key[1], fields)
                        self._let_go(key, one)
            except StaffbaseError as error:
                refused = refused or error
                if isinstance(error, DatabaseUnavailable):  # each further one would wait as long for nothing
                    break
        if refused is not None:
            raise refused

    def save_draft(self, actor: Actor, form: str, fields: dict[str, str]) -> Any:
        """Keep the fields as typed so far; older ones wait no longer. Raises what the station's drafts raise."""
        with self._one_at_a_time:
            kept = self._kept().save_draft(actor, form, fields)
            self._waiting.pop((actor.person_id, form), None)
            return kept

    def draft(self, actor: Actor, form: str) -> dict[str, str] | None:
        """What waits, or else what was kept, if anything."""
        waiting = self._waiting.get((actor.person_id, form))
        return waiting[1] if waiting is not None else self._kept().draft(actor, form)

    def finish_draft(self, actor: Actor, form: str) -> Any:
        """It was saved, or thrown away: neither waits nor is kept any more."""
        with self._one_at_a_time:
            self._waiting.pop((actor.person_id, form), None)
            return self._kept().finish_draft(actor, form)

    def _let_go(self, key: tuple[int, str], one: tuple[Actor, Unkept]) -> None:
        if self._waiting.get(key) is one:  # the same form may have handed over newer words meanwhile
            del self._waiting[key]
