"""What of a conversation goes along: by number, by weight, by choice, and after a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from grokdesk.errors import ContentRefused, Fault, GrokDeskError, RequestRefused, RequestTooLarge, ServerTrouble
from grokdesk.model import Conversation, DialectName, Message, PreparedImage, Profile, Turn, Usage
from grokdesk.model.request_limits import Place, RequestLimits, Sent, Weight
from grokdesk.providers.http.picture_addresses import takes_address
from grokdesk.questions.context.context import Context, context_of, sent_with
from grokdesk.questions.context.weighing import request_limits, too_large, weight_of_message
from tests.support.images.pictures import prepared_image
from tests.support.windows.conversations import SERVER, body_of, image, limited, pictured, turn

FOLLOW_UP = Message("And now?")


def context(past: Conversation, message: Message = FOLLOW_UP, profile: Profile = SERVER, again: int = 3) -> Context:
    return context_of(past, message, profile, again, takes_address)


def going(context: Context) -> list[str]:
    return [picture.name for picture in context.pictures if picture.goes]


def why(context: Context, name: str) -> str:
    return next(picture.why for picture in context.pictures if picture.name == name)


def prompts(context: Context) -> list[str]:
    return [turn.message.prompt for turn in context.turns]


def chosen(past: Conversation, choices: Mapping[Place, bool]) -> Conversation:
    return replace(past, chosen=choices)


# --- by number ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "again", "names"),
    [
        (0, 3, []),
        (3, 3, ["p0", "p1", "p2"]),
        (4, 3, ["p2", "p3"]),
        (5, 3, ["p2", "p3", "p4"]),
        (6, 3, ["p4", "p5"]),
        (2, 1, ["p1"]),
        (5, 4, ["p2", "p3", "p4"]),
        (3, 0, []),
    ],
)
def test_the_newest_pictures_go_and_old_ones_stay_back_in_steps(count: int, again: int, names: list[str]) -> None:
    assert going(context(pictured(count), again=again)) == names


def test_words_stand_in_for_a_picture_that_stays_back() -> None:
    kept = context(pictured(4))
    assert kept.turns[0].message.images[0].stand_in == "[picture: p0, 1200 x 800, not sent again]"
    assert kept.turns[0].message.images[0].data == b""
    assert why(kept, "p0") == "newer ones take its place"
    assert b"[picture: p0, 1200 x 800, not sent again]" in body_of(SERVER, FOLLOW_UP, kept.turns)


def test_turns_without_pictures_do_not_count() -> None:
    past = pictured(3)
    past = replace(past, turns=(*past.turns, *(turn(f"t{at}", "yes") for at in range(9))))
    assert going(context(past)) == ["p0", "p1", "p2"]


def test_all_pictures_of_a_turn_go_or_stay_together() -> None:
    past = Conversation("c", (turn("q", "a", image("x"), image("y")), *pictured(3).turns))
    assert going(context(past)) == ["p1", "p2"]


def test_a_turn_without_an_answer_is_not_sent_at_all() -> None:
    past = Conversation("c", (turn("lost", "", image("x")), turn("blank", " \n", image("y")), turn("q", "a")))
    kept = context(past)
    assert prompts(kept) == ["q"]
    assert why(kept, "x") == why(kept, "y") == "its question has no answer"
    assert not kept.pictures[0].may_go


# --- by choice ---------------------------------------------------------------------------------------------


def test_a_chosen_picture_goes_beside_the_newest() -> None:
    kept = context(chosen(pictured(6), {(0, 0): True, (5, 0): False}))
    assert going(kept) == ["p0", "p4"]
    assert why(kept, "p5") == "you left it out"


def test_a_choice_changes_nothing_but_its_picture() -> None:
    past = pictured(9)
    for at in range(9):
        before = set(going(context(past)))
        assert set(going(context(chosen(past, {(at, 0): True})))) == before | {f"p{at}"}


# --- by weight ---------------------------------------------------------------------------------------------


def test_pictures_stay_back_before_any_turn_does() -> None:
    profile = replace(SERVER, request=limited(max_bytes=70_000))
    kept = context(pictured(3, 15_000), Message("And?", (image("now", 15_000),)), profile)
    assert going(kept) == ["p2"]
    assert prompts(kept) == ["q0", "q1", "q2"]
    assert why(kept, "p0") == "it would make the question too large"
    assert kept.left_out == 0


def test_a_chosen_picture_stays_back_last() -> None:
    profile = replace(SERVER, request=limited(max_bytes=120_000))
    kept = context(chosen(pictured(3, 30_000), {(0, 0): True}), Message("?", (image("now", 30_000),)), profile)
    assert going(kept) == ["p0"]
    assert [picture.may_go for picture in kept.pictures] == [True, True, True]
    kept = context(chosen(pictured(3, 30_000), {(0, 0): True, (1, 0): True, (2, 0): True}), profile=profile)
    assert [(picture.goes, picture.may_go) for picture in kept.pictures] == [(False, False), (True, True), (True, True)]


def test_then_the_oldest_turns_are_left_out_also_without_any_picture() -> None:
    past = Conversation("c", tuple(turn(f"q{at} " + "word " * 2_000, f"a{at}") for at in range(10)))
    profile = replace(SERVER, request=limited(max_tokens=20_000))
    kept = context(past, profile=profile)
    assert prompts(kept) == [turn.message.prompt for turn in past.turns[-len(kept.turns) :]]
    assert 0 < len(kept.turns) < 10
    assert kept.left_out == 10 - len(kept.turns)
    assert kept.weight.tokens <= 20_000


def test_what_is_left_out_is_said_when_it_begins_and_not_each_time() -> None:
    profile = replace(SERVER, request=limited(max_bytes=100_000))
    past = pictured(6, 15_000)
    said = [
        context(replace(past, turns=past.turns[:count]), turn.message, profile, again=10).notices
        for count, turn in enumerate(past.turns)
    ]
    sentence = "2 earlier pictures are not sent again, as the question would be too large with them."
    assert said == [(), (), (), (), (sentence,), ()]


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (limited(max_bytes=20_000), ["41.4 kB", "at most 20.0 kB"]),
        (limited(max_tokens=1_000), ["about 2,", "at most 1,000"]),
    ],
)
def test_a_question_that_alone_is_too_large_is_refused_with_advice(limits: RequestLimits, words: list[str]) -> None:
    profile = replace(SERVER, request=limits)
    with pytest.raises(RequestTooLarge) as caught:
        context(pictured(2), Message("?", (image("big", 30_000, width=900, height=900),)), profile)
    for word in words:
        assert word in caught.value.title
    assert "fewer" in caught.value.hint
    assert "profile" in caught.value.hint


def test_a_question_that_was_too_large_does_not_empty_the_conversation() -> None:
    """It never went out, so nothing was left out for it."""
    profile = replace(SERVER, request=limited(max_bytes=100_000))
    past = pictured(2)
    past = replace(past, turns=(*past.turns, turn("huge", "", image("huge", 100_000))))
    assert going(context(past, profile=profile)) == ["p0", "p1"]


@pytest.mark.parametrize(("counted", "turns"), [(None, 10), (6_000, 10), (12_000, 3)])
def test_what_the_server_counted_corrects_the_estimate(counted: int | None, turns: int) -> None:
    past = [turn(f"q{at} " + "x" * 2_400, "yes") for at in range(9)]
    sent = Sent("acme/m-1", Weight(9_000, 3_000))
    usage = None if counted is None else Usage(input_tokens=counted)
    past.append(turn("q9 " + "x" * 2_400, "yes", sent=sent, usage=usage))
    profile = replace(SERVER, request=limited(max_tokens=17_500))
    assert len(context(Conversation("c", tuple(past)), profile=profile).turns) == turns


def test_what_another_model_counted_says_nothing() -> None:
    sent, usage = Sent("acme/other", Weight(9_000, 3_000)), Usage(input_tokens=12_000)
    past = Conversation("c", tuple(turn("x" * 2_400, "yes", sent=sent, usage=usage) for _ in range(9)))
    assert len(context(past, profile=replace(SERVER, request=limited(max_tokens=17_500))).turns) == 9


def test_what_a_model_takes_bounds_the_past_and_never_the_question() -> None:
    past = Conversation("c", tuple(turn("x" * 2_400, "yes") for _ in range(9)))
    kept = context_of(past, FOLLOW_UP, SERVER, 3, takes_address, window=4_096)
    assert 0 < len(kept.turns) < 4
    assert kept.weight.tokens <= 4_096 * 0.75
    large = Message("x" * 20_000)
    assert context_of(past, large, SERVER, 3, takes_address, window=4_096).turns == ()
    assert len(context_of(past, large, SERVER, 3, takes_address).turns) == 9


# --- after a refusal ---------------------------------------------------------------------------------------


def failed(past: Conversation, message: Message, error: GrokDeskError, answer: str = "") -> Conversation:
    """The conversation after a question that ended with ``error``."""
    sent = sent_with(context(past, message), past, message, SERVER, error)
    return replace(past, turns=(*past.turns, replace(turn(message.prompt, answer, *message.images), sent=sent)))


def refusal(fault: Fault) -> RequestRefused:
    return RequestRefused("Acme could not read a picture.", fault=fault)


def test_new_pictures_are_blamed_first() -> None:
    past = failed(pictured(1), Message("?", (image("bad"),)), refusal(Fault.NEW_PICTURES))
    assert going(context(past)) == ["p0"]


def test_a_picture_that_was_refused_in_the_middle_of_an_answer_stays_back_with_the_reason() -> None:
    past = failed(pictured(1), Message("?", (image("bad"),)), ContentRefused("Acme refuses."), "So far")
    kept = context(past)
    assert going(kept) == ["p0"]
    assert kept.turns[1].message.images[0].stand_in == "[picture: bad, 1200 x 800, not sent again: Acme refuses]"
    assert going(context(chosen(past, {(1, 0): True}))) == ["p0", "bad"]


@pytest.mark.parametrize("own", [(), (image("own"),)])
@pytest.mark.parametrize("fault", list(Fault))
def test_a_conversation_goes_on_after_two_refusals_at_the_latest(own: tuple[PreparedImage, ...], fault: Fault) -> None:
    """Whoever is to blame: an old picture that another server took, or the new one."""
    past = pictured(3)
    for _ in range(2):
        past = failed(past, Message("?", own), refusal(fault))
    assert going(context(past)) == []
    assert prompts(context(past)) == ["q0", "q1", "q2"]


def test_another_model_is_given_what_one_refused() -> None:
    past = failed(pictured(1), FOLLOW_UP, refusal(Fault.ALL_PICTURES))
    assert going(context(past)) == []
    assert going(context(past, profile=replace(SERVER, model="sees"))) == ["p0"]


@pytest.mark.parametrize("error", [ServerTrouble("Down."), RequestRefused("No."), None])
def test_other_errors_blame_no_picture(error: GrokDeskError | None) -> None:
    past = pictured(1)
    assert sent_with(context(past), past, FOLLOW_UP, SERVER, error).refused == frozenset()


@pytest.mark.parametrize("size", [30, 30_000])
def test_a_conversation_that_a_server_finds_too_large_shrinks_until_it_fits(size: int) -> None:
    past = pictured(3, size)
    heaviest = context(past).weight
    for _ in range(12):
        past = failed(past, FOLLOW_UP, RequestTooLarge("Acme finds it too large."))
    kept = context(past)
    assert kept.turns == ()
    assert kept.weight.bytes < heaviest.bytes


# --- servers that take the pictures of one question ---------------------------------------------------------

ONE: tuple[DialectName, ...] = ("concurred-vision", "on-this-computer")


@pytest.mark.parametrize("dialect", ONE)
def test_the_newest_picture_goes_when_the_question_has_none(dialect: DialectName) -> None:
    profile = replace(SERVER, dialect=dialect)
    past = Conversation("c", (*pictured(2).turns, turn("two", "2", image("x"), image("y"))))
    assert going(context(past, profile=profile)) == (["y"] if dialect == "concurred-vision" else ["x", "y"])
    assert going(context(past, Message("?", (image("own"),)), profile)) == []
    assert going(context(chosen(past, {(0, 0): True}), profile=profile)) == ["p0"]
    assert going(context(chosen(past, {(2, 1): False}), profile=profile)) == ["x"]


@pytest.mark.parametrize("dialect", ONE)
def test_a_refused_picture_does_not_go_there_either(dialect: DialectName) -> None:
    profile = replace(SERVER, dialect=dialect)
    past = pictured(2)
    refused = Sent("acme/m-1", refused=frozenset({(1, 0)}), why="Acme refuses")
    past = replace(past, turns=(*past.turns, replace(turn("?", ""), sent=refused)))
    assert going(context(past, profile=profile)) == ["p0"]


@pytest.mark.parametrize("dialect", ONE)
def test_beside_other_pictures_none_can_be_chosen(dialect: DialectName) -> None:
    kept = context(pictured(2), Message("?", (image("own"),)), replace(SERVER, dialect=dialect))
    assert [picture.may_go for picture in kept.pictures] == [False, False]
    kept = context(pictured(2), profile=replace(SERVER, dialect=dialect))
    assert [picture.may_go for picture in kept.pictures] == [True, True]


# --- addresses ---------------------------------------------------------------------------------------------

URL = "https://pictures.example.org/a.png"


def test_a_picture_that_is_only_known_by_its_address_goes_where_addresses_are_taken() -> None:
    past = Conversation("c", (turn("q", "a", replace(image("x"), data=b"", url=URL)),))
    assert going(context(past)) == ["x"]
    kept = context(past, profile=replace(SERVER, base_url="http://localhost:1/v1", is_local=True))
    assert why(kept, "x") == "the server does not fetch it, and it is not here"


def test_a_picture_is_sent_itself_where_its_address_is_not_taken() -> None:
    past = Conversation("c", (turn("q", "a", image("x", url=URL)),))
    kept = context_of(past, FOLLOW_UP, SERVER, 3, lambda _profile, _url: False)
    assert kept.turns[0].message.images == (image("x"),)
    assert context(past).turns == past.turns


def test_the_first_question_has_no_context() -> None:
    kept = context(Conversation("c"), Message("?", (image("x"),)))
    assert (kept.turns, kept.pictures, kept.notices) == ((), (), ())


def test_a_turn_is_not_made_anew_when_nothing_of_it_changes() -> None:
    past = pictured(3)
    assert all(kept is turn for kept, turn in zip(context(past).turns, past.turns, strict=True))
    assert isinstance(past.turns[0], Turn)


def test_ten_pictures_of_the_documented_size_may_be_asked_about() -> None:
    large = replace(prepared_image(), data=bytes(20 * 1024 * 1024))
    profile = replace(SERVER, id="", base_url="https://api.example.org/v1")
    assert too_large(weight_of_message(Message("?", (large,) * 10), lambda _url: False), profile) is None
    error = too_large(weight_of_message(Message("?", (large,) * 11), lambda _url: False), profile)
    assert error is not None
    assert "grokdesk profiles add custom --base-url https://api.example.org/v1 --request-bytes NUMBER" in error.hint
    error = too_large(weight_of_message(Message("?", (large,) * 11), lambda _url: False), replace(profile, id="mine"))
    assert error is not None
    assert "grokdesk profiles change mine --request-bytes NUMBER" in error.hint


def test_openrouter_takes_less() -> None:
    profile = replace(SERVER, base_url="https://openrouter.ai/api/v1", request=RequestLimits())
    assert request_limits(profile).max_bytes == 30_000_000
    assert request_limits(replace(profile, request=RequestLimits(50_000_000))).max_bytes == 50_000_000
    assert request_limits(replace(profile, base_url="https://api.x.ai/v1")) == RequestLimits()
