from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from grokdesk.actions.catalogue import Action, Catalogue
from grokdesk.cancel import CancelSwitch
from grokdesk.errors import (
    Bug,
    Cancelled,
    Fault,
    GrokDeskError,
    Interrupted,
    KeyMissing,
    NotAPicture,
    RateLimited,
    RequestRefused,
    SecretsFound,
    StoreError,
    UsageError,
)
from grokdesk.model import (
    CUT,
    FAILED,
    FINISHED,
    LENGTH,
    STOPPED,
    Answer,
    AnswerEvent,
    AskEvent,
    Conversation,
    Ended,
    ErrorNote,
    Finding,
    Finished,
    ImageLimits,
    Message,
    ModelNamed,
    Noticed,
    Picture,
    Prepared,
    PreparedImage,
    Profile,
    Question,
    ReasoningDelta,
    Region,
    Retrying,
    ScanPolicy,
    TextDelta,
    Turn,
    Usage,
    UsageReported,
)
from grokdesk.pictures.prepare.preparing import prepare
from grokdesk.questions.ask import Asker, ask, message_for
from grokdesk.questions.scan import Scanner
from tests.support.images.pictures import capture, picture, prepare_plainly
from tests.support.servers.providers import Kept, Scripted


def downloading(url: str, _cancel: CancelSwitch) -> Picture:
    return picture(url)


NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PROFILE = Profile("test", "Test", "chat-completions", limits=ImageLimits(max_images=2))
ACTIONS = Catalogue((Action("ask", "Ask", "{{text}}"), Action("small-print", "Small print", "Read.", lossless=True)))
PAST = Conversation("c1")
WORKS = (ModelNamed("m-1"), TextDelta("Two "), TextDelta("pears."), Finished("stop"))


@dataclass
class Preparing:
    """A Preparer that notes what it was asked for."""

    asked: list[tuple[str, ImageLimits, bool]] = field(default_factory=list)
    error: GrokDeskError | None = None

    def __call__(
        self, picture: Picture, limits: ImageLimits, *, lossless: bool = False, cancel: CancelSwitch | None = None
    ) -> PreparedImage:
        self.asked.append((picture.name, limits, lossless))
        if self.error is not None:
            raise self.error
        return prepare_plainly(picture, limits, lossless=lossless)


class Full:
    """A TurnKeeper that cannot keep."""

    def save(self, conversation_id: str, turn: Turn) -> int:
        raise StoreError("The disk is full.", "Make room.")

    begin = save

    def note_answer(self, entry_id: int, answer: Answer) -> None:
        raise StoreError("The disk is full.", "Make room.")

    def end(self, entry_id: int, turn: Turn) -> None:
        raise StoreError("The disk is full.", "Make room.")


