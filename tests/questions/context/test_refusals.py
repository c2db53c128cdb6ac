"""Questions to a real server that refuses: what is asked again, and what the next question brings along."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from grokdesk.actions.catalogue import Action, Catalogue
from grokdesk.cancel import CancelSwitch
from grokdesk.errors import RequestRefused, RequestTooLarge
from grokdesk.logs import Redactor
from grokdesk.model import (
    DIALECTS,
    AskEvent,
    Conversation,
    DialectName,
    Ended,
    Noticed,
    Picture,
    Prepared,
    Profile,
    Question,
)
from grokdesk.model.request_limits import USUAL_REQUEST, RequestLimits
from grokdesk.providers.dialects.choice import dialect_for
from grokdesk.providers.http.transport import Transport
from grokdesk.providers.models.model_memory import ModelMemory
from grokdesk.providers.remote import Remote
from grokdesk.questions.ask import Asker, ask
from grokdesk.questions.context.rules import Upkeep
from tests.support.images.pictures import png_bytes, prepare_plainly
from tests.support.servers.replies import Cut, ReceivedRequest, Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import chat_stream, responses_stream

URL = "https://93.184.215.14/pears.png"
PATHS: dict[DialectName, str] = {
    "xai-responses": "/v1/responses",
    "chat-completions": "/v1/chat/completions",
    "concurred-vision": "/api/v1/vision",
}
NO_ADDRESSES = {"error": {"message": "image URLs are not currently supported, please use base64 encoded data instead"}}
NOT_FETCHED = {"error": "Failed to fetch image from url: timed out"}
UNREADABLE = {"error": {"message": "The image data you provided does not represent a valid image."}}


def picture(name: str, width: int = 4) -> Picture:
    return Picture(name, png_bytes(width, 3))


@dataclass
class Talk:
    """One conversation with one server."""

    server: ScriptedServer
    dialect: DialectName
    past: Conversation = field(default_factory=lambda: Conversation("c1"))
    upkeep: Upkeep = field(default_factory=Upkeep)
    limits: RequestLimits = USUAL_REQUEST
    fetched: list[str] = field(default_factory=list)
    events: list[AskEvent] = field(default_factory=list)

    @property
    def profile(self) -> Profile:
        return Profile("acme", "Acme", self.dialect, self.server.url, "m-1", request=self.limits)

    def on(self, *replies: Reply) -> None:
        self.server.on("POST", PATHS[self.dialect], *replies)

    def stream(self, text: str) -> list[bytes]:
        return responses_stream(text) if self.dialect == "xai-responses" else chat_stream(text)

    def answers(self, text: str = "Yes.") -> Reply:
        return Reply.stream(self.stream(text))

    def download(self, url: str, _cancel: CancelSwitch) -> Picture:
        self.fetched.append(url)
        return picture("fetched.png", 9)

    def ask(self, text: str, *pictures: Picture) -> Ended:
        profile, memory = self.profile, ModelMemory(None, time.time)
        remote = Remote(Transport(), profile, dialect_for(self.dialect), "", Redactor(), memory)
        asker = Asker(
            Catalogue((Action("ask", "Ask", "{{text}}"),)),
            prepare_plainly,
            lambda _profile: remote,
            self.download,
            None,
            time.monotonic,
            lambda: datetime.now(UTC),
            self.upkeep,
        )
        self.events = list(ask(asker, Question(text, pictures), self.past, profile, CancelSwitch()))
        ended = self.events[-1]
        assert isinstance(ended, Ended)
        self.past = replace(self.past, turns=(*self.past.turns, ended.turn))
        return ended

    @property
    def notices(self) -> list[str]:
        return [event.sentence for event in self.events if isinstance(event, Noticed) and not event.passed_over]

    @property
    def last(self) -> Mapping[str, object]:
        return self.server.requests[-1].json

    def has(self, *pictures: Picture) -> bool:
        """True when the last request has exactly these."""
        body = json.dumps(self.last)
        encoded = [base64.b64encode(bytes(each.content)).decode() for each in pictures]  # type: ignore[arg-type]
        return all(each in body for each in encoded) and body.count("iVBORw0KGgo") == len(encoded)


class RefusalContract:
    """``name`` is the dialect."""

    name: DialectName

    @pytest.fixture
    def talk(self) -> Iterator[Talk]:
        with ScriptedServer() as server:
            yield Talk(server, self.name)

    # --- a picture that is refused ---

    def test_a_refused_picture_is_not_sent_with_the_next_question(self, talk: Talk) -> None:
        first, bad, other = picture("first.png", 5), picture("bad.png", 6), picture("other.png", 7)
        talk.on(talk.answers(), Reply.json(UNREADABLE, 400), talk.answers())
        talk.ask("One?", first)
        ended = talk.ask("Two?", bad)
        assert isinstance(ended.error, RequestRefused)
        assert ended.error.title == "Acme could not read a picture."
        assert ended.turn.sent.refused == {(1, 0)}
        assert talk.ask("Three?", other).error is None
        assert talk.has(other) if self.name == "concurred-vision" else talk.has(first, other)

    def test_an_old_picture_that_is_refused_now_is_not_sent_again(self, talk: Talk) -> None:
        talk.on(talk.answers(), Reply.json({"error": "Content violates usage guidelines"}, 403), talk.answers())
        talk.ask("One?", picture("first.png"))
        ended = talk.ask("Two?")
        assert ended.turn.sent.refused == {(0, 0)}
        ended = talk.ask("Three?", picture("new.png", 8))
        assert ended.error is None
        assert talk.has(picture("new.png", 8))
        if self.name != "concurred-vision":
            words = "not sent again: Acme declined to answer because of the content]"
            assert f"[picture: first.png, 4 x 3, {words}" in json.dumps(talk.last)

    def test_a_refusal_in_the_middle_of_an_answer_counts_too(self, talk: Talk) -> None:
        broken = [
            *talk.stream("Two pears.")[:-4],
            b'data: {"error": {"message": "SAFETY_CHECK_TYPE_BIO", "code": 403}}\n\n',
        ]
        talk.on(Reply.stream(broken), talk.answers())
        ended = talk.ask("One?", picture("bad.png"))
        assert ended.turn.answer.text
        assert ended.turn.sent.refused == {(0, 0)}
        talk.ask("Two?", picture("good.png", 7))
        assert talk.has(picture("good.png", 7))

    # --- turns that did not go well ---

    @pytest.mark.parametrize("how", ["failed", "cut early", "empty"])
    def test_a_turn_without_an_answer_leaves_nothing_behind(self, talk: Talk, how: str) -> None:
        bad = {
            "failed": Reply.json({"error": "no"}, 400),
            "cut early": Reply.stream(talk.stream("Hi.")[:1] if self.name == "xai-responses" else [], end=(Cut(),)),
            "empty": Reply.stream(talk.stream("")),
        }[how]
        talk.on(bad, *([bad] * 3 if how != "failed" else []), talk.answers())
        if how != "failed":
            talk.on(bad)
        ended = talk.ask("Lost?", picture("lost.png"))
        assert ended.error is not None
        talk.on(talk.answers())
        assert talk.ask("Next?", picture("next.png", 7)).error is None
        body = json.dumps(talk.last)
        assert "Lost?" not in body
        assert talk.has(picture("next.png", 7))
        roles = [message["role"] for message in messages_of(talk.last)]
        assert roles in ([], ["user"])

    def test_what_came_before_a_cut_is_told_as_an_answer(self, talk: Talk) -> None:
        half = talk.stream("Two pears.")[: 5 if self.name == "xai-responses" else 2]
        talk.on(Reply.stream(half, end=(Cut(),)), talk.answers())
        ended = talk.ask("One?", picture("a.png"))
        assert ended.turn.answer.finish == "cut"
        talk.ask("Two?", picture("b.png", 7))
        assert ended.turn.answer.text.strip() in json.dumps(talk.last)
        roles = [message["role"] for message in messages_of(talk.last)]
        assert roles in ([], ["user", "assistant", "user"])

    # --- too large ---

    def test_a_question_that_is_too_large_is_never_sent(self, talk: Talk) -> None:
        talk.on(talk.answers())
        talk.limits = RequestLimits(max_bytes=10_000)
        if self.name != "concurred-vision":
            assert isinstance(talk.ask("x" * 20_000, picture("a.png")).error, RequestTooLarge)
            assert talk.server.requests == []
            assert talk.ask("Shorter?", picture("a.png")).error is None

    def test_a_conversation_goes_on_when_a_server_finds_it_too_large(self, talk: Talk) -> None:
        def reply(request: ReceivedRequest) -> Reply:
            return Reply.text("", 413) if len(request.body) > 3_000 else talk.answers()

        for at in range(12):
            talk.server.on("POST", PATHS[self.name], reply)
            talk.ask(f"{at} " + "word " * 100, picture("a.png"))
        went_well = [turn.answer.text == "Yes." for turn in talk.past.turns]
        assert sum(went_well) >= 9
        assert not any(not first and not second for first, second in pairwise(went_well)), "never twice in a row"

    # --- addresses ---

    @pytest.mark.parametrize(("status", "body"), [(400, NO_ADDRESSES), (422, NOT_FETCHED), (400, NOT_FETCHED)])
    def test_a_refused_address_is_tried_once_with_the_picture_itself(
        self, talk: Talk, status: int, body: object
    ) -> None:
        shown = Picture("pears.png", png_bytes(6, 3), URL)
        talk.on(Reply.json(body, status), talk.answers())
        ended = talk.ask("What?", shown)
        assert ended.error is None
        assert URL in json.dumps(talk.server.requests[0].json)
        assert talk.has(shown)
        assert URL not in json.dumps(talk.last)
        assert "Acme did not accept the link to a picture, so the picture itself is sent." in talk.notices
        assert ended.turn.answer.notices == tuple(talk.notices)
        assert talk.fetched == []
        talk.ask("And this?", Picture("more.png", png_bytes(8, 3), URL))
        assert len(talk.server.requests) == 3, "it is remembered"
        assert URL not in json.dumps(talk.last)

    def test_a_picture_that_was_never_here_is_fetched_then(self, talk: Talk) -> None:
        talk.on(Reply.json(NOT_FETCHED, 400), talk.answers())
        ended = talk.ask("What?", Picture("pears.png", b"", URL))
        assert ended.error is None
        assert talk.fetched == [URL]
        assert talk.has(picture("fetched.png", 9))
        assert ended.turn.message.images[0].data == png_bytes(9, 3)
        assert [len(event.images[0].data) > 0 for event in talk.events if isinstance(event, Prepared)] == [False, True]

    def test_an_address_of_another_host_is_tried_where_one_could_not_be_fetched(self, talk: Talk) -> None:
        other = "https://93.184.215.15/apples.png"
        talk.on(Reply.json(NOT_FETCHED, 400), talk.answers())
        talk.ask("What?", Picture("pears.png", png_bytes(), URL))
        talk.on(talk.answers())
        talk.past = Conversation("c2")
        talk.ask("What?", Picture("apples.png", png_bytes(), other))
        assert other in json.dumps(talk.last)

    def test_a_second_refusal_is_an_error(self, talk: Talk) -> None:
        talk.on(Reply.json(NOT_FETCHED, 400), Reply.json(UNREADABLE, 400))
        ended = talk.ask("What?", Picture("pears.png", png_bytes(), URL))
        assert ended.error is not None
        assert ended.error.title == "Acme could not read a picture."
        assert len(talk.server.requests) == 2

    def test_without_an_address_nothing_is_tried_again(self, talk: Talk) -> None:
        talk.on(Reply.json(NOT_FETCHED, 400))
        ended = talk.ask("What?", picture("a.png"))
        assert ended.error is not None
        assert len(talk.server.requests) == 1
        assert ended.turn.sent.refused == {(0, 0)}

    def test_nothing_is_asked_again_once_an_answer_has_begun(self, talk: Talk) -> None:
        begun = [*talk.stream("Two pears.")[:-4], b'data: {"error": {"message": "Failed to fetch image from url"}}\n\n']
        talk.on(Reply.stream(begun))
        ended = talk.ask("What?", Picture("pears.png", png_bytes(), URL))
        assert ended.turn.answer.text
        assert ended.error is not None
        assert len(talk.server.requests) == 1

    def test_an_old_address_is_replaced_too(self, talk: Talk) -> None:
        shown = Picture("pears.png", png_bytes(6, 3), URL)
        talk.on(talk.answers(), Reply.json(NOT_FETCHED, 400), talk.answers())
        talk.ask("What?", shown)
        assert talk.ask("And now?").error is None
        assert talk.has(shown)


def messages_of(body: Mapping[str, object]) -> list[Mapping[str, object]]:
    found = body.get("messages", body.get("input", []))
    assert isinstance(found, list)
    return found


class TestXaiResponses(RefusalContract):
    name = "xai-responses"


class TestChatCompletions(RefusalContract):
    name = "chat-completions"


class TestConcurredVision(RefusalContract):
    name = "concurred-vision"


def test_every_dialect_of_a_server_keeps_the_contract() -> None:
    assert {contract.name for contract in RefusalContract.__subclasses__()} == set(DIALECTS) - {"on-this-computer"}
