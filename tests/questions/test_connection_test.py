"""The test of a connection is a real question: what it says of whoever sees, guesses, is blind, or does not answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, GrokDeskError, KeyRefused, ModelNotFound, PermissionRefused
from grokdesk.logs import Redactor
from grokdesk.model import ModelNamed, Profile, TextDelta, Usage, UsageReported
from grokdesk.pictures.prepare.preparing import prepare
from grokdesk.providers.dialects.choice import dialect_for
from grokdesk.providers.dialects.on_this_computer import OnThisComputer
from grokdesk.providers.formats.protocol import Provider
from grokdesk.providers.http.transport import Transport
from grokdesk.providers.key_check import KeyReport
from grokdesk.providers.models.model_memory import ModelMemory
from grokdesk.providers.remote import Remote
from grokdesk.questions.connection_test import Trial, check_connection, money, sentence_of, try_profile
from grokdesk.store.settings.profiles import ON_THIS_COMPUTER
from tests.support.desktops.seeing import seeing
from tests.support.servers.providers import Kept, Scripted, asker
from tests.support.servers.replies import Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import WRONG_KEY, responses_stream, script_xai

BLIND = Reply.json({"error": "This model does not support image inputs."}, 400)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        script_xai(server)
        yield server


@pytest.fixture
def profile(server: ScriptedServer) -> Profile:
    return Profile("test", "Acme", "xai-responses", f"{server.url}/v1", "grok-4.5")


def tried(profile: Profile, provider: Provider | None = None) -> Trial:
    if provider is None:
        memory = ModelMemory(Path("/nonexistent"), lambda: 0.0)
        provider = Remote(Transport(), profile, dialect_for(profile.dialect), "key-of-tests", Redactor(), memory)
    return try_profile(asker(provider, prepare=prepare), profile, CancelSwitch())


def test_a_model_that_sees_says_its_name_its_time_and_its_cost(profile: Profile, server: ScriptedServer) -> None:
    server.on("POST", "/v1/responses", seeing("It is {}."))
    trial = tried(profile)
    assert (trial.supports_images, trial.error) == (True, None)
    words = sentence_of(trial)
    assert words.startswith("grok-4.5 answered in ")
    assert words.endswith(" s. It read the number in the test image. Cost: $0.00031.")
    assert len(server.requests) == 1


def test_a_model_that_guesses_is_quoted(profile: Profile, server: ScriptedServer) -> None:
    server.on("POST", "/v1/responses", seeing("I see no picture."))
    trial = tried(profile)
    assert (trial.supports_images, trial.takes_pictures) == (False, True)
    assert "It did not read the number in the test image. It answered: I see no picture. Cost:" in sentence_of(trial)


def test_a_model_without_sight_still_answers(profile: Profile, server: ScriptedServer) -> None:
    server.on("POST", "/v1/responses", BLIND, Reply.stream(responses_stream("yes", model="grok-3")))
    trial = tried(profile)
    assert (trial.supports_images, trial.takes_pictures, trial.error) == (False, False, None)
    assert sentence_of(trial).startswith("grok-3 answered in ")
    assert "It does not support images." in sentence_of(trial)
    assert b"base64" not in server.requests[-1].body


def test_this_computer_reads_the_number() -> None:
    trial = tried(ON_THIS_COMPUTER, OnThisComputer())
    assert trial.supports_images
    assert trial.model.startswith("Tesseract")


def test_nothing_of_it_is_kept() -> None:
    kept = Kept()
    try_profile(asker(Scripted(), kept), ON_THIS_COMPUTER, CancelSwitch())
    assert kept.turns == []


def test_stop_is_raised() -> None:
    cancel = CancelSwitch()
    cancel.throw()
    with pytest.raises(Cancelled):
        try_profile(asker(Scripted()), ON_THIS_COMPUTER, cancel)


def report() -> KeyReport:
    return KeyReport("Acme accepted the key. no models.", ())


def check(
    profile: Profile, outcome: Exception | None, said: GrokDeskError | None = None
) -> tuple[str, Exception | None]:
    """The sentence and the error of a connection whose key check raises ``said`` and whose answer is ``outcome``."""

    def about_key() -> KeyReport:
        if said is not None:
            raise said
        return report()

    script = (outcome,) if outcome is not None else (ModelNamed("m-1"), TextDelta("12"))
    tested = check_connection(asker(Scripted(script)), profile, about_key, CancelSwitch())
    return tested.sentence, tested.trial.error


def test_only_an_answer_decides(profile: Profile) -> None:
    words, error = check(profile, None, ModelNotFound("No such list."))
    assert error is None
    assert words.startswith("m-1 answered")


def test_what_the_server_says_of_its_key_is_added(profile: Profile) -> None:
    assert check(profile, None)[0].endswith("It answered: 12 Acme accepted the key. no models.")
    words, error = check(profile, ModelNotFound("Acme does not have m-2.", "Choose another."))
    assert isinstance(error, ModelNotFound)
    assert words == "Acme does not have m-2. Choose another. Acme accepted the key. no models."


def test_a_blocked_key_is_named_as_exactly_as_the_server_does(profile: Profile) -> None:
    blocked = PermissionRefused("The key is blocked.", "Make a new one.")
    words, error = check(profile, KeyRefused("Acme refuses the key."), blocked)
    assert (words, error) == (str(blocked), blocked)


def test_a_wrong_key_at_a_real_server(profile: Profile, server: ScriptedServer) -> None:
    server.on("POST", "/v1/responses", Reply.json(WRONG_KEY, 400))
    assert isinstance(tried(profile).error, KeyRefused)


def test_money_has_two_digits_that_count() -> None:
    assert [money(Usage(cost_usd=Decimal(cost))) for cost in ("0.000302", "0.25", "0")] == [
        "$0.00030",
        "$0.25",
        "$0.00",
    ]
    assert money(Usage(cost_usd=Decimal("0.01"), cost_is_estimate=True)) == "about $0.01"
    assert money(None) == money(Usage()) == ""


def test_whoever_was_asked_is_named_when_no_model_is(profile: Profile) -> None:
    trial = tried(replace(profile, model=""), Scripted((UsageReported(Usage()), TextDelta("no"))))
    assert trial.model == "Acme"