def asker(
    script: Sequence[AnswerEvent | Exception | float] = WORKS,
    keeper: Kept | Full | None = None,
    preparing: Preparing | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Asker:
    return Asker(ACTIONS, preparing or Preparing(), lambda _: Scripted(script), downloading, keeper, clock, lambda: NOW)


def asked(
    our_asker: Asker, question: Question | None = None, past: Conversation = PAST, cancel: CancelSwitch | None = None
) -> tuple[list[AskEvent], Ended]:
    """All events, and the one Ended that has to be the last of them."""
    question = question or Question("What?", (picture(),))
    events = list(ask(our_asker, question, past, PROFILE, cancel or CancelSwitch()))
    ended = [event for event in events if isinstance(event, Ended)]
    assert len(ended) == 1
    assert events[-1] is ended[0]
    return events[:-1], ended[0]


# --- the good case -----------------------------------------------------------------------------------------


def test_a_conversation_keeps_no_previews() -> None:
    our_asker = replace(asker(), prepare=prepare)
    picture = Picture("shot", capture(32, 16).pixels)
    prepared = prepare(picture, PROFILE.limits)
    assert prepared.preview is not None
    (kept,) = asked(our_asker, Question("What?", (picture,)))[1].turn.message.images
    assert kept == prepared
    assert kept.preview is None


def test_prepared_comes_first_then_the_providers_events_then_ended() -> None:
    usage = Usage(total_tokens=7, cost_usd=Decimal("0.01"))
    script = (
        Retrying("Busy.", 0.5, 1),
        ModelNamed("m-1"),
        ReasoningDelta("Hm. "),
        ReasoningDelta("Yes."),
        TextDelta("Two "),
        TextDelta("pears."),
        UsageReported(Usage(total_tokens=3)),
        Finished("stop"),
        UsageReported(usage),
    )
    events, ended = asked(asker(script))
    assert isinstance(events[0], Prepared)
    assert tuple(events[1:]) == script
    assert ended.error is None
    assert ended.not_saved is None
    answer = ended.turn.answer
    assert (answer.text, answer.reasoning, answer.model, answer.finish) == ("Two pears.", "Hm. Yes.", "m-1", FINISHED)
    assert answer.usage == usage
    assert answer.error is None


def test_times_are_counted_from_when_the_images_were_ready() -> None:
    ticks = iter([10.0, 10.5, 12.0])
    _, ended = asked(asker(clock=lambda: next(ticks)))
    assert ended.turn.answer.first_token_seconds == 0.5
    assert ended.turn.answer.seconds == 2.0


def test_a_clock_that_begins_at_zero_counts_too() -> None:
    ticks = iter([0.0, 0.25, 1.0])
    _, ended = asked(asker(clock=lambda: next(ticks)))
    assert (ended.turn.answer.first_token_seconds, ended.turn.answer.seconds) == (0.25, 1.0)


def test_reasoning_counts_as_the_first_token() -> None:
    ticks = iter([10.0, 10.25, 12.0])
    script = (ReasoningDelta("Hm."), TextDelta("Yes."), Finished("stop"))
    _, ended = asked(asker(script, clock=lambda: next(ticks)))
    assert ended.turn.answer.first_token_seconds == 0.25


def test_a_server_that_names_no_reason_has_finished() -> None:
    _, ended = asked(asker((TextDelta("Yes."),)))
    assert ended.turn.answer.finish == FINISHED


def test_the_servers_reason_is_kept() -> None:
    _, ended = asked(asker((TextDelta("Yes, bu"), Finished(LENGTH))))
    assert ended.turn.answer.finish == LENGTH


def test_the_turn_has_what_was_asked_and_what_left() -> None:
    question = Question("What?", (picture("a.png"), picture("b.png")), "small-print")
    preparing = Preparing()
    events, ended = asked(asker(preparing=preparing), question)
    assert preparing.asked == [("a.png", PROFILE.limits, True), ("b.png", PROFILE.limits, True)]
    turn = ended.turn
    assert turn.question is question
    assert turn.message.prompt == "Read.\n\nWhat?"
    assert events[0] == Prepared(turn.message.images)
    assert [image.name for image in turn.message.images] == ["a.png", "b.png"]
    assert (turn.profile_name, turn.asked_at) == ("Test", NOW)


def test_the_provider_gets_the_message_the_past_and_the_switch() -> None:
    @dataclass
    class Looking:
        got: list[tuple[Message, Sequence[Turn], CancelSwitch]] = field(default_factory=list)

        def answer(self, message: Message, past: Sequence[Turn], cancel: CancelSwitch) -> Iterator[AnswerEvent]:
            self.got.append((message, past, cancel))
            yield TextDelta("Yes.")

    provider, cancel = Looking(), CancelSwitch()
    profiles: list[Profile] = []

    def provider_for(profile: Profile) -> Looking:
        profiles.append(profile)
        return provider

    _, first = asked(asker())
    past = Conversation("c1", (first.turn,))
    our_asker = replace(asker(), provider_for=provider_for)
    _, ended = asked(our_asker, Question("And this?"), past, cancel)
    ((message, turns, switch),) = provider.got
    assert (message, turns, profiles) == (ended.turn.message, past.turns, [PROFILE])
    assert switch is cancel


def test_a_message_has_the_actions_frame() -> None:
    action = Action("a", "A", "Say: {{text}}", system=" Be kind.\n", needs_understanding=False)
    assert message_for(Question(" hi "), action, ()) == Message("Say: hi", (), "Be kind.", needs_understanding=False)


# --- keeping -----------------------------------------------------------------------------------------------


def test_the_turn_is_kept_once() -> None:
    keeper = Kept()
    _, ended = asked(asker(keeper=keeper))
    assert keeper.turns == [("c1", ended.turn)]


def test_without_a_keeper_nothing_is_missed() -> None:
    _, ended = asked(asker(keeper=None))
    assert ended.not_saved is None


def test_a_history_that_fails_is_told_beside_the_answer() -> None:
    _, ended = asked(asker(keeper=Full()))
    assert ended.error is None
    assert ended.turn.answer.text == "Two pears."
    assert ended.not_saved is not None
    assert ended.not_saved.title == "The disk is full."


# --- errors ------------------------------------------------------------------------------------------------


def test_an_error_before_any_text_is_failed() -> None:
    keeper, error = Kept(), RateLimited("Too fast.", "Wait.", retry_after=3)
    events, ended = asked(asker((ModelNamed("m-1"), error), keeper))
    assert ended.error is error
    assert ended.turn.answer.finish == FAILED
    assert ended.turn.answer.model == "m-1"
    assert ended.turn.answer.error == ErrorNote("Too fast.", "Wait.")
    assert events[1:] == [ModelNamed("m-1")]
    assert keeper.turns == [("c1", ended.turn)]


def test_an_error_after_some_text_keeps_it_as_cut() -> None:
    keeper, error = Kept(), Interrupted("It broke off.", "Try again.")
    script = (
        ModelNamed("m-1"),
        ReasoningDelta("Hm."),
        TextDelta("Two pe"),
        UsageReported(Usage(total_tokens=3)),
        error,
    )
    _, ended = asked(asker(script, keeper))
    answer = keeper.turns[0][1].answer
    assert answer == ended.turn.answer
    assert (answer.text, answer.reasoning, answer.finish, answer.model) == ("Two pe", "Hm.", CUT, "m-1")
    assert answer.usage == Usage(total_tokens=3)
    assert answer.error == ErrorNote("It broke off.", "Try again.")


def test_a_missing_key_ends_before_anything_is_asked() -> None:
    def provider_for(_profile: Profile) -> Scripted:
        raise KeyMissing("There is no key for Test.", "Add one.")

    events, ended = asked(replace(asker(), provider_for=provider_for))
    assert isinstance(ended.error, KeyMissing)
    assert [type(event) for event in events] == [Prepared]
    assert ended.turn.answer.finish == FAILED


def test_a_picture_that_cannot_be_prepared_ends_before_the_provider_is_made() -> None:
    def provider_for(_profile: Profile) -> Scripted:
        raise AssertionError("nothing may be asked")

    our_asker = replace(asker(preparing=Preparing(error=NotAPicture("No picture."))), provider_for=provider_for)
    events, ended = asked(our_asker)
    assert events == []
    assert isinstance(ended.error, NotAPicture)
    assert ended.turn.answer.seconds is None


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (Question("What?", (), "no-such"), "no action called"),
        (
            Question("What?", tuple(picture() for _ in range(3))),
            "3 pictures are more than Test accepts in one question",
        ),
        (Question("  "), "nothing to ask about"),
    ],
)
def test_a_question_that_makes_no_sense_is_said_so(question: Question, sentence: str) -> None:
    events, ended = asked(asker(), question)
    assert events == []
    assert isinstance(ended.error, UsageError)
    assert sentence in ended.error.title


