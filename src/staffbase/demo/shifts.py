"""Who is on which shift of the demo, and the everyday notes such shifts leave."""

import re
from datetime import date, datetime, time, timedelta
from random import Random

from staffbase.demo.acts import Said
from staffbase.kernel.clock import OSLO
from staffbase.kernel.i18n import N_

_SHARE = 0.42
"""How many residents get an everyday note in a shift: about half; calm ones need no text."""
_SHARE_BEFORE = 0.2
"""The same for the days before the plot."""
_GONE = (("A3", date(2026, 1, 9), date(2026, 1, 10)), ("B3", date(2026, 1, 3), date(2026, 1, 4)))

ROTA: dict[date, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    date(2026, 1, 2): (("Silje", "Anders"), ("Tone", "Geir"), "Vibeke"),
    date(2026, 1, 3): (("Lise", "Magnus"), ("Camilla", "Geir"), "Vibeke"),
    date(2026, 1, 4): (("Lise", "Magnus"), ("Camilla", "Tone"), "Terje"),
    date(2026, 1, 5): (("Silje", "Anders"), ("Marit", "Jonas"), "Samira"),
    date(2026, 1, 6): (("Tone", "Anders"), ("Marit", "Geir"), "Samira"),
    date(2026, 1, 7): (("Tone", "Lise"), ("Jonas", "Geir"), "Terje"),
    date(2026, 1, 8): (("Silje", "Anders"), ("Jonas", "Nora"), "Samira"),
    date(2026, 1, 9): (("Silje", "Anders"), ("Marit", "Jonas"), "Vibeke"),
    date(2026, 1, 10): (("Lise", "Magnus"), ("Marit", "Camilla"), "Vibeke"),
    date(2026, 1, 11): (("Lise", "Magnus"), ("Camilla", "Fatima"), "Terje"),
    date(2026, 1, 12): (("Silje", "Tone"), ("Marit", "Geir"), "Samira"),
    date(2026, 1, 13): (("Silje", "Anders"), ("Jonas", "Camilla"), "Samira"),
    date(2026, 1, 14): (("Tone", "Anders"), ("Jonas", "Geir"), "Terje"),
    date(2026, 1, 15): (("Tone", "Lise"), ("Marit", "Emil"), "Vibeke"),
    date(2026, 1, 16): (("Silje", "Lise"), ("Camilla", "Jonas"), "Samira"),
    date(2026, 1, 17): (("Magnus", "Nora"), ("Geir", "Camilla"), "Terje"),
    date(2026, 1, 18): (("Magnus", "Lise"), ("Geir", "Tone"), "Samira"),
}
"""Day pair, evening pair and night watch of each date; the night belongs to the date of its evening."""

FIRST_PLAYED = date(2026, 1, 4)
"""From the night of this day duties, rounds and reports are played; of what was before only notes are kept, the rest
would cost start time."""

SICK = (date(2026, 1, 13), "Camilla", "Emil")
"""On this evening the first is sick; the second comes forty minutes late."""

LOOKED_IN = {
    "asleep": N_("Breathing evenly."),
    "awake": N_("Light on, said hello."),
    "heard": N_("Radio on, answered through the door."),
    "away": N_("Dark, said at the base that he would be out."),
}
"""What the night watch adds to one check in ten."""

DAYTIME: dict[str, tuple[str, ...]] = {
    "A1": (
        N_("Coffee at the base at 10. Asked for the drill in the yard to be announced. Wrote it on the board."),
        N_("Slept until 11. Went along to the shop, carried the bags, came straight home."),
        N_("Says the wall is quiet today. Showered, ate two slices with us."),
    ),
    "A2": (
        N_("Short of breath on the stairs, saturation 91. Used the oxygen while we talked."),
        N_("Breakfast together. Sister rang; he was pleased and told it twice."),
        N_("Tidied the kitchen with help. Two bottles out, none full. Good tone."),
    ),
    "A3": (
        N_("Slept until 11. Agreed on a shower and the letter to the benefits office. Ate two slices."),
        N_("Helped in the kitchen with the bread. Fed the cat. Few words, but came by himself."),
        N_("At the clinic for clean equipment with Jonas. Took two naloxone sprays."),
    ),
    "A4": (
        N_("Planned the Sunday dinner, wrote the list himself. Wants to buy fish at the quay."),
        N_("Paid his bills at the base PC by himself. Asked us to look over one letter."),
    ),
    "A5": (
        N_("Up at 9, paced a little. Talked about the probation office, wants company next time."),
        N_("Put up a shelf with Odd. Borrowed the drill, brought it back."),
        N_("Did not want a visit today. Said so kindly at the door."),
    ),
    "A6": (
        N_("Played in the yard for half an hour. The voices are there, “but at the back”."),
        N_("ACT visited at 12, talked alone with him. Medicine as before."),
        N_("Curtain half down. Opened when he saw who it was. Ate soup."),
    ),
    "B1": (
        N_("Ten minutes with a small plate. Ate half the omelette. Showed a picture on his phone."),
        N_("Dark at 12. Answered through the door, took the food in after we had left."),
        N_("Came to the window and waved. Wanted nothing, but asked who is on tonight."),
    ),
    "B2": (
        N_("Blood sugar 9.4 before breakfast. Had forgotten the appointment; written on the board again."),
        N_("Home nurse at 08. Walked round the house with him, twice. Found his own door."),
    ),
    "B3": (
        N_("Tidied the common room without being asked. Talked about the children's visit on Sunday."),
        N_("Out early, back at 13. Glad for the work with the gravel."),
    ),
    "B4": (
        N_("Slept three hours, radio on. Wants to have the bed by the other wall; moved it with him."),
        N_("Went along to the pharmacy for LAR. Tired, but thinks it goes well."),
    ),
}
"""By unit: what a day shift writes."""

