"""What happens in the invented house from 2 to 18 January 2026, day by day, apart from the everyday notes and the rounds."""

from datetime import date, datetime

from staffbase.demo.acts import (
    Act,
    CardOpened,
    EmergencyReviewed,
    EmergencyTaken,
    Kept,
    MovedIn,
    PlanDrafted,
    PlanPublished,
    Promised,
    Said,
    Went,
)
from staffbase.journal.model import Importance, Kind
from staffbase.kernel.clock import OSLO
from staffbase.kernel.i18n import N_
from staffbase.residents.model import Presence


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of January 2026 on the house's wall clock."""
    return datetime(2026, 1, day, hour, minute, tzinfo=OSLO)


_HANDOVER = Importance.HANDOVER
_URGENT = Importance.URGENT

LETTER = N_("Letter to the benefits office: fill in with him, send by Friday")
REVIEW = N_("Crisis plan: the review was due on 12 November; find a time with him and ACT")
PLATES = N_("Buy plates for the common room")
AGREE_B4 = N_("Crisis plan: begin the first one with him and the ward")
LAMP = N_("Lamp over the door of B2 is dark: report to the property department")
DEBRIEF = N_("Talk about the night with him within 72 hours")
WEIGH = N_("Meal plan: weigh on Fridays, small plate twice a day, ask the GP for nutrition drinks")
FIND_ROY = N_("Did not meet twice: go to his door, agree on where and when he wants to meet")