def test_a_picture_without_words_and_a_follow_up_without_either_can_be_asked() -> None:
    _, first = asked(asker(), Question("", (picture(),)))
    assert first.error is None
    _, second = asked(asker(), Question(""), Conversation("c1", (first.turn,)))
    assert second.error is None


@pytest.mark.parametrize("text", ["", "Two pe"])
def test_our_own_mistake_is_a_bug_with_its_cause_in_the_log(caplog: pytest.LogCaptureFixture, text: str) -> None:
    keeper = Kept()
    script: list[AnswerEvent | Exception] = [TextDelta(text)] if text else []
    _, ended = asked(asker([*script, ZeroDivisionError("in a dialect")], keeper))
    assert isinstance(ended.error, Bug)
    assert isinstance(ended.error.__cause__, ZeroDivisionError)
    assert "ZeroDivisionError" in ended.error.hint
    assert "in a dialect" not in str(ended.error)
    assert keeper.turns[0][1].answer.text == text
    assert keeper.turns[0][1].answer.finish == (CUT if text else FAILED)
    assert "in a dialect" in caplog.text
    caplog.clear()


# --- stopping ----------------------------------------------------------------------------------------------


def test_stopping_keeps_what_came() -> None:
    keeper, cancel, seen = Kept(), CancelSwitch(), []
    for event in ask(asker((TextDelta("Two pe"), 60.0), keeper), Question("What?"), PAST, PROFILE, cancel):
        seen.append(event)
        if isinstance(event, TextDelta):
            cancel.throw()
    ended = seen[-1]
    assert isinstance(ended, Ended)
    assert isinstance(ended.error, Cancelled)
    assert (ended.turn.answer.text, ended.turn.answer.finish, ended.turn.answer.error) == ("Two pe", STOPPED, None)
    assert keeper.turns == [("c1", ended.turn)]


