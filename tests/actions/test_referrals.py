"""Showing where a person can go."""

import pytest

from actions.clarify import Clarify, StartOver
from actions.people import ShowPeople, ShowSilent
from actions.referrals import AskBudget, AskPlace, LookForHelp, OtherRegion, ShowMore, ShowReferrals
from tests.actions.conftest import Run, slots_of

KNOWN = {"need": "ontrouw", "place": "9000 Gent", "budget": "0"}


def cards(messages: list[dict]) -> list[dict]:
    return [card for message in messages for card in (message["custom"] or {}).get("cards", [])]


def follow_up(events: list[dict]) -> str | None:
    return next((event["name"] for event in events if event["event"] == "followup"), None)


def test_what_is_missing_is_asked(run: Run) -> None:
    _, events = run(LookForHelp(), "zoek_hulp", slots={"need": "ontrouw"})
    assert follow_up(events) == "referral_form"


def test_what_is_known_is_not_asked_again(run: Run) -> None:
    messages, events = run(LookForHelp(), "zoek_hulp", slots=KNOWN)
    assert follow_up(events) == "action_listen"
    assert 2 <= len(cards(messages)) <= 3


def test_a_place_that_does_not_exist_is_said_and_not_ignored(run: Run) -> None:
    messages, _ = run(LookForHelp(), "geef_plaats", slots={"need": "ontrouw"})
    assert "vind ik niet" in messages[0]["text"]


def test_dots_outside_the_form_are_no_unknown_place(run: Run) -> None:
    messages, events = run(LookForHelp(), "geef_plaats", confidence=0.5)
    assert "vind ik niet" not in messages[0]["text"]
    assert slots_of(events)["doubts"] == 1


def test_something_cheaper_under_cards_looks_for_what_is_free(run: Run) -> None:
    dear = {**KNOWN, "budget": "geen_grens", "shown": 3}
    messages, events = run(LookForHelp(), "geef_budget", slots=dear)
    assert slots_of(events)["budget"] == "0"
    assert cards(messages)[0]["price"]["own_share"] == 0
    assert "Goedkoper vind ik niet" in messages[-1]["text"]


def test_an_amount_that_was_said_is_kept(run: Run) -> None:
    said = [{"entity": "budget", "value": "15"}]
    _, events = run(LookForHelp(), "geef_budget", slots={**KNOWN, "budget": "15", "shown": 3}, entities=said)
    assert "budget" not in slots_of(events)


def test_the_other_need_is_offered_under_the_cards(run: Run) -> None:
    messages, _ = run(ShowReferrals(), "geef_budget", slots={**KNOWN, "other_need": "seksualiteit"})
    assert "/seksualiteit" in [button["payload"] for button in messages[-1]["buttons"]]


def test_an_ambiguous_name_gives_buttons_with_the_places(run: Run) -> None:
    messages, events = run(AskPlace(), "geef_plaats", slots={"place_options": ["9550 Herzele", "2242 Pulderbos"]})
    payloads = [button["payload"] for button in messages[0]["buttons"]]
    assert '/geef_plaats{"place": "9550 Herzele"}' in payloads
    assert "/liever_niet" in payloads
    assert slots_of(events)["place_options"] is None


def test_the_price_is_asked_in_ranges_and_may_be_refused(run: Run) -> None:
    messages, _ = run(AskBudget(), "geef_plaats")
    assert len(messages[0]["buttons"]) == 4
    assert "inkomen" not in messages[0]["text"]


def test_a_budget_of_nothing_shows_free_help_first(run: Run) -> None:
    messages, _ = run(ShowReferrals(), "geef_budget", slots=KNOWN)
    assert cards(messages)[0]["price"]["own_share"] == 0


def test_more_goes_on_where_the_last_cards_stopped(run: Run) -> None:
    first, events = run(ShowReferrals(), "geef_budget", slots=KNOWN)
    more, _ = run(ShowMore(), "meer_resultaten", slots={**KNOWN, "shown": slots_of(events)["shown"]})
    assert not {card["id"] for card in cards(first)} & {card["id"] for card in cards(more)}


def test_when_there_is_no_more_it_says_so_and_names_a_line_that_is_open(run: Run) -> None:
    messages, _ = run(ShowMore(), "meer_resultaten", slots={**KNOWN, "shown": 5000})
    assert cards(messages) == []
    assert "106" in messages[0]["text"]


def test_another_region_is_asked_unless_it_was_said(run: Run) -> None:
    _, events = run(OtherRegion(), "andere_regio", slots=KNOWN)
    assert follow_up(events) == "referral_form"
    assert slots_of(events)["place"] is None
    assert slots_of(events)["waiting_for"] is None
    named = [{"entity": "place", "value": "3000 Leuven"}]
    _, events = run(OtherRegion(), "andere_regio", slots=KNOWN, entities=named)
    assert follow_up(events) == "action_look_for_help"


def test_after_violence_no_card_is_work_for_two(run: Run) -> None:
    slots = {"need": "communicatie", "place": "9000 Gent", "budget": "geen_grens", "risk": "partnergeweld"}
    seen: list[dict] = []
    for shown in range(0, 60, 3):
        messages, _ = run(ShowMore(), "meer_resultaten", slots={**slots, "shown": shown})
        seen += cards(messages)
    assert seen
    assert not [
        card["name"] for card in seen if "relatie" in card["provider_type"] or "bemidd" in card["provider_type"]
    ]


