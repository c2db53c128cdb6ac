"""What holds for every conversation: never over the limits, the question whole, the order kept, the prefix stable."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grokdesk.errors import RequestTooLarge
from grokdesk.model import Conversation, DialectName, Message, PreparedImage, Turn
from grokdesk.model.request_limits import RequestLimits
from grokdesk.providers.http.picture_addresses import takes_address
from grokdesk.questions.context.context import Context, context_of, is_answered
from tests.support.windows.conversations import SERVER, body_of, image, limited, turn

texts = st.text(alphabet='ab "\\\n\x01é漢🍐', max_size=40) | st.integers(0, 6_000).map(lambda count: "word " * count)
urls = st.sampled_from(["", "", "https://pictures.example.org/a.png"])
images = st.builds(
    lambda name, size, url, edge: image(name, size, url, edge, edge),
    st.text(alphabet='x"é', min_size=1, max_size=5),
    st.integers(0, 20_000),
    urls,
    st.integers(0, 3_000),
)
some_images = st.lists(images, max_size=3).map(tuple)
turns = st.builds(
    lambda prompt, answer, pictures: turn(prompt, answer, *pictures), texts, texts | st.just("yes"), some_images
)
limits = st.builds(limited, st.integers(4_000, 200_000), st.integers(1_000, 60_000))
choices = st.dictionaries(st.tuples(st.integers(0, 8), st.integers(0, 2)), st.booleans(), max_size=6)
conversations = st.builds(
    lambda past, chosen: Conversation("c", tuple(past), chosen), st.lists(turns, max_size=9), choices
)
messages = st.builds(lambda prompt, pictures: Message(prompt, pictures, system="Be brief."), texts, some_images)
agains = st.integers(0, 5)


def sent_images(turn: Turn) -> list[PreparedImage]:
    return [image for image in turn.message.images if not image.stand_in]


@pytest.mark.parametrize("dialect", [name for name in get_args(DialectName) if name != "on-this-computer"])
def test_no_request_is_larger_than_it_may_be_and_the_question_is_whole(dialect: DialectName) -> None:
    @settings(max_examples=60, deadline=None)
    @given(conversations, messages, limits, agains)
    def check(past: Conversation, message: Message, limits: RequestLimits, again: int) -> None:
        profile = replace(SERVER, dialect=dialect, request=limits)
        if dialect == "concurred-vision":
            message = replace(message, images=(image("own", 20_000),))
        try:
            context = context_of(past, message, profile, again, takes_address)
        except RequestTooLarge:
            return
        body = body_of(profile, message, context.turns)
        assert len(body) <= context.weight.bytes or dialect == "concurred-vision"
        if dialect != "concurred-vision":
            assert context.weight.bytes <= profile.request.max_bytes
            assert context.weight.tokens <= profile.request.max_tokens
        alone = body_of(profile, message, [])
        question = alone[alone.rindex(b'"role":"user"') : alone.rindex(b"]")] if b'"role":"user"' in alone else b""
        assert question in body

    check()


@settings(max_examples=100, deadline=None)
@given(conversations, messages, limits, agains)
def test_order_is_kept_and_only_the_oldest_turns_go(
    past: Conversation, message: Message, limits: RequestLimits, again: int
) -> None:
    try:
        context = context_of(past, message, replace(SERVER, request=limits), again, takes_address)
    except RequestTooLarge:
        return
    answered = [turn for turn in past.turns if is_answered(turn)]
    newest = answered[len(answered) - len(context.turns) :]
    assert [(turn.message.prompt, turn.answer) for turn in context.turns] == [
        (turn.message.prompt, turn.answer) for turn in newest
    ]
    assert context.left_out == len(answered) - len(newest)
    assert [picture.place for picture in context.pictures] == [
        (number, at) for number, turn in enumerate(past.turns) for at in range(len(turn.message.images))
    ]
    going = [(place.name, place.goes) for place in context.pictures if place.place[0] >= first_number(past, newest)]
    shown = [(image.name, not image.stand_in) for turn in context.turns for image in turn.message.images]
    assert [each for each in going if each[1]] == [each for each in shown if each[1]], "the window says what is sent"


def first_number(past: Conversation, newest: list[Turn]) -> int:
    return next((number for number, turn in enumerate(past.turns) if newest and turn is newest[0]), len(past.turns))


def contexts_of(past: Conversation, limits: RequestLimits, again: int) -> list[Context]:
    """What went along with each question of a conversation as it grew; questions that are too large never went."""
    found = []
    for count, question in enumerate(past.turns):
        try:
            now = replace(past, turns=past.turns[:count])
            found.append(context_of(now, question.message, replace(SERVER, request=limits), again, takes_address))
        except RequestTooLarge:
            continue
    return found


@settings(max_examples=100, deadline=None)
@given(conversations, limits, agains)
def test_what_was_left_out_stays_out(past: Conversation, limits: RequestLimits, again: int) -> None:
    """So a request begins as the one before it did, except where something is left out for the first time."""
    before: Context | None = None
    for context in contexts_of(past, limits, again):
        if before is not None:
            assert context.left_out >= before.left_out
            known = {picture.place for picture in before.pictures}
            came_back = context.going & known - before.going
            assert came_back == frozenset()
            if context.going & known == before.going and context.left_out == before.left_out:
                assert context.turns[: len(before.turns)] == before.turns
        before = context


@given(st.integers(1, 8), st.integers(1, 40))
def test_the_prefix_changes_only_in_steps(again: int, count: int) -> None:
    """With a picture in every turn, the beginning of a request stays the same for half of ``again`` questions."""
    past = Conversation("c", tuple(turn(f"q{at}", "a", image(f"p{at}")) for at in range(count)))
    found = contexts_of(past, limited(), again)
    changes = [at for at in range(1, len(found)) if found[at].turns[: len(found[at - 1].turns)] != found[at - 1].turns]
    assert all(later - earlier >= (again + 1) // 2 for earlier, later in pairwise(changes))
    assert all(len(context.going) <= again for context in found)


@pytest.mark.parametrize("dialect", ["xai-responses", "chat-completions"])
def test_a_follow_up_begins_with_the_bytes_of_the_question_before(dialect: DialectName) -> None:
    """From the first message to the last one of the past, so that a server's cache of prompts knows it."""
    profile = replace(SERVER, dialect=dialect)
    past = Conversation("c", tuple(turn(f"q{at}", f"a{at}", image(f"p{at}")) for at in range(12)))
    bodies = []
    for count, question in enumerate(past.turns):
        context = context_of(replace(past, turns=past.turns[:count]), question.message, profile, 6, takes_address)
        body = body_of(profile, question.message, context.turns)
        bodies.append(body[: body.rindex(b'],"stream"')])
    known = [later.startswith(earlier) for earlier, later in pairwise(bodies)]
    assert known.count(False) == 2, "the six pictures before the seventh are halved, and again those before the tenth"
