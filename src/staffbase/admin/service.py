"""The settings of this machine: changed in its settings.toml, and each change told on the house's timeline."""

import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from staffbase.journal.entries import write_entry
from staffbase.journal.model import Importance, Kind
from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.database import Database
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.settings import (
    LANGUAGE_NAMES,
    SETTINGS_FILE,
    THEME_NAMES,
    UNLOCK_NAMES,
    Settings,
    Where,
    checked,
    read_settings,
    variable,
    where_set,
)
from staffbase.kernel.settings_file import put, write_settings
from staffbase.kernel.typed import typed_line

COMMAND_LIMIT = 500
CHANGES = {
    "idle_lock_minutes": N_("Setting changed, minutes until the screen locks: %(before)s → %(now)s."),
    "crisis_lock_minutes": N_("Setting changed, minutes until a crisis card locks: %(before)s → %(now)s."),
    "walk_minutes": N_("Setting changed, minutes a walk may take before the alarm: %(before)s → %(now)s."),
    "alarm_command": N_("Setting changed, what the alarm runs: %(before)s → %(now)s."),
    "language": N_("Setting changed, language: %(before)s → %(now)s."),
    "theme": N_("Setting changed, colours: %(before)s → %(now)s."),
    "unlock": N_("Setting changed, how the station opens: %(before)s → %(now)s."),
}
"""The settings that are changed here, and what the house's timeline says of each."""
_SAFETY = {"walk_minutes", "alarm_command", "unlock"}
"""What the night relies on: the next shift is told."""


@dataclass(frozen=True)
class MachineFacts:
    """The settings as the file and the environment have them, and where each comes from."""

    settings: Settings
    where: Mapping[str, Where]


class Machine:
    """The settings of one machine, whose data folder is `home`."""

    def __init__(self, database: Database, house_id: int, home: Path) -> None:
        self._database, self._house_id, self._home = database, house_id, home

    @allowed(Permission.SEE_HOUSE)
    def facts(self, actor: Actor) -> MachineFacts:  # noqa: ARG002  (whose permission was checked)
        """What stands now. Raises what reading the file raises."""
        return MachineFacts(read_settings(self._home), where_set(self._home))

    @allowed(Permission.HOUSE_ADMIN)
    def change(self, actor: Actor, wanted: Mapping[str, str]) -> dict[str, int | str]:
        """Let these settings hold from now on. Returns those that are others than before.

        Raises Invalid for a value that cannot be used, or one that the environment sets; then nothing is changed.
        """
        return self._change(actor, wanted)

    @allowed(Permission.SELF)
    def change_theme(self, actor: Actor, theme: str) -> dict[str, int | str]:
        """Other colours on this machine, for everybody who uses it. Raises as `change` does."""
        return self._change(actor, {"theme": theme})

    @allowed(Permission.HOUSE_ADMIN)
    def alarm_tried(self, actor: Actor, ended: int | None) -> None:
        """Somebody was rung to see whether it works: that is told, so that nobody takes it for an alarm."""
        how = _("it ended well") if ended == 0 else _("it failed")
        with self._database.write(actor, "alarm.try") as tx:
            write_entry(tx, Kind.HOUSE, _("The alarm command was tried: %(how)s.") % {"how": how}, house_id=self._house_id)  # fmt: skip

    def _change(self, actor: Actor, wanted: Mapping[str, str]) -> dict[str, int | str]:
        facts = self.facts(actor)
        values = {name: checked(name, _typed(name, value)) for name, value in wanted.items()}
        changes = {name: value for name, value in values.items() if value != getattr(facts.settings, name)}
        for name in changes:
            if facts.where[name] is Where.ENVIRONMENT:
                told = {"variable": variable(name)}
                raise Invalid(_("This is set by %(variable)s where staffbase is started, and only there.") % told, name)
        _check_together({name: getattr(facts.settings, name) for name in CHANGES} | changes)
        if "alarm_command" in changes:
            check_command(str(changes["alarm_command"]))
        if changes:
            self._write(actor, facts.settings, changes)
        return changes

    def _write(self, actor: Actor, before: Settings, changes: dict[str, int | str]) -> None:
        """File and timeline together: the file last, and as it was again where the timeline cannot be written."""
        file = (self._home / SETTINGS_FILE).resolve()
        stood = file.read_bytes() if file.exists() else None
        written = False
        try:
            with self._database.write(actor, "settings.change") as tx:
                for name, value in changes.items():
                    told = {"before": said(name, getattr(before, name)), "now": said(name, value, other=True)}
                    importance = Importance.HANDOVER if name in _SAFETY else Importance.ROUTINE
                    write_entry(tx, Kind.HOUSE, _(CHANGES[name]) % told, house_id=self._house_id, importance=importance)
                tx.flush()
                write_settings(self._home, changes)
                written = True
        except BaseException:
            if written:
                put(file, stood)
            raise


def _typed(name: str, value: str) -> str:
    if name == "alarm_command":
        return typed_line(value, name, required=False, limit=COMMAND_LIMIT)
    return value.strip()


def _check_together(values: Mapping[str, int | str]) -> None:
    if int(values["crisis_lock_minutes"]) < int(values["idle_lock_minutes"]):
        raise Invalid(_("A crisis card must stay open at least as long as any other screen."), "crisis_lock_minutes")


def check_command(command: str) -> None:
    """Raise Invalid for an alarm command that could not be run here; an empty one runs nothing."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise Invalid(_("A quotation mark in the alarm command has no partner."), "alarm_command") from error
    if command and (not words or shutil.which(words[0]) is None):
        told = {"program": words[0] if words else ""}
        raise Invalid(_("There is no program “%(program)s” on this computer that could be run.") % told, "alarm_command")  # fmt: skip


def said(name: str, value: int | str, *, other: bool = False) -> str:
    """A setting's value in words. A command is not told: it may hold a number or a password, and the timeline is for ever."""
    if name == "alarm_command":
        return _("nothing") if not value else _("another command") if other else _("a command")
    names = {"language": LANGUAGE_NAMES, "theme": THEME_NAMES, "unlock": UNLOCK_NAMES}.get(name)
    return _(names[str(value)]) if names else str(value)