def test_a_switch_that_is_thrown_before_asks_nothing() -> None:
    cancel = CancelSwitch()
    cancel.throw()
    preparing = Preparing()
    events, ended = asked(asker(preparing=preparing), cancel=cancel)
    assert events == []
    assert preparing.asked == []
    assert ended.turn.answer.finish == STOPPED


def test_closing_the_generator_keeps_the_turn_as_stopped() -> None:
    keeper = Kept()
    with closing(ask(asker(keeper=keeper), Question("What?"), PAST, PROFILE, CancelSwitch())) as events:
        for event in events:
            if isinstance(event, TextDelta):
                break
    ((conversation_id, turn),) = keeper.turns
    assert conversation_id == "c1"
    assert (turn.answer.text, turn.answer.finish) == ("Two ", STOPPED)


def test_closing_closes_the_provider() -> None:
    closed: list[bool] = []

    class Open:
        def answer(self, _message: Message, _past: Sequence[Turn], _cancel: CancelSwitch) -> Iterator[AnswerEvent]:
            try:
                yield TextDelta("Two ")
                yield TextDelta("pears.")
            finally:
                closed.append(True)

    our_asker = replace(asker(), provider_for=lambda _profile: Open())
    with closing(ask(our_asker, Question("What?"), PAST, PROFILE, CancelSwitch())) as events:
        next(events)
        next(events)
    assert closed == [True]


def test_closing_after_the_end_keeps_nothing_twice() -> None:
    keeper = Kept()
    events = ask(asker(keeper=keeper), Question("What?"), PAST, PROFILE, CancelSwitch())
    for event in events:
        if isinstance(event, Ended):
            events.close()
    assert len(keeper.turns) == 1


PUBLIC = "https://93.184.215.14/pears.png"
BY_ADDRESS = Profile("v", "Vision", "concurred-vision", "https://concurred.ai/api/v1")


