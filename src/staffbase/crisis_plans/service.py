"""What staff do with crisis plans: open the card, read versions, propose a change, publish it.

Staff propose; the clinical lead and the leader publish. A published version never changes.
"""

from dataclasses import replace
from datetime import date

from staffbase.crisis_plans.card import Card, card
from staffbase.crisis_plans.facts import Base, PlanFacts, PlanRow, PlanState, Published, Ready, VersionFacts
from staffbase.crisis_plans.form import form_of, to_fields
from staffbase.crisis_plans.model import PlanDraft, PlanVersion
from staffbase.crisis_plans.reading import draft_row_in, plan_in, plan_states_in
from staffbase.crisis_plans.rules import Compared, PlanText, Proposal, check_days, compare, faults, next_review
from staffbase.crisis_plans.stored import checked, proposal_from_json, proposal_to_json, text_to_json
from staffbase.journal.drafts import draft_in, save_draft_in
from staffbase.journal.entries import write_entry
from staffbase.journal.model import Importance, Kind
from staffbase.kernel.access import Actor, Permission, allowed
from staffbase.kernel.clock import local
from staffbase.kernel.database import Writing
from staffbase.kernel.errors import ChangedElsewhere, Invalid, NotFound
from staffbase.kernel.i18n import _, ngettext
from staffbase.kernel.moments import show_date, show_time
from staffbase.kernel.service import HouseService
from staffbase.kernel.typed import typed_text
from staffbase.residents.reading import doors_in, house_in

DRAFT = 0
"""The number by which the draft is compared."""
_NAMED = 3
"""Faults that are named in one sentence each; the rest is counted."""
_REASON_LIMIT = 600


def publish_in(
    tx: Writing,
    house_id: int,
    resident_id: int,
    proposal: Proposal,
    reason: str,
    *,
    valid_from: date | None = None,
    review_due: date | None = None,
) -> Published:
    """Publish this as the resident's next version; the draft ends. Told on the timeline.

    Raises Invalid, naming the lines that do not fit on the card, and for days that cannot be.
    """
    today = local(tx.now).date()
    proposal = checked(proposal, today)
    refuse_faults(proposal.text)
    reason = typed_text(reason, "reason", limit=_REASON_LIMIT)
    facts = plan_in(tx, house_id, resident_id, tx.now)
    valid_from = valid_from or today
    review_due = review_due or next_review(today, house_in(tx, house_id).review_months)
    check_days(valid_from, review_due, today)
    number = facts.state.version + 1
    told = _("Crisis plan, version %(number)d: %(reason)s Review by %(date)s.") % {
        "number": number,
        "reason": reason if reason.endswith((".", "!", "?")) else f"{reason}.",
        "date": show_date(review_due),
    }
    entry = write_entry(tx, Kind.PLAN, told, house_id=house_id, resident_id=resident_id, importance=Importance.HANDOVER)
    tx.flush()
    tx.add(
        PlanVersion(
            resident_id=resident_id, number=number, text=text_to_json(proposal.text), made=proposal.made,
            co_authors=proposal.co_authors, copies_to=proposal.copies_to, signing=proposal.signing,
            signed_on=proposal.signed_on, valid_from=valid_from, review_due=review_due, reason=reason,
            published_by_id=tx.actor.person_id, published_at=tx.now, entry_id=entry.id,
        )
    )  # fmt: skip
    draft = draft_row_in(tx, resident_id)
    if draft is not None and draft.open:
        _close(tx, draft)
    return Published(number, review_due)


def refuse_faults(text: PlanText) -> None:
    """Raise Invalid where the card cannot carry the text, naming each line."""
    if text.empty:
        raise Invalid(_("The plan says nothing yet."))
    found = faults(text)
    if found:
        told = [str(one) for one in found[:_NAMED]]
        if len(found) > _NAMED:
            rest = len(found) - _NAMED
            told.append(ngettext("And %(count)d more line.", "And %(count)d more lines.", rest) % {"count": rest})
        raise Invalid(" ".join(told), found[0].section)


def _close(tx: Writing, draft: PlanDraft) -> None:
    tx.change(draft, open=False, fields="")


