"""Crisis plans as they are played: the invented plans in the house's language, drafted and published."""

from dataclasses import replace

from staffbase.crisis_plans.model import Made, Signing
from staffbase.crisis_plans.rules import PlanText as Sections
from staffbase.crisis_plans.rules import Proposal, Sign
from staffbase.crisis_plans.service import publish_in
from staffbase.demo.cast import Cast
from staffbase.demo.plans import A3_REVISED, PlanText
from staffbase.kernel.i18n import _


def proposal(plan: PlanText) -> Proposal:
    """The plan as it is typed, in the language of the house."""
    return Proposal(
        Sections(
            yellow=tuple(Sign(_(sign), _(measure)) for sign, measure in plan.yellow),
            red=tuple(Sign(_(sign), _(measure)) for sign, measure in plan.red),
            avoid=_(plan.avoid),
            meet_me=(_(plan.meet_me),),
            trusted=plan.trust,
            wishes=_(plan.wishes),
            arrange=_(plan.arrange),
            afterwards=_(plan.afterwards),
        ),
        Made(plan.made),
        plan.co_authors,
        signing=Signing.SIGNED if plan.signed else Signing.DECLINED if plan.made == Made.STAFF else Signing.NOT_YET,
        signed_on=plan.published if plan.signed else None,
    )


def keep(cast: Cast, plan: PlanText) -> None:
    """Publish a plan of the time before the plot, or keep it as a draft."""
    resident_id, actor = cast.resident(plan.unit), cast.actor(plan.by)
    if plan.published is None:
        plans = cast.station.crisis_plans
        plans.save_draft(actor, resident_id, proposal(plan), plans.plan_now(actor, resident_id).base)
        return
    with cast.station.database.write(actor, "plan.publish", subject=resident_id) as tx:
        publish_in(tx, cast.station.house_id, resident_id, proposal(plan), _(plan.reason), review_due=plan.review_due)


def draft_revision(cast: Cast, by: str) -> None:
    """Somebody begins the revision of A3's plan with him."""
    plans, actor, resident_id = cast.station.crisis_plans, cast.actor(by), cast.resident(A3_REVISED.unit)
    facts = plans.plan_now(actor, resident_id)
    plans.save_draft(actor, resident_id, proposal(replace(A3_REVISED, signed=False)), facts.base)


def publish_revision(cast: Cast, by: str) -> None:
    """The revision counts from now on; it has his signature."""
    plans, actor, resident_id = cast.station.crisis_plans, cast.actor(by), cast.resident(A3_REVISED.unit)
    facts = plans.save_draft(actor, resident_id, proposal(A3_REVISED), plans.plan_now(actor, resident_id).base)
    plans.publish(actor, resident_id, _(A3_REVISED.reason), facts.base, review_due=A3_REVISED.review_due)
