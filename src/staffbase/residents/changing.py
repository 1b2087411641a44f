"""The keys by which a resident's facts are changed; the same on the resident's page and in Administration."""

from collections.abc import Callable
from datetime import date

from textual.binding import Binding
from textual.screen import Screen

from staffbase.kernel.access import Permission
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import N_, _
from staffbase.residents.dialogs.about import AboutDialog
from staffbase.residents.dialogs.agreement import AgreementDialog
from staffbase.residents.dialogs.contacts import ContactsDialog
from staffbase.residents.dialogs.presence import PresenceDialog
from staffbase.residents.dialogs.stays import Free, UnitDialog
from staffbase.residents.dialogs.warnings import WarningsDialog
from staffbase.residents.rules import ResidentFacts
from staffbase.residents.service import Residents
from staffbase.ui.desk import Desk, signed_in
from staffbase.ui.job import job
from staffbase.ui.screen import StaffScreen

CHANGES = {
    "presence": Permission.WRITE,
    "agreement": Permission.RESIDENTS_ADMIN,
    "contacts": Permission.RESIDENTS_ADMIN,
    "warnings": Permission.RESIDENTS_ADMIN,
    "about": Permission.RESIDENTS_ADMIN,
}
"""Each change of somebody who lives here, and who may make it."""


class Changing(StaffScreen):
    """A screen on which a resident is chosen and can be changed. What a person may not do has no key.

    The keys of what only some may change stand beside the headings of what they change, for those who may.
    """

    BINDINGS = [
        Binding("p", "presence", N_("Where"), tooltip=N_("Home, away, admitted, in prison"), id="resident.presence"),
        Binding("a", "agreement", N_("Agreement"), tooltip=N_("The check agreement: a new version"), id="resident.agreement", show=False),
        Binding("r", "contacts", N_("Contacts"), tooltip=N_("Whom to ring: add, change, end"), id="resident.contacts", show=False),
        Binding("d", "warnings", N_("Dangers"), tooltip=N_("Dangers and allergies: add, end"), id="resident.warnings", show=False),
        Binding("o", "about", N_("About"), tooltip=N_("Name, naloxone, children, what is good to know"), id="resident.about", show=False),
    ]  # fmt: skip

    _residents: Residents

    def facts_here(self) -> ResidentFacts | None:
        """The resident to be changed, as last read."""
        raise NotImplementedError

    def keys_said(self) -> bool:
        """Whether the headings say the keys."""
        return self.check_action("about", ()) is True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What a person may not do, or what cannot be done with who is chosen, has no key."""
        if action in CHANGES:
            facts, person = self.facts_here(), signed_in(self.desk)
            return facts is not None and facts.left_on is None and person is not None and person.may(CHANGES[action])
        return super().check_action(action, parameters)

    async def _change(self, dialog: Callable[[Desk, Residents, ResidentFacts], Screen[bool]]) -> None:
        """Open the dialog on what stands now: it must not begin from what a colleague has changed since."""
        here = self.facts_here()
        if here is None:
            return
        facts = await self.ask(self._residents.resident, here.id)
        if self.app.screen is self:  # a held key opens one dialog
            await self.app.push_screen_wait(dialog(self.desk, self._residents, facts))

    @job(group="change")
    async def action_presence(self) -> None:
        """Home, away, admitted, in prison."""
        await self._change(PresenceDialog)

    @job(group="change")
    async def action_agreement(self) -> None:
        """A new version of the check agreement."""
        await self._change(AgreementDialog)

    @job(group="change")
    async def action_contacts(self) -> None:
        """Whom to ring."""
        await self._change(ContactsDialog)

    @job(group="change")
    async def action_warnings(self) -> None:
        """Dangers and allergies."""
        await self._change(WarningsDialog)

    @job(group="change")
    async def action_about(self) -> None:
        """Everything else that is known."""
        await self._change(AboutDialog)

    # -- units ----------------------------------------------------------------------------------------------------

    async def free_units(self) -> Free:
        """The units where nobody lives. Raises Invalid when there is none."""
        doors = await self.ask(self._residents.doors)
        free = [(door.unit_id, door.code) for door in doors if door.resident is None]
        if not free:
            raise Invalid(_("No unit is vacant."))
        return free

    async def move_resident(self, facts: ResidentFacts) -> None:
        """To another unit of the house."""

        async def moving(unit_id: int, day: date) -> None:
            await self.ask(self._residents.move, facts.id, unit_id, day)

        free = await self.free_units()
        await self.app.push_screen_wait(
            UnitDialog(self.desk, self._residents, _("Moves within the house"), facts, free, moving)
        )

    async def take_back_in(self, facts: ResidentFacts) -> None:
        """Somebody who lived here moves in again."""

        async def moving(unit_id: int, day: date) -> None:
            await self.ask(self._residents.come_back, facts.id, unit_id, day)

        free = await self.free_units()
        await self.app.push_screen_wait(
            UnitDialog(self.desk, self._residents, _("Moves in again"), facts, free, moving)
        )
