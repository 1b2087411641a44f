"""The crisis plans of the invented residents, in their own words, line by line as the card shows them.

Every line is at most 74 cells in both languages; a sign and its measure share one line.
"""

from dataclasses import dataclass
from datetime import date

from staffbase.kernel.i18n import N_


@dataclass(frozen=True)
class PlanText:
    """One version of a plan. A sign stands with what to do about it."""

    unit: str
    published: date | None
    """None: a draft."""
    review_due: date | None
    by: str
    made: str
    """together, partly or staff: how far the resident had a hand in it."""
    signed: bool
    co_authors: str
    reason: str
    yellow: tuple[tuple[str, str], ...]
    red: tuple[tuple[str, str], ...]
    avoid: str
    meet_me: str
    trust: str
    wishes: str
    arrange: str
    afterwards: str


_TALK_WITHIN = N_("talk within 72 h · review the plan · deviation?")
_YEARLY = N_("Gone through together, as every half-year.")

_A3_SIGNS = (
    (N_("answers short, draws the curtains"), N_("knock, coffee, no pressing")),
    (N_("sleeps all day, does not eat"), N_("food, look in every 3 h, ring primary")),
)
_A3_RED = (
    (N_("“no point” / gives things away"), N_("ask straight out about suicide, stay")),
    (N_("breathes slowly, cannot be woken"), N_("113, open airway, naloxone, stay")),
)