ACTS: tuple[Act, ...] = (
    # before the plot
    Promised(at(2, 13, 5), "Silje", "A3", REVIEW, "Eva", at(16, 12)),
    Promised(at(2, 13, 20), "Anders", "A3", LETTER, "Marit", at(9, 15)),
    Said(
        at(3, 11, 40),
        "Lise",
        "B2",
        N_("Home nurse says the sugar has been high since Christmas; a new list comes on Monday."),
        Kind.HEALTH,
        _HANDOVER,
        epj=True,
    ),
    Went(
        at(3, 17, 15),
        "Camilla",
        "B3",
        Presence.AWAY,
        N_("With his brother until Sunday evening, has his phone."),
        at(4, 20),
    ),
    Said(at(4, 12, 30), "Magnus", None, N_("Lamp over the door of B2 is dark.")),
    Promised(at(4, 12, 31), "Magnus", "B2", LAMP, "Odd", at(9, 12)),
    Went(at(4, 19, 45), "Tone", "B3", Presence.HOME, N_("Home again, cheerful.")),
    # d1, a calm day
    Said(
        at(5, 10, 20),
        "Eva",
        "A3",
        N_("Plan review: asked him at the door, he will think about who should be there. I ring ACT."),
        Kind.CONVERSATION,
        _HANDOVER,
    ),
    Said(
        at(5, 13, 10),
        "Silje",
        "A1",
        N_("Was up most of the night. Says the neighbour's bass comes through the wall. Number today: 1."),
        Kind.HEALTH,
    ),
    Said(at(5, 16, 40), "Jonas", None, N_("Shared meal: 6 came, tacos. Kitchen tidied afterwards.")),
    Promised(at(5, 16, 45), "Jonas", None, PLATES, "Jonas", at(8, 18)),
    Said(
        at(5, 20, 15),
        "Marit",
        "A3",
        N_("Quiet. Made tacos with four others. High at 20, good tone. Has two sprays at home."),
        importance=_HANDOVER,
    ),
    Said(
        at(5, 20, 50),
        "Jonas",
        "A5",
        N_("Came to the meal, sat by the door. Wants company to the probation office on Thursday at 10."),
        Kind.AGREEMENT,
    ),
    # d2
    Said(
        at(6, 13, 25),
        "Tone",
        "A1",
        N_("Loud in the flat from 12, shouted at the wall. Came down after a walk. Number 2 of 6; usual for him is 0."),
        Kind.HEALTH,
        _HANDOVER,
        30,
        epj=True,
    ),
    Said(
        at(6, 15, 10),
        "Geir",
        "A1",
        N_("Agreed: quiet room from 20, we look in each hour, go two."),
        Kind.AGREEMENT,
        _HANDOVER,
    ),
    Said(
        at(6, 21, 5), "Marit", "A1", N_("Sat in the quiet room from 20 to 21, went home calm. Number 1."), Kind.HEALTH
    ),
    # d3
    Said(
        at(7, 16, 20),
        "Jonas",
        None,
        N_(
            "Neighbour in number 9 rang about noise in the yard yesterday. Thanked him, told whom he can ring, asked him in for coffee."
        ),
        Kind.SERVICES,
        _HANDOVER,
        20,
    ),
    Kept(at(7, 18, 30), "Jonas", PLATES),
    Kept(at(7, 13, 15), "Tone", LAMP),
    # d4
    MovedIn(at(8, 12, 5), "Eva"),
    Said(
        at(8, 12, 40),
        "Anders",
        "B4",
        N_(
            "Moved in at 12 with two bags and the radio. Shown round; has received the information letter and signed for it. Tired, friendly."
        ),
        Kind.EVERYDAY,
        _HANDOVER,
        20,
        epj=True,
    ),
    Promised(at(8, 12, 50), "Eva", "B4", AGREE_B4, "Eva", at(15, 15)),
    Said(
        at(8, 15, 20),
        "Silje",
        "A5",
        N_("Did not come to the probation office. Said at the door that he had slept badly."),
        Kind.SERVICES,
    ),
    Said(
        at(8, 20, 10),
        "Jonas",
        "A3",
        N_("Draws the curtains, answers short. Coffee at the door, wanted to be alone. Has slept most of the day."),
        Kind.OBSERVATION,
        _HANDOVER,
    ),
    EmergencyTaken(
        at(8, 20, 25),
        "Nora",
        "A3",
        N_("He answers short and draws the curtains. I do not know him: has this come before a bad night?"),
    ),
    # d5: the night stands in shifts and play
    Said(
        at(9, 9, 10),
        "Silje",
        "A3",
        N_("The ward rang: awake, breathing 14 a minute, stays until tomorrow. Will ring his sister himself."),
        Kind.SERVICES,
        _HANDOVER,
        10,
        epj=True,
    ),
    Promised(at(9, 9, 20), "Silje", "A3", DEBRIEF, "Marit", at(12, 4, 10)),
    Said(at(9, 10, 5), "Anders", "A4", N_("Has the cat from A3, all is well with it.")),
    Kept(at(9, 13, 40), "Anders", LETTER),
    # d6
    Went(at(10, 13, 30), "Lise", "A3", Presence.HOME, N_("Home with taxi. Tired, hungry. The cat is back.")),
    Said(
        at(10, 17, 20),
        "Marit",
        "A3",
        N_(
            "Talk about the night, with Camilla. He had taken something new from a friend and was alone. Was glad we went in. Wants naloxone by the bed too, and that we ask what he has taken."
        ),
        Kind.CONVERSATION,
        _HANDOVER,
        40,
        epj=True,
    ),
    Kept(at(10, 17, 30), "Marit", DEBRIEF),
    PlanDrafted(at(10, 18, 10), "Marit"),
    # d7
    Said(
        at(11, 16, 10),
        "Lise",
        "B3",
        N_("The children visited from 12 to 16, pancakes in the common room. Proud and tired afterwards."),
        Kind.RELATIVES,
    ),
    # d8
    EmergencyReviewed(at(12, 9, 40), "Ingrid", N_("Right to look; the night showed why. Have said so to Nora.")),
    Said(
        at(12, 18, 40),
        "Geir",
        None,
        N_(
            "House meeting: 6 present, the neighbourhood police came for coffee. Decided: quiet in the yard after 22, gravel path by turns."
        ),
        Kind.EVERYDAY,
        _HANDOVER,
        30,
    ),
    # d9
    Said(
        at(13, 14, 35), "Silje", None, N_("Camilla is ill. Emil can come at 15:40; Ingrid knows."), importance=_URGENT
    ),
    PlanPublished(at(13, 13, 5), "Eva"),
    Said(
        at(13, 15, 45),
        "Jonas",
        None,
        N_("Alone on shift from 15 to 15:40. Stayed at the base, rounds by phone. Deviation to be written."),
        Kind.OBSERVATION,
        _HANDOVER,
    ),
    # d10
    Said(
        at(14, 5, 10),
        "Samira",
        None,
        N_("The station was down from 03:05 to 05:05. The round was walked on paper and entered afterwards."),
        Kind.OBSERVATION,
        _HANDOVER,
    ),
    # d11
    CardOpened(at(15, 12, 15), "Tone", "A6"),
    Said(
        at(15, 12, 30),
        "Tone",
        "A6",
        N_("Guitar untouched, answers the voices aloud, has covered the window. Number 4 of 6, usual is 1."),
        Kind.HEALTH,
        _URGENT,
        25,
        epj=True,
    ),
    Said(
        at(15, 12, 50),
        "Tone",
        "A6",
        N_(
            "Rang ACT: who, what now, background, how he is, what we ask for. They come at 15. Until then: two at the door, outdoors if he will, others told."
        ),
        Kind.SERVICES,
        _HANDOVER,
        10,
        epj=True,
    ),
    Said(
        at(15, 16, 10),
        "Marit",
        "A6",
        N_("ACT was here from 15 to 15:50. Measure kept this shift and the next: two, radio, no knocking. Number 3."),
        Kind.HEALTH,
        _HANDOVER,
    ),
    Said(
        at(16, 9, 30),
        "Silje",
        "A6",
        N_("Curtain up, ate breakfast outdoors. Number 1. Measure ends after this shift."),
        Kind.HEALTH,
        _HANDOVER,
    ),
    # d12
    Said(
        at(16, 11, 15),
        "Silje",
        "B1",
        N_("Weighed with him: 58 kg. Nutrition number 3, which means risk. He chose small plates himself."),
        Kind.HEALTH,
        _HANDOVER,
        15,
        epj=True,
    ),
    Promised(at(16, 11, 25), "Silje", "B1", WEIGH, "Camilla", at(23, 12)),
    # d13: the burst stands in shifts and play
    Said(
        at(17, 10, 0),
        "Nora",
        None,
        N_(
            "Asked Samira about the round that was entered at 05:58; she had walked it between 04:05 and 04:40 and been called away. She will say it to Eva too."
        ),
        Kind.OBSERVATION,
        _HANDOVER,
    ),
    # d14
    Said(
        at(18, 13, 0),
        "Lise",
        None,
        N_("House council: 5 present. Wishes: bench by the footpath, fishing trip in May."),
        Kind.EVERYDAY,
        _HANDOVER,
        30,
    ),
    Said(at(18, 16, 40), "Geir", None, N_("Shared meal: 7 came, fish from the quay.")),
    Said(
        at(18, 17, 5),
        "Tone",
        "A5",
        N_("Not at the appointment for the second time. Light on, did not open for us at 14."),
        Kind.SERVICES,
        _HANDOVER,
    ),
    Promised(at(18, 17, 10), "Tone", "A5", FIND_ROY, "Jonas", at(20, 12)),
)

PAPER_NIGHT = date(2026, 1, 13)
"""The second round of this night is walked on paper while the station is down, and entered at 05:05."""

BURST_NIGHT = date(2026, 1, 16)
"""The second round of this night is entered in one burst at 05:58."""

OVERDOSE_NIGHT = date(2026, 1, 8)
"""The second round of this night finds A3 at 04:10 without an answer."""