def asked_images(profile: Profile, asked: Picture) -> tuple[PreparedImage, ...]:
    events = ask(asker(), Question("?", (asked,)), PAST, profile, CancelSwitch())
    return next(event.images for event in events if isinstance(event, Prepared))


def test_a_public_picture_goes_by_its_address_without_being_fetched() -> None:
    (image,) = asked_images(BY_ADDRESS, Picture("pears.png", b"", PUBLIC))
    assert (image.url, image.data) == (PUBLIC, b"")


def test_a_server_that_takes_no_addresses_gets_the_fetched_picture() -> None:
    local = Profile("o", "Ollama", "chat-completions", "http://localhost:11434/v1", is_local=True)
    (image,) = asked_images(local, Picture("pears.png", b"", PUBLIC))
    assert image.url == ""
    assert image.data == picture().content


def test_a_picture_that_is_here_too_goes_by_its_address() -> None:
    shown = picture()
    (image,) = asked_images(BY_ADDRESS, Picture("pears.png", shown.content, PUBLIC))
    assert (image.url, image.data) == (PUBLIC, shown.content)


@pytest.mark.parametrize("content", [b"RIFF....WEBP", b"GIF89a"])
def test_a_picture_that_has_to_be_changed_goes_as_bytes(content: bytes) -> None:
    events = asked_images_of(content)
    assert events.url == ""


def asked_images_of(content: bytes) -> PreparedImage:
    def preparing(
        _picture: Picture, limits: ImageLimits, *, lossless: bool = False, cancel: CancelSwitch | None = None
    ) -> PreparedImage:
        return PreparedImage("a", b"png", "image/png", 4, 3, "0" * 64, 4, 3)

    events = ask(
        replace(asker(), prepare=preparing),
        Question("?", (Picture("a", content, PUBLIC),)),
        PAST,
        BY_ADDRESS,
        CancelSwitch(),
    )
    return next(event.images for event in events if isinstance(event, Prepared))[0]


def test_what_the_person_was_told_is_in_the_answer() -> None:
    said = (Noticed("One by one."), Noticed("a was asked for; b answers.", passed_over="a"), *WORKS)
    events = list(ask(asker(said), Question("?"), PAST, PROFILE, CancelSwitch()))
    assert isinstance(ended := events[-1], Ended)
    assert ended.turn.answer.notices == ("One by one.",), "the answer names its model, which is enough"


# --- what may not leave -------------------------------------------------------------------------------------