PLANS = (
    PlanText(
        "A1",
        date(2025, 9, 18),
        date(2026, 3, 18),
        "Eva",
        "together",
        signed=True,
        co_authors="ACT-team",
        reason=_YEARLY,
        yellow=(
            (N_("walks up and down, headphones on"), N_("ask what he hears, lower the noise")),
            (N_("wakes at night, knocks on the wall"), N_("offer the quiet room, tea")),
            (N_("says no to the coffee at ten"), N_("go to him, five minutes, no plans")),
        ),
        red=(
            (N_("shouts: they are in the wall"), N_("go two, speak low, door open behind")),
            (N_("throws things, fists closed"), N_("step back, 112, others to their flats")),
        ),
        avoid=N_("sudden sounds, many voices, touching his shoulder"),
        meet_me=N_("low voice, one at a time, tell me what you are going to do"),
        trust="Silje, Geir",
        wishes=N_("no police uniform indoors · brother is told (consent: yes)"),
        arrange=N_("turn off the stove · lock the bicycle"),
        afterwards=_TALK_WITHIN,
    ),
    PlanText(
        "A2",
        date(2025, 10, 2),
        date(2026, 4, 2),
        "Eva",
        "together",
        signed=True,
        co_authors="",
        reason=_YEARLY,
        yellow=(
            (N_("drinks before noon, unshaven"), N_("breakfast together, fetch the walker")),
            (N_("coughs more, sits up at night"), N_("measure oxygen, ring the GP by day")),
        ),
        red=(
            (N_("blue lips, cannot finish a sentence"), N_("113, sit him up, oxygen on")),
            (N_("has fallen, hit his head"), N_("do not lift alone, 113 if drowsy")),
            (N_("“I might as well stop”"), N_("ask about suicide, stay, ring 116 117")),
        ),
        avoid=N_("smoking near the oxygen, hurrying him"),
        meet_me=N_("sit down, take your time, call me Bjarne"),
        trust="Tone, Lise",
        wishes=N_("sister is told (consent: yes) · no admission for drink alone"),
        arrange=N_("candles out · oxygen hose free of the door"),
        afterwards=_TALK_WITHIN,
    ),
    PlanText(
        "A3",
        date(2024, 3, 4),
        date(2024, 9, 4),
        "Eva",
        "partly",
        signed=False,
        co_authors="",
        reason=N_("First plan after he moved in."),
        yellow=_A3_SIGNS[:1],
        red=_A3_RED[1:],
        avoid=N_("standing in the door"),
        meet_me=N_("calm voice"),
        trust="Marit",
        wishes=N_("sister is told (consent: yes)"),
        arrange=N_("the cat to A4"),
        afterwards=_TALK_WITHIN,
    ),
    PlanText(
        "A3",
        date(2024, 9, 10),
        date(2025, 3, 10),
        "Eva",
        "together",
        signed=True,
        co_authors="ACT-team",
        reason=N_("With the ACT team after the overdose in August."),
        yellow=_A3_SIGNS,
        red=_A3_RED[1:],
        avoid=N_("standing in the door, talking over his head"),
        meet_me=N_("calm voice, one person"),
        trust="Marit",
        wishes=N_("sister is told (consent: yes)"),
        arrange=N_("the cat to A4"),
        afterwards=_TALK_WITHIN,
    ),
    PlanText(
        "A3",
        date(2025, 1, 20),
        date(2025, 7, 20),
        "Eva",
        "together",
        signed=True,
        co_authors="ACT-team",
        reason=N_("After the second overdose: entering when he does not answer."),
        yellow=_A3_SIGNS,
        red=_A3_RED,
        avoid=N_("standing in the door, talking over his head, police"),
        meet_me=N_("calm voice, one person"),
        trust="Marit",
        wishes=N_("sister is told (consent: yes) · not medicine X"),
        arrange=N_("the cat to A4"),
        afterwards=_TALK_WITHIN,
    ),
    PlanText(
        "A3",
        date(2025, 5, 12),
        date(2025, 11, 12),
        "Eva",
        "together",
        signed=True,
        co_authors="ACT-team",
        reason=_YEARLY,
        yellow=_A3_SIGNS,
        red=_A3_RED,
        avoid=N_("standing in the door, talking over me, threats of police"),
        meet_me=N_("calm voice, one person, sit down"),
        trust="Marit, Jonas",
        wishes=N_("sister is told (consent: yes) · not medicine X"),
        arrange=N_("the cat to A4"),
        afterwards=_TALK_WITHIN,
    ),
    PlanText(
        "A4",
        date(2025, 8, 26),
        date(2026, 2, 26),
        "Eva",
        "together",
        signed=True,
        co_authors="DPS",
        reason=_YEARLY,
        yellow=(
            (N_("no smell of food from his kitchen"), N_("ask if he will cook with you")),
            (N_("turns the clock, up all night"), N_("walk by day, no coffee after 15")),
        ),
        red=((N_("spends all his money, sleeps 2 h"), N_("ring DPS by day, 116 117 at night")),),
        avoid=N_("long talks at night, deciding for him"),
        meet_me=N_("say it straight, ask what I need"),
        trust="Lise, Ingrid",
        wishes=N_("own admission: bed agreed at DPS, rings himself"),
        arrange=N_("empty the fridge · water the plants"),
        afterwards=_TALK_WITHIN,
    ),
    PlanText(
        "A5",
        None,
        None,
        "Jonas",
        "partly",
        signed=False,
        co_authors="",
        reason=N_("First plan, begun with him."),
        yellow=((N_("stops answering the phone"), N_("go to the door, say why you come")),),
        red=((N_("packs his bag, does not say where"), N_("ask about using alone, naloxone")),),
        avoid=N_("standing between me and the door"),
        meet_me=N_("say what you mean"),
        trust="Jonas",
        wishes="",
        arrange="",
        afterwards=_TALK_WITHIN,
    ),
    PlanText(
        "A6",
        date(2025, 10, 27),
        date(2026, 4, 27),
        "Eva",
        "together",
        signed=True,
        co_authors="ACT-team",
        reason=N_("With the ACT team: new signs after the autumn."),
        yellow=(
            (N_("the guitar stands untouched"), N_("sit in the yard with him, no questions")),
            (N_("answers the voices aloud"), N_("ask what they say, radio on")),
            (N_("covers the window"), N_("tell the pair, look in each shift")),
        ),
        red=(
            (N_("says they order him to do something"), N_("ask what and to whom, ring ACT")),
            (N_("has the knife out"), N_("do not enter, 112, gather the others")),
        ),
        avoid=N_("knocking hard, arguing about the voices"),
        meet_me=N_("outdoors, side by side, short sentences"),
        trust="Anders, Jonas",
        wishes=N_("ACT before the ward · mother is told (consent: yes)"),
        arrange=N_("the guitar to the base"),
        afterwards=_TALK_WITHIN,
    ),
    PlanText(
        "B1",
        date(2025, 9, 30),
        date(2026, 3, 30),
        "Eva",
        "together",
        signed=True,
        co_authors="DPS",
        reason=_YEARLY,
        yellow=(
            (N_("food stands outside untouched"), N_("eat with him, small plate, every day")),
            (N_("no light for two evenings"), N_("knock, say your name, come back in 1 h")),
        ),
        red=(
            (N_("does not drink, dizzy when he stands"), N_("116 117, stay, small sips")),
            (N_("writes farewell on his phone"), N_("ask about suicide, stay, ring team")),
        ),
        avoid=N_("talking about weight, coming many at a time"),
        meet_me=N_("short visit, quiet, I need not answer"),
        trust="Camilla, Marit",
        wishes=N_("parents are not told (consent: no)"),
        arrange=N_("charge the phone · the key to the base"),
        afterwards=_TALK_WITHIN,
    ),
    PlanText(
        "B2",
        date(2025, 7, 15),
        date(2026, 1, 15),
        "Eva",
        "partly",
        signed=True,
        co_authors="",
        reason=_YEARLY,
        yellow=(
            (N_("asks the day again and again"), N_("write on the board, measure sugar")),
            (N_("cross, sweaty, hands shake"), N_("juice from the fridge, wait 10 min")),
        ),
        red=(
            (N_("drowsy, does not swallow"), N_("113, on his side, nothing in the mouth")),
            (N_("has gone out without a coat"), N_("search in two, 112 after 20 min")),
        ),
        avoid=N_("correcting him, many questions at once"),
        meet_me=N_("say your name each time, speak slowly"),
        trust="Geir, Silje",
        wishes=N_("guardian is told (consent: yes) · own doctor first"),
        arrange=N_("the stove guard on · insulin list to 113"),
        afterwards=_TALK_WITHIN,
    ),
    PlanText(
        "B3",
        date(2025, 12, 1),
        date(2026, 6, 1),
        "Eva",
        "staff",
        signed=False,
        co_authors="",
        reason=N_("The staff's plan: he did not want to make one now."),
        yellow=(
            (N_("cancels the children's visit"), N_("ask why, offer help to ring them")),
            (N_("comes home late, avoids the base"), N_("breakfast together next morning")),
        ),
        red=((N_("drunk or high, children here"), N_("children to base, ring mother")),),
        avoid=N_("talking about it in front of the children"),
        meet_me=N_("man to man, over a job with the hands"),
        trust="Magnus",
        wishes=N_("not known: ask when he is well"),
        arrange=N_("the children's things stand in the cupboard at the base"),
        afterwards=_TALK_WITHIN,
    ),
)

A3_REVISED = PlanText(
    "A3",
    date(2026, 1, 13),
    date(2026, 7, 13),
    "Eva",
    "together",
    signed=True,
    co_authors="ACT-team",
    reason=N_("After the overdose on 9 January: what he wants done next time."),
    yellow=(*_A3_SIGNS, (N_("says he will “just rest”"), N_("ask what he took, look in each h"))),
    red=_A3_RED,
    avoid=N_("standing in the door, talking over me, threats of police"),
    meet_me=N_("calm voice, one person, sit down"),
    trust="Marit, Jonas",
    wishes=N_("sister is told (consent: yes) · naloxone also by the bed"),
    arrange=N_("the cat to A4"),
    afterwards=_TALK_WITHIN,
)
"""The plan gone through with him after the night of the plot; published on its ninth day."""