def test_people_can_be_reached_in_the_middle_of_the_night(run: Run) -> None:
    messages, _ = run(ShowPeople(), "vraag_mens", slots=KNOWN)
    assert cards(messages)[0]["open"]["state"] == "open"


def test_who_cannot_talk_is_told_honestly_when_no_chat_is_open(run: Run) -> None:
    night, _ = run(ShowSilent(), "kan_niet_praten", slots={})
    evening, _ = run(ShowSilent(), "kan_niet_praten", "2026-11-24T20:00", slots={})
    assert "geen enkele chat open" in night[0]["text"]
    assert "Hier kan je schrijven" in evening[0]["text"]
    assert cards(evening)[0]["open"]["state"] == "open"


def test_doubt_asks_once_and_then_shows_people(run: Run) -> None:
    needs = [{"code": "communicatie", "confidence": 0.2}, {"code": "conflict", "confidence": 0.19}]
    messages, events = run(Clarify(), "nlu_fallback", slots={"doubts": 0}, needs=needs)
    assert [button["payload"] for button in messages[0]["buttons"]][:2] == ["/communicatie", "/conflict"]
    messages, events = run(Clarify(), "nlu_fallback", slots={"doubts": slots_of(events)["doubts"]}, needs=needs)
    assert cards(messages)
    assert slots_of(events)["doubts"] == 0


def test_doubt_in_the_form_skips_the_question_the_second_time(run: Run) -> None:
    slots = {"requested_slot": "place", "doubts": 1}
    _, events = run(Clarify(), "nlu_fallback", slots=slots, loop="referral_form")
    assert slots_of(events)["place"] == "overgeslagen"


def test_starting_over_does_not_lift_the_alarm(run: Run) -> None:
    kept = {
        "risk": "partnergeweld",
        "violence": "partnergeweld",
        "situation": "geweld_familie",
        "warned": True,
        "near_asked": ["zelfdoding"],
    }
    _, events = run(StartOver(), "opnieuw", slots={**KNOWN, **kept})
    assert slots_of(events) == kept


def test_who_speaks_another_language_sees_help_in_it_first(run: Run) -> None:
    slots = {"need": "eenzaamheid", "place": "1050 Elsene", "budget": "0"}
    foreign = [
        ["helpt in het" in " ".join(card["not_matching"]) for card in cards(run(action, "geef_budget", slots=asked)[0])]
        for action in (ShowReferrals(), ShowPeople())
        for asked in (slots | {"language": "fr"}, slots | {"language": "nl"})
    ]
    assert all(first == sorted(first) and not first[0] for first in foreign)
    messages, _ = run(ShowReferrals(), "geef_budget", slots=slots | {"language": "fr"})
    assert "helpt in het Frans" in cards(messages)[0]["why"]


def test_a_language_that_we_have_no_code_for_is_asked_in_dutch(run: Run) -> None:
    dutch, _ = run(ShowReferrals(), "geef_budget", slots=KNOWN)
    assert run(ShowReferrals(), "geef_budget", slots=KNOWN | {"language": "xx"})[0] == dutch


def test_who_is_open_when_somebody_has_time_comes_first(run: Run) -> None:
    messages, _ = run(LookForHelp(), "geef_kanaal", slots=KNOWN | {"time": "morgen 8-12"})
    assert cards(messages)[0]["why"][1] == "dag en nacht open"


def test_people_for_another_time_than_now_are_not_only_those_of_now(run: Run) -> None:
    said = [{"entity": "time", "value": "zaterdag 8-12"}]
    now, _ = run(ShowPeople(), "vraag_open_nu")
    then, _ = run(ShowPeople(), "vraag_open_nu", slots={"time": "zaterdag 8-12"}, entities=said)
    assert now[0]["text"] != then[0]["text"]
    assert "dag en nacht open" in cards(then)[0]["why"]


def test_a_bare_time_does_not_answer_the_safety_question(run: Run) -> None:
    said = [{"entity": "time", "value": "elke 22-7"}]
    slots = {"risk": "partnergeweld", "waiting_for": "safety", "time": "elke 22-7"}
    messages, events = run(LookForHelp(), "geef_kanaal", slots=slots, entities=said)
    assert slots_of(events)["waiting_for"] == "recheck"
    assert "veilig" in messages[0]["text"]


@pytest.mark.parametrize("where", ["nederland", "wallonie", "buitenland"])
def test_who_lives_elsewhere_gets_a_friendly_answer_that_asks_no_second_thing(run: Run, where: str) -> None:
    said = [{"entity": "abroad", "value": where}]
    messages, events = run(LookForHelp(), "geef_plaats", slots={"need": "ontrouw"}, entities=said)
    assert "Vlaanderen en Brussel" in messages[0]["text"]
    assert "vind ik niet terug" not in messages[0]["text"]
    assert "/liever_niet" in [button["payload"] for button in messages[0]["buttons"]]
    assert follow_up(events) == "action_listen"
    _, events = run(LookForHelp(), "geef_plaats", slots={"need": "ontrouw"}, entities=said, loop="referral_form")
    assert events == []