class CrisisPlans(HouseService):
    """Crisis plans of the house's residents."""

    # -- reading --------------------------------------------------------------------------------------------------

    @allowed(Permission.SEE_RESIDENTS)
    def card(self, actor: Actor, resident_id: int) -> Card:
        """Open the crisis card. Stands in the ledger; when it cannot be written, the card opens and says so."""
        found = self._card(resident_id)
        return replace(found, logged=self.database.opened(actor, "card.open", resident_id))

    @allowed(Permission.SEE_RESIDENTS)
    def card_now(self, actor: Actor, resident_id: int) -> Card:
        """The card that is open already, as it is now; not an opening of its own."""
        del actor
        return self._card(resident_id)

    def _card(self, resident_id: int) -> Card:
        now = self.database.clock.now()
        with self.database.read() as tx:
            facts = plan_in(tx, self.house_id, resident_id, now)
        return card(
            facts.current, facts.resident, facts.house, now, review=facts.state.review, draft_by=facts.state.draft_by
        )

    @allowed(Permission.SEE_RESIDENTS)
    def current_versions(self, actor: Actor) -> dict[int, PlanState]:
        """How it stands with each plan, by resident; who has neither plan nor draft is not in it."""
        del actor
        with self.database.read() as tx:
            return plan_states_in(tx, self.house_id, self.database.clock.now())

    @allowed(Permission.SEE_RESIDENTS)
    def rows(self, actor: Actor) -> list[PlanRow]:
        """Everybody who lives here, in walking order, with how it stands with the plan."""
        del actor
        with self.database.read() as tx:
            states = plan_states_in(tx, self.house_id, self.database.clock.now())
            doors = doors_in(tx, self.house_id)
        return [
            PlanRow(
                door.resident.id,
                door.code,
                door.resident.alias,
                states.get(door.resident.id, PlanState(door.resident.id, 0)),
            )
            for door in doors
            if door.resident is not None
        ]

    @allowed(Permission.READ)
    def plan(self, actor: Actor, resident_id: int) -> PlanFacts:
        """Open a resident's plan with all its versions. Stands in the ledger."""
        found = self._plan(resident_id)
        self.database.opened(actor, "plan.open", resident_id)
        return found

    @allowed(Permission.READ)
    def plan_now(self, actor: Actor, resident_id: int) -> PlanFacts:
        """The plan that is open already, as it is now; not an opening of its own."""
        del actor
        return self._plan(resident_id)

    def _plan(self, resident_id: int) -> PlanFacts:
        with self.database.read() as tx:
            return plan_in(tx, self.house_id, resident_id, self.database.clock.now())

    @allowed(Permission.READ)
    def versions(self, actor: Actor, resident_id: int) -> tuple[VersionFacts, ...]:
        """All published versions, the newest first. An opening."""
        return self.plan(actor, resident_id).versions

    @allowed(Permission.READ)
    def version(self, actor: Actor, resident_id: int, number: int) -> VersionFacts:
        """One published version. An opening. Raises NotFound."""
        for one in self.plan(actor, resident_id).versions:
            if one.number == number:
                return one
        raise NotFound(_("There is no such version."))

    @allowed(Permission.READ)
    def compare(self, actor: Actor, resident_id: int, older: int, newer: int) -> list[Compared]:
        """Two versions side by side, by section; 0 is the draft. An opening. Raises NotFound."""
        facts = self.plan(actor, resident_id)
        texts = {one.number: one.text for one in facts.versions}
        if facts.draft is not None:
            texts[DRAFT] = facts.draft.proposal.text
        if older not in texts or newer not in texts:
            raise NotFound(_("There is no such version."))
        return compare(texts[older], texts[newer])

    # -- proposing ------------------------------------------------------------------------------------------------

    @allowed(Permission.PROPOSE_PLAN)
    def save_draft(
        self, actor: Actor, resident_id: int, proposal: Proposal, base: Base, *, over: bool = False
    ) -> PlanFacts:
        """Save what the next version is to say, begun from `base` (PlanFacts.base). Nothing is published.

        Raises ChangedElsewhere when somebody saved or published in the meantime; nothing is saved then. With `over`, who
        has seen the other text and saves theirs says so: the other goes back to its author as a draft of their own.
        A proposal that says the same as the version that counts ends the draft.
        """
        with self.database.write(actor, "plan.draft", subject=resident_id) as tx:
            facts = plan_in(tx, self.house_id, resident_id, tx.now)
            if facts.base != base:
                raise ChangedElsewhere(_changed(facts))
            proposal = checked(proposal, local(tx.now).date())
            row = draft_row_in(tx, resident_id)
            if facts.current is not None and proposal == facts.current.proposal:
                if row is None or not row.open:
                    raise Invalid(_("Nothing was changed."))
                _close(tx, row)
            else:
                if over and row is not None and row.open:
                    _give_back(tx, resident_id, row, facts.base)
                _save(tx, resident_id, row, proposal, facts.state.version)
            tx.flush()
            return plan_in(tx, self.house_id, resident_id, tx.now)

    # -- publishing -----------------------------------------------------------------------------------------------

    @allowed(Permission.PUBLISH_PLAN)
    def ready(self, actor: Actor, resident_id: int) -> Ready:
        """The draft, if it may be published as it is. Raises Invalid, naming the lines that do not fit on the card."""
        del actor
        now = self.database.clock.now()
        with self.database.read() as tx:
            facts = plan_in(tx, self.house_id, resident_id, now)
        if facts.draft is None:
            raise Invalid(_("There is no draft to publish. Edit the plan and save it first."))
        refuse_faults(facts.draft.proposal.text)
        today = local(now).date()
        return Ready(facts, today, next_review(today, facts.house.review_months))

    @allowed(Permission.PUBLISH_PLAN)
    def publish(
        self,
        actor: Actor,
        resident_id: int,
        reason: str,
        base: Base,
        *,
        valid_from: date | None = None,
        review_due: date | None = None,
    ) -> Published:
        """Publish the draft, seen as of `base`, as the next version. The review moves to `review_due`, else by the house's rule.

        Raises ChangedElsewhere when the draft is not the one that was seen, and Invalid as `publish_in`.
        """
        with self.database.write(actor, "plan.publish", subject=resident_id) as tx:
            facts = plan_in(tx, self.house_id, resident_id, tx.now)
            if facts.base != base:
                raise ChangedElsewhere(_changed(facts))
            if facts.draft is None:
                raise Invalid(_("There is no draft to publish. Edit the plan and save it first."))
            return publish_in(
                tx, self.house_id, resident_id, facts.draft.proposal, reason, valid_from=valid_from, review_due=review_due
            )  # fmt: skip


