"""Settings fail at start, name the variable and say what it should hold."""

import datetime as dt

import pytest

from nachtlicht.clock import is_night, now
from nachtlicht.settings import BRUSSELS, Settings


def test_the_defaults_need_no_environment(tmp_path) -> None:
    settings = Settings.from_environment({"NACHTLICHT_VAR": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path}/nachtlicht.db"
    assert (settings.port, settings.curation_port, settings.redis_url, settings.rate) == (8080, 8081, None, 30.0)
    assert settings.rasa_url == "http://127.0.0.1:5005"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("NACHTLICHT_PORT", "tachtig"),
        ("NACHTLICHT_PORT", "70000"),
        ("NACHTLICHT_CURATION_PORT", "-1"),
        ("NACHTLICHT_RATE", "veel"),
        ("NACHTLICHT_RATE", "0"),
        ("NACHTLICHT_CLOCK", "drie uur 's nachts"),
        ("NACHTLICHT_REDIS_URL", "localhost:6379"),
    ],
)
def test_a_bad_value_names_its_variable(key: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{key}: .*expected"):
        Settings.from_environment({key: value})


def test_no_limit_and_a_fixed_clock() -> None:
    settings = Settings.from_environment({"NACHTLICHT_RATE": "off", "NACHTLICHT_CLOCK": "2026-11-23T03:10"})
    assert settings.rate is None
    assert now(settings) == dt.datetime(2026, 11, 23, 3, 10, tzinfo=BRUSSELS)


def test_the_real_clock_is_that_of_flanders() -> None:
    moment = now(Settings.from_environment({}))
    assert moment.tzinfo is BRUSSELS
    assert abs(moment - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=5)


@pytest.mark.parametrize(("hour", "night"), [(21, False), (22, True), (0, True), (6, True), (7, False), (12, False)])
def test_the_night_is_that_of_the_answers_guide(hour: int, night: bool) -> None:
    assert is_night(dt.datetime(2026, 11, 23, hour, 0, tzinfo=BRUSSELS)) is night
