"""Does it work? A real question, asked by the function that asks every question, about a picture of which only who
sees it knows the number. It costs one short question and is not kept."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import (
    Cancelled,
    GrokDeskError,
    KeyRefused,
    NetworkError,
    PermissionRefused,
    Remedy,
    RequestRefused,
)
from grokdesk.model import Answer, Conversation, Ended, Profile, Question, Usage
from grokdesk.model.money import dollars
from grokdesk.model.requests import Purpose
from grokdesk.pictures.decode.probe import number_picture
from grokdesk.providers.key_check import KeyReport
from grokdesk.providers.vision_probe import QUESTION, names_number, random_number
from grokdesk.questions.ask import Asker, ask
from grokdesk.translation import _

BLIND_QUESTION = "Answer with the word yes alone."
"""For a server that takes no pictures, to know whether it answers at all."""
TEST = Purpose("test")
_ABOUT_KEYS = (KeyRefused, PermissionRefused)


@dataclass(frozen=True, slots=True)
class Trial:
    """How it went. ``error`` None: it answered; ``sees`` is whether it named the number."""

    profile: Profile
    answer: Answer
    supports_images: bool
    takes_pictures: bool = True
    error: GrokDeskError | None = None

    @property
    def model(self) -> str:
        return self.answer.model or self.profile.model or self.profile.name


@dataclass(frozen=True, slots=True)
class Tested:
    """What is told about a connection: how the question went, and what the server says of key and models."""

    trial: Trial
    report: KeyReport | None = None

    @property
    def sentence(self) -> str:
        told = sentence_of(self.trial) if self.trial.error is None else str(self.trial.error)
        return f"{told} {self.report.sentence}" if self.report is not None else told


def try_profile(asker: Asker, profile: Profile, cancel: CancelSwitch, number: int | None = None) -> Trial:
    """Ask about a picture with a random number, and without one where the server takes none. Raises Cancelled."""
    asker, number = replace(asker, keeper=None, scanner=None), number or random_number()
    ended = _ended(asker, Question(QUESTION, (number_picture(number),), purpose=TEST), profile, cancel)
    if isinstance(ended.error, RequestRefused) and ended.error.remedy is Remedy.CHOOSE_MODEL:
        ended = _ended(asker, Question(BLIND_QUESTION, purpose=TEST), profile, cancel)
        return Trial(profile, ended.turn.answer, supports_images=False, takes_pictures=False, error=ended.error)
    return Trial(profile, ended.turn.answer, names_number(ended.turn.answer.text, number), error=ended.error)


def check_connection(asker: Asker, profile: Profile, check: Callable[[], KeyReport], cancel: CancelSwitch) -> Tested:
    """``check`` tells about key and models, which many servers cannot: only an answer decides. Raises Cancelled."""
    trial = try_profile(asker, profile, cancel)
    if profile.dialect == "on-this-computer" or isinstance(trial.error, NetworkError):
        return Tested(trial)
    try:
        return Tested(trial, check())
    except Cancelled:
        raise
    except GrokDeskError as error:
        # A server that is asked about the key itself says more exactly what is wrong with it.
        is_exact = isinstance(trial.error, _ABOUT_KEYS) and isinstance(error, _ABOUT_KEYS)
        return Tested(replace(trial, error=error) if is_exact else trial)


def sentence_of(trial: Trial) -> str:
    """Who answered, in what time, whether it read the number, and what it cost."""
    answer = trial.answer
    answered = _("{model} answered in {seconds} s.") if answer.seconds is not None else _("{model} answered.")
    sentences = [answered.format(model=trial.model, seconds=f"{answer.seconds or 0:.1f}")]
    if trial.supports_images:
        sentences.append(_("It read the number in the test image."))
    elif not trial.takes_pictures:
        sentences.append(_("It does not support images."))
    else:
        sentences.append(
            _("It did not read the number in the test image. It answered: {text}").format(text=short(answer.text))
        )
    if cost := money(answer.usage):
        sentences.append(_("Cost: {cost}.").format(cost=cost))
    return " ".join(sentences)


def money(usage: Usage | None) -> str:
    """What it cost; "" when the server told nothing."""
    if usage is None or usage.cost_usd is None:
        return ""
    return dollars(usage.cost_usd, is_estimate=usage.cost_is_estimate)


def short(text: str) -> str:
    """The beginning of an answer, on one line, as the end of a sentence."""
    words = " ".join(text.split())
    return f"{words[:80]}…" if len(words) > 80 else words or "nothing."


def _ended(asker: Asker, question: Question, profile: Profile, cancel: CancelSwitch) -> Ended:
    with closing(ask(asker, question, Conversation(uuid.uuid4().hex), profile, cancel)) as events:
        ended = next(event for event in events if isinstance(event, Ended))
    if isinstance(ended.error, Cancelled):
        raise ended.error
    return ended
