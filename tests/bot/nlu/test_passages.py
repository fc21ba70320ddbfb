"""A message cut into passages."""

import pytest

from bot.nlu.passages import MAX_CHARACTERS, bounded, split_clauses, split_passages


def test_one_sentence_is_one_passage() -> None:
    assert split_passages("we hebben ruzie") == ["we hebben ruzie"]


def test_several_sentences_follow_the_whole() -> None:
    text = "We hebben ruzie. Hij zwijgt! En nu?"
    assert split_passages(text) == [text, "We hebben ruzie.", "Hij zwijgt!", "En nu?"]


def test_dictation_without_full_stops_is_cut_in_windows_that_overlap() -> None:
    words = [f"w{index}" for index in range(40)]
    passages = split_passages(" ".join(words))
    assert all(len(passage.split()) <= 22 for passage in passages[1:])
    assert {word for passage in passages[1:] for word in passage.split()} == set(words)
    assert passages[1].split()[-6:] == passages[2].split()[:6]


@pytest.mark.parametrize("text", ["", " ", "\n\n", "😢"], ids=["empty", "space", "lines", "emoji"])
def test_there_is_always_a_passage(text) -> None:
    assert split_passages(text) == [text]


def test_a_long_text_is_read_at_both_ends() -> None:
    text = "begin " + "x" * 10_000 + " einde"
    assert len(bounded(text)) <= MAX_CHARACTERS + 1
    assert bounded(text).startswith("begin")
    assert bounded(text).endswith("einde")


def test_a_thousand_sentences_stay_within_bounds() -> None:
    assert len(split_passages("ja. " * 1_000)) <= 25


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("we praten niet meer en hij drinkt elke avond", ["we praten niet meer", "hij drinkt elke avond"]),
        ("ik ben 16, en mijn lief slaat mij", ["ik ben 16", "mijn lief slaat mij"]),
        ("hij drinkt te veel omdat we altijd ruzie maken", ["hij drinkt te veel", "we altijd ruzie maken"]),
        ("ja en nee", []),
        ("we hebben altijd ruzie", []),
        ("een twee drie, " * 5 + "vier vijf zes", []),
        ("", []),
    ],
)
def test_clauses(text: str, clauses: list[str]) -> None:
    assert split_clauses(text) == clauses