EVENINGS: dict[str, tuple[str, ...]] = {
    "A1": (
        N_("Quiet. Headphones on from 20. Said good night at the base."),
        N_("Irritable when the bins were emptied, settled after a cup of tea. Put down his own number, 1."),
    ),
    "A2": (
        N_("Has been drinking since 17, steady on his feet. Walker by the door, oxygen hose clear."),
        N_("Watched the news with us. Coughs less than yesterday."),
    ),
    "A3": (
        N_("Quiet. Made tacos with four others. High at 20, good tone."),
        N_("Talk over the dishes: sleeps badly, thinks of his mother. Wants to go to the grave in spring."),
        N_("In his flat with the cat. Answered short, took the coffee."),
    ),
    "A4": (
        N_("Cooked for six: fish soup. Others washed up."),
        N_("Card game in the common room until 21."),
    ),
    "A5": (
        N_("Came to the meal for the first time, sat by the door. Stayed twenty minutes."),
        N_("Visitor from 19 to 21, calm. High afterwards, told us so himself."),
    ),
    "A6": (
        N_("Light and guitar until 21. Seen from the yard, nodded."),
        N_("Talked back to the voices at 18. Radio on, better at 19."),
    ),
    "B1": (
        N_("Knocked at 19: said he was fine. At 20 he opened, ate a slice."),
        N_("Light on, games sounds. Did not open, answered by message."),
    ),
    "B2": (
        N_("Home nurse at 20, insulin given. Then the crossword with Geir."),
        N_("Asked the day several times. Went to bed at 21."),
    ),
    "B3": (
        N_("Rang the children from the base. Cheerful afterwards, asked for the drawing paper."),
        N_("Home late. Said no to food, good tone."),
    ),
    "B4": (
        N_("Sat at the base until 21, found it hard to go home alone. Radio on, we look in."),
        N_("Ate with the others. Asked who comes in the night; told him Samira's name."),
    ),
}
"""By unit: what an evening shift writes."""

MEALS = (
    N_("Shared meal: %(count)d came, good mood, all helped clear the table."),
    N_("Shared meal: %(count)d came. Short of plates, written on the list."),
)
"""About the house; the number is counted, no names."""


_HOURS = re.compile(r"\b(?:at|until|from|since|to) (\d{1,2})\b", re.IGNORECASE)
"""Hours in the texts above, as they stand in the source: in figures, of twenty-four, so that they are found."""


def everyday(day: date) -> list[Said]:
    """The everyday notes of a date's day and evening shift, the same at every playing."""
    chance = Random(f"everyday {day}")  # noqa: S311  (the same house every time)
    days, evenings, _night = ROTA[day]
    notes = []
    for number, unit in enumerate(sorted(DAYTIME)):
        if not _lives_here(unit, day):
            continue
        for pool, who, first, minutes in ((DAYTIME, days, time(10, 5), 250), (EVENINGS, evenings, time(18, 0), 195)):
            if chance.random() > (_SHARE if day >= date(2026, 1, 5) else _SHARE_BEFORE):
                continue
            moment = datetime.combine(day, first, OSLO) + timedelta(minutes=chance.randrange(minutes))
            text = pool[unit][(day.toordinal() + number) % len(pool[unit])]
            notes.append(Said(max(moment, _happened_by(text, day)), chance.choice(who), unit, text))
    if day.day % 2 == 0 and day.day != 18:  # noqa: PLR2004  (the plot tells of the others)
        moment = datetime.combine(day, time(17, 30), OSLO) + timedelta(minutes=chance.randrange(40))
        notes.append(Said(moment, evenings[0], None, MEALS[day.day // 2 % 2], count=chance.randrange(4, 8)))
    return notes


def _happened_by(text: str, day: date) -> datetime:
    """Some minutes after the last hour that a note names: it is written when it has happened."""
    hours = [int(hour) for hour in _HOURS.findall(text)]
    return datetime.combine(day, time(max(hours, default=0)), OSLO) + timedelta(minutes=3 + len(text) % 20)


def _lives_here(unit: str, day: date) -> bool:
    """Nobody writes everyday notes on somebody who is away."""
    return (unit != "B4" or day > date(2026, 1, 8)) and not any(
        unit == gone and first <= day <= last for gone, first, last in _GONE
    )