class Finds:
    """A Look that finds a card number on every picture, and notes the pictures."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, image: PreparedImage, own_words: Sequence[str], cancel: CancelSwitch, /) -> tuple[Finding, ...]:
        self.names.append(image.name)
        return (Finding("card number", (Region(0, 0, 1, 1),)),)


def scanning(look: Finds) -> Asker:
    return replace(asker(), scanner=Scanner(look, lambda: "suggest", tuple))


BLOCKING = replace(PROFILE, scan="block")


def test_block_sends_nothing_and_says_why() -> None:
    events = list(ask(scanning(Finds()), Question("?", (picture("a.png"),)), PAST, BLOCKING, CancelSwitch()))
    [ended] = events
    assert isinstance(ended, Ended)
    assert isinstance(ended.error, SecretsFound)
    assert ended.turn.answer.finish == FAILED


def test_block_looks_at_pictures_of_earlier_turns_too() -> None:
    earlier = prepare_plainly(picture("earlier.png"), ImageLimits())
    turn = Turn(Question("?"), Message("?", (earlier,)), Answer("!"), "Near", NOW)
    look = Finds()
    [ended] = ask(scanning(look), Question("And?"), Conversation("c1", (turn,)), BLOCKING, CancelSwitch())
    assert isinstance(ended, Ended)
    assert isinstance(ended.error, SecretsFound)
    assert look.names == ["earlier.png"]


def test_the_other_policies_are_for_the_windows_and_the_command_line() -> None:
    look = Finds()
    events = list(ask(scanning(look), Question("?", (picture(),)), PAST, replace(PROFILE, scan="ask"), CancelSwitch()))
    assert isinstance(events[-1], Ended)
    assert events[-1].error is None
    assert look.names == []


@pytest.mark.parametrize("is_decided", [True, False])
@pytest.mark.parametrize(
    ("policy", "is_sent", "is_said"),
    [("off", True, False), ("suggest", True, True), ("ask", False, False), ("block", False, False)],
)
def test_a_question_that_is_asked_again_of_another_profile_is_scanned_by_that_ones_policy(
    policy: ScanPolicy, is_decided: bool, is_sent: bool, is_said: bool
) -> None:
    question = Question("?", (picture("a.png"),), is_decided=is_decided)
    look = Finds()
    *before, ended = ask(scanning(look), question, PAST, replace(PROFILE, scan=policy), CancelSwitch())
    assert isinstance(ended, Ended)
    is_sent = is_sent or (is_decided and policy != "block")
    assert isinstance(ended.error, SecretsFound) == (not is_sent)
    notices = [event.sentence for event in before if isinstance(event, Noticed)]
    assert notices == (
        ["a.png goes to Test as it is: 1 item found: card number."] if is_said and not is_decided else []
    )
    assert ended.turn.answer.notices == tuple(notices)
    assert bool(look.names) == (policy == "block" or (policy != "off" and not is_decided))


def test_the_picture_itself_is_looked_at_when_its_address_was_refused() -> None:
    """What the profile does may have changed since, and by its address the picture was not here to be scanned."""
    policy: list[ScanPolicy] = ["suggest"]
    asked_with: list[Message] = []

    class Refusing:
        def answer(self, message: Message, past: Sequence[Turn], cancel: CancelSwitch) -> Iterator[AnswerEvent]:
            asked_with.append(message)
            policy[0] = "block"
            raise RequestRefused("No addresses.", fault=Fault.ADDRESSES)
            yield

    look = Finds()
    one = replace(asker(), scanner=Scanner(look, lambda: policy[0], tuple), provider_for=lambda _profile: Refusing())
    *_, ended = ask(one, Question("?", (Picture("pears.png", b"", PUBLIC),)), PAST, BY_ADDRESS, CancelSwitch())
    assert isinstance(ended, Ended)
    assert isinstance(ended.error, SecretsFound)
    assert len(asked_with) == 1, "it was not sent again"
    assert [image.url for image in asked_with[0].images] == [PUBLIC]
    assert len(look.names) == 1


def test_a_question_names_itself_and_says_whether_it_is_kept() -> None:
    kept, temporary = (asked(asker(keeper=keeper))[1].turn.message.purpose for keeper in (Kept(), None))
    assert (kept.is_temporary, temporary.is_temporary) == (False, True)
    assert kept.ticket != temporary.ticket


def test_what_came_is_kept_soon_also_when_the_server_falls_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grokdesk.questions.ask.NOTE_SECONDS", 0.02)
    noted = threading.Event()

    class Noting(Kept):
        def note_answer(self, entry_id: int, answer: Answer) -> None:
            super().note_answer(entry_id, answer)
            if answer.text == "Two pears":
                noted.set()

    keeper, cancel = Noting(), CancelSwitch()
    events = ask(asker((TextDelta("Two "), TextDelta("pears"), 30.0), keeper), Question("What?"), PAST, PROFILE, cancel)

    def stop_when_noted() -> None:
        noted.wait(10)
        cancel.throw()

    watching = threading.Thread(target=stop_when_noted)
    watching.start()
    ended = list(events)[-1]
    watching.join(10)
    assert noted.is_set()
    assert isinstance(ended, Ended)
    assert (ended.turn.answer.text, ended.turn.answer.finish) == ("Two pears", STOPPED)
    assert [turn.answer.finish for _, turn in keeper.turns] == [STOPPED]
