"""A municipality's lists taken into a real house: all or nothing, one-time PINs, everything on the timelines."""

from pathlib import Path

import pytest

from staffbase.exchange.import_service import Imports
from staffbase.exchange.rules import Faulty
from staffbase.kernel.access import STATION_ITSELF, Actor
from staffbase.kernel.errors import Invalid, NotAllowed
from staffbase.residents.model import RoundForm, WarningKind
from staffbase.station import Station

TWELVE = """type;bolig;navn;født;innflyttet;tilsyn;allergi;fare;primærkontakt;telefon;rolle
bolig;B2;;;;;;;;;
bolig;B3;;;;;;;;;
bolig;B4;;;;;;;;;
bolig;B5;;;;;;;;;
beboer;B2;Åse B.;1979;01.03.2021;bank og stemme;penicillin;;Hanne;00 00 00 71;
beboer;B3;Bjørn Æ.;12.05.1968;{date};åpen dør;;kniv på kjøkkenet;Marit;;
beboer;B4;Øystein P.;1990;15.11.2024;;;;;;
beboer;B5;Kåre L.;1985;24.12.2025;ingen;;;;;
ansatt;;Hanne;;;;;;;00 00 00 72;sykepleier
ansatt;;Per;;;;;;;;vikar
ansatt;;Liv;;;;;;;;nattevakt
ansatt;;Kåre;;;;;;;;vaktmester
"""


@pytest.fixture
def imports(station: Station) -> Imports:
    return Imports(station.database, station.house_id)


def written(folder: Path, text: str, encoding: str = "cp1252") -> Path:
    file = folder / "liste.csv"
    file.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    return file


def test_one_wrong_date_refuses_all_and_mended_all_are_in(
    imports: Imports, station: Station, actors: dict[str, Actor], tmp_path: Path
) -> None:
    with pytest.raises(Faulty) as refused:
        imports.import_file(actors["leader"], written(tmp_path, TWELVE.format(date="31.02.2020")))
    assert str(refused.value) == "Row 7, column “innflyttet”: “31.02.2020” is no date; write dd.mm.yyyy."
    assert len(station.residents.units(actors["leader"])) == 3
    assert "Hanne" not in station.people.names(actors["leader"]).values()

    result = imports.import_file(actors["leader"], written(tmp_path, TWELVE.format(date="28.02.2020")))
    assert (result.units, result.residents, result.staff) == (4, 4, 4)
    doors = {door.code: door.resident for door in station.residents.doors(actors["leader"])}
    assert list(doors) == ["A1", "A2", "B1", "B2", "B3", "B4", "B5"]
    asked = doors["B2"]
    assert asked is not None
    assert (asked.alias, asked.birth_year, asked.primary_contact) == ("Åse B.", 1979, "Hanne")
    assert asked.agreement is not None
    assert asked.agreement.form is RoundForm.KNOCK
    assert [(warning.kind, warning.line) for warning in asked.warnings] == [(WarningKind.ALLERGY, "penicillin")]
    assert [contact.phone for contact in asked.contacts] == ["00 00 00 71"]
    told = result.in_words()
    assert all(f"{one.pin}  {one.name}" in told for one in result.pins)


def test_imported_staff_sign_in_once_with_their_pin_and_must_change_it(
    imports: Imports, station: Station, actors: dict[str, Actor], tmp_path: Path
) -> None:
    result = imports.import_file(actors["leader"], written(tmp_path, "navn;rolle\nHanne;sykepleier\n"))
    names = {name: key for key, name in station.people.names(actors["leader"]).items()}
    signed = station.people.sign_in(STATION_ITSELF, names["Hanne"], result.pins[0].pin)
    assert signed.must_change_pin


def test_a_dry_run_saves_nothing(imports: Imports, station: Station, actors: dict[str, Actor], tmp_path: Path) -> None:
    file = written(tmp_path, TWELVE.format(date="28.02.2020"))
    result = imports.import_file(actors["leader"], file, dry_run=True)
    assert (result.residents, result.pins) == (4, ())
    assert result.in_words() == ("It would add: 4 units, 4 residents, 4 persons on the staff. Nothing was saved.")
    assert len(station.residents.units(actors["leader"])) == 3


def test_what_the_house_knows_is_a_fault_too(imports: Imports, actors: dict[str, Actor], tmp_path: Path) -> None:
    file = written(tmp_path, "bolig;navn;født;primærkontakt\nA1;Ny;1980;\nX9;Ny to;2099;\nX9;beboer a2;1980;Ola\n")
    with pytest.raises(Faulty) as refused:
        imports.import_file(actors["leader"], file)
    assert {(fault.row, fault.heading) for fault in refused.value.faults} == {
        (2, "bolig"), (3, "bolig"), (3, "født"), (4, "bolig"), (4, "navn"), (4, "primærkontakt"),
    }  # fmt: skip


def test_only_a_leader_imports(imports: Imports, actors: dict[str, Actor], tmp_path: Path) -> None:
    file = written(tmp_path, "navn;rolle\nHanne;sykepleier\n")
    for role in ("staff", "clinical_lead", "auditor"):
        with pytest.raises(NotAllowed):
            imports.import_file(actors[role], file)


def test_a_missing_file_is_one_sentence(imports: Imports, actors: dict[str, Actor], tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="cannot be read"):
        imports.import_file(actors["leader"], tmp_path / "none.csv")
