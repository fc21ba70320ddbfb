from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nachtlicht.cli import main
from referral_db.areas import PLACES
from referral_db.places_table import PlacesError, build, differences

RESEARCH = Path(__file__).parents[3] / "shared/research"
HEADING = "postal_code,place,municipality,nis,province,lat,lon,kind\n"
GENT = "9000,Gent,Gent,44021,Oost-Vlaanderen,51.05,3.72,gemeente\n"
GENTBRUGGE = "9050,Gentbrugge,Gent,44021,Oost-Vlaanderen,51.03,3.76,deelgemeente\n"
CAWS = "municipality_to_caw:\n- {nis: '44021', caw: caw-oost-vlaanderen}\n"


@pytest.mark.skipif(not RESEARCH.exists(), reason="the sources are not beside this checkout")
def test_the_table_of_the_product_is_what_its_sources_give() -> None:
    sources = ("postcodes_vlaanderen_brussel.csv", "caw_regions.yaml")
    assert build(*((RESEARCH / name).read_text("utf-8") for name in sources)) == PLACES.read_text("utf-8")


def test_each_place_gets_the_caw_of_its_municipality() -> None:
    assert build(HEADING + GENT + GENTBRUGGE, CAWS).splitlines() == [
        HEADING.strip() + ",caw",
        GENT.strip() + ",caw-oost-vlaanderen",
        GENTBRUGGE.strip() + ",caw-oost-vlaanderen",
    ]


@pytest.mark.parametrize(
    ("postal_codes", "caws", "reason"),
    [
        pytest.param("", CAWS, "geen rijen of geen kolom", id="empty"),
        pytest.param("postal_code,place\n9000,Gent\n", CAWS, "geen kolom municipality, nis", id="columns"),
        pytest.param(HEADING + GENT, "{", "geen lijst municipality_to_caw", id="no YAML"),
        pytest.param(HEADING + GENT, "[]", "geen lijst municipality_to_caw", id="another YAML"),
        pytest.param(HEADING + GENT, "municipality_to_caw: []", "rij 2: Gent (NIS 44021) heeft geen CAW", id="no CAW"),
        pytest.param(HEADING + GENT.replace("9000", "900"), CAWS, "'900' is geen postcode", id="postal code"),
        pytest.param(HEADING + GENT.replace("51.05", "3.72"), CAWS, "lat '3.72' ligt niet in België", id="swapped"),
        pytest.param(HEADING + GENT.replace("51.05", ""), CAWS, "lat '' ligt niet in België", id="no coordinates"),
        pytest.param(HEADING + GENT.replace("Oost", "Zuid"), CAWS, "is geen provincie", id="province"),
        pytest.param(HEADING + GENT.replace(",gemeente", ",stad"), CAWS, "is niet een van", id="kind"),
        pytest.param(HEADING + GENT + GENT, CAWS, "9000 Gent staat er 2 keer", id="twice"),
        pytest.param(
            HEADING + GENT + GENTBRUGGE.replace("Gent,44021", "Aalst,44021"),
            CAWS,
            "meer gemeenten",
            id="one NIS, two names",
        ),
        pytest.param(HEADING + GENT, CAWS + "- {nis: '1', caw: x}\n", "NIS 1 is geen gemeente", id="CAW of nowhere"),
    ],
)
def test_what_is_wrong_with_the_sources_is_named(postal_codes: str, caws: str, reason: str) -> None:
    with pytest.raises(PlacesError) as error:
        build(postal_codes, caws)
    assert reason in str(error.value)


def test_what_changes_is_said_by_place() -> None:
    before, after = build(HEADING + GENT, CAWS), build(HEADING + GENT.replace("51.05", "51.06") + GENTBRUGGE, CAWS)
    assert list(differences(before, after)) == [
        "gewijzigd  9000 Gent: lat: 51.05 → 51.06",
        "nieuw  9050 Gentbrugge (Gent)",
    ]
    assert list(differences(after, before))[1] == "weg  9050 Gentbrugge"
    assert list(differences(after, after)) == []


def test_the_command_writes_all_or_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    codes, caws, out = (tmp_path / name for name in ("codes.csv", "caws.yml", "places.csv"))
    codes.write_text(HEADING + GENT, "utf-8")
    caws.write_text(CAWS, "utf-8")
    command: list[Any] = ["db", "places", str(codes), str(caws), "--output", str(out)]
    assert main([*command, "--dry-run"]) == 0
    assert "Niets bewaard" in capsys.readouterr().out
    assert not out.exists()
    assert main(command) == 0
    assert out.read_text("utf-8") == build(HEADING + GENT, CAWS)
    codes.write_text(HEADING + GENT + GENT, "utf-8")
    assert main(command) == 1
    assert "staat er 2 keer" in capsys.readouterr().err
    assert out.read_text("utf-8") == build(HEADING + GENT, CAWS)
    assert main(["db", "places", str(tmp_path / "geen.csv"), str(caws)]) == 2
    assert "geen.csv" in capsys.readouterr().err
