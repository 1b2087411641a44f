"""Search through the service: each entry once, corrected or not, and nothing its reader may not see."""

from sqlmodel import select
from tests.conftest import moment

from staffbase.journal.entries import write_entry
from staffbase.journal.model import Kind
from staffbase.kernel.ledger import Ledger


def write(station, actor, text, resident_id=None, kind=Kind.EVERYDAY, **more):
    with station.database.write(actor, "note.write", subject=resident_id) as tx:
        return write_entry(tx, kind, text, house_id=station.house_id, resident_id=resident_id, **more).id


def found(station, actor, query, **how):
    return [item.entry_id for item in station.journal.search(actor, query, **how)]


def test_newest_first_with_the_words_marked(station, actors, flats):
    marit = actors["marit"]
    first = write(station, marit, "Kjøkkenkniven er låst inn.", flats["A1"])
    second = write(station, marit, "Fant en kniv.", flats["A2"])
    items = station.journal.search(marit, "KNIV")
    assert [item.entry_id for item in items] == [second, first]
    assert [item.text[start:end] for item in items for start, end in item.marks] == ["kniv", "kniv"]
    assert found(station, marit, "kniv låst") == [first]
    assert found(station, marit, "   ") == []


def test_each_entry_once_also_over_pages(station, actors, flats):
    marit = actors["marit"]
    ids = [write(station, marit, f"Taco nummer {number}", flats["A1"]) for number in range(6)]
    station.journal.correct_text(marit, ids[0], "Taco nummer null")
    station.journal.comment(marit, ids[2], "God taco")
    seen, before = [], None
    while page := station.journal.search(marit, "taco", before=before, limit=2):
        seen += [item.entry_id for item in page]
        before = page[-1].key
    assert seen == [ids[2], ids[0], ids[5], ids[4], ids[3], ids[1]]


def test_found_by_a_comment_and_by_the_words_before_a_correction(station, actors, flats):
    marit = actors["marit"]
    note = write(station, marit, "Spiste skiver.", flats["A1"])
    station.journal.correct_text(marit, note, "Spiste suppe.")
    station.journal.comment(actors["jonas"], note, "Og pannekaker.")
    for word in ("skiver", "suppe", "pannekaker"):
        assert found(station, marit, word) == [note]
    (item,) = station.journal.search(marit, "pannekaker")
    assert [(one.text[start:end]) for one in item.comments for start, end in one.marks] == ["pannekaker"]


def test_filters_look_at_where_it_stands_now(station, actors, flats):
    marit = actors["marit"]
    note = write(station, marit, "Vondt i hånden", flats["A1"], Kind.HEALTH, observed_from=moment(5, 9))
    station.journal.correct_time(marit, note, moment(5, 12))
    assert found(station, marit, "hånden", kinds=[Kind.HEALTH]) == [note]
    assert found(station, marit, "hånden", kinds=[Kind.EVERYDAY]) == []
    assert found(station, marit, "hånden", resident_id=flats["A2"]) == []
    assert found(station, marit, "hånden", since=moment(5, 11)) == [note]
    assert found(station, marit, "hånden", until=moment(5, 12)) == []


def test_moved_is_found_at_the_right_resident_only(station, actors, flats):
    marit, leader = actors["marit"], actors["ingrid"]
    note = write(station, marit, "Hemmelig historie", flats["A1"])
    station.journal.move_to_resident(marit, note, flats["A2"])
    assert found(station, marit, "hemmelig", resident_id=flats["A2"]) == [note]
    assert found(station, marit, "hemmelig", resident_id=flats["A1"]) == []
    assert found(station, leader, "hemmelig", resident_id=flats["A1"]) == [note]
    (item,) = station.journal.search(marit, "hemmelig")
    assert item.resident_id == flats["A2"]


def test_withdrawn_is_found_by_author_and_leader(station, actors, flats):
    note = write(station, actors["marit"], "Feil opplysning", flats["A1"])
    station.journal.withdraw(actors["marit"], note, "Misforståelse")
    assert found(station, actors["jonas"], "opplysning") == []
    assert found(station, actors["marit"], "opplysning") == [note]
    assert found(station, actors["ingrid"], "opplysning") == [note]


def test_a_withdrawn_comment_is_not_found_and_hides_nothing(station, actors, flats):
    note = write(station, actors["marit"], "Tur i skogen", flats["A1"])
    comment = station.journal.comment(actors["jonas"], note, "Skogen var fin")
    station.journal.correct_text(actors["jonas"], comment, "Skogen var våt")
    station.journal.withdraw(actors["jonas"], comment, "Feil")
    assert found(station, actors["eva"], "skogen våt") == []
    assert found(station, actors["eva"], "skogen") == [note]


def test_a_search_with_hits_is_logged_without_the_words(station, actors, flats):
    write(station, actors["marit"], "Rolig kveld", flats["A1"])

    def logged():
        with station.database.read() as tx:
            return tx.all(select(Ledger).where(Ledger.action == "search"))

    station.journal.search(actors["jonas"], "finnes ikke")
    assert logged() == []
    station.journal.search(actors["jonas"], "rolig", resident_id=flats["A1"])
    (row,) = logged()
    assert (row.actor_id, row.subject_id) == (actors["jonas"].person_id, flats["A1"])
    assert "rolig" not in str(row.model_dump()).casefold()