def _changed(facts: PlanFacts) -> str:
    """Who changed it, in one sentence."""
    if facts.draft is not None:
        return _("%(name)s saved another draft of this plan at %(time)s. Nothing of yours was saved.") % {
            "name": facts.draft.saved_by,
            "time": show_time(facts.draft.saved_at),
        }
    if facts.current is not None:
        return _("%(name)s has published version %(number)d in the meantime. Nothing of yours was saved.") % {
            "name": facts.current.published_by,
            "number": facts.current.number,
        }
    return _("Somebody else has changed this in the meantime. Nothing of yours was saved.")


def _save(tx: Writing, resident_id: int, row: PlanDraft | None, proposal: Proposal, number: int) -> None:
    fields = proposal_to_json(proposal)
    if row is None:
        tx.add(
            PlanDraft(
                resident_id=resident_id, fields=fields, base_number=number, saved_by_id=tx.actor.person_id,
                saved_at=tx.now,
            )
        )  # fmt: skip
    else:
        tx.change(row, open=True, fields=fields, base_number=number, saved_by_id=tx.actor.person_id, saved_at=tx.now)


def _give_back(tx: Writing, resident_id: int, row: PlanDraft, base: Base) -> None:
    """What somebody else saved stays theirs as a draft of their own, unless they have gone on typing since."""
    form = form_of(resident_id)
    if row.saved_by_id != tx.actor.person_id and draft_in(tx, row.saved_by_id, form) is None:
        save_draft_in(tx, row.saved_by_id, form, to_fields(proposal_from_json(row.fields), base))


__all__ = ["CrisisPlans", "PlanState", "Published", "plan_states_in", "publish_in"]
