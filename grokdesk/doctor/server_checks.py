"""The server of the active profile: the way to it, whether it answers our key, and whether its model sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from grokdesk.addresses import is_loopback
from grokdesk.cancel import CancelSwitch
from grokdesk.errors import (
    Cancelled,
    GrokDeskError,
    KeyMissing,
    KeyRefused,
    ModelNotFound,
    NetworkError,
    NotPossibleHere,
    TimedOut,
)
from grokdesk.model import Profile
from grokdesk.providers.http.connection_check import reach
from grokdesk.providers.http.transport import Transport
from grokdesk.providers.http.trust import Trust
from grokdesk.providers.key_check import check_key
from grokdesk.questions.ask import Asker
from grokdesk.questions.connection_test import sentence_of, short, try_profile
from grokdesk.system.part_state import PartState, StateName
from grokdesk.translation import _

CONNECT_SECONDS = 10.0


def check_network(profile: Profile, trust: Trust, cancel: CancelSwitch) -> PartState:
    """Connects to the profile's own host, or to the proxy before it, and to nothing else."""
    if profile.dialect == "on-this-computer":
        return PartState("ok", "none", _("The profile {name} needs no network.").format(name=profile.name))
    try:
        reached = reach(profile.base_url, trust, cancel, CONNECT_SECONDS, profile.connection)
    except NotPossibleHere as error:
        return PartState("ok", "none", f"{error.title} {error.hint}")
    except NetworkError as error:
        return failed(error, "none")
    took = (
        _("Connected to {host} through proxy {proxy} in {ms} ms")
        if reached.proxy
        else _("Connected to {host} in {ms} ms")
    )
    took = took.format(host=reached.host, proxy=reached.proxy, ms=max(1, round(reached.seconds * 1000)))
    if reached.tls:
        return PartState(
            "ok",
            reached.tls,
            _("{took}; certificate issued by {issuer}.").format(took=took, issuer=reached.issuer or _("unknown")),
        )
    why = _("{took}, without encryption").format(took=took)
    if is_loopback(profile.base_url):
        return PartState("ok", "HTTP", _("{why}, on this computer.").format(why=why))
    return PartState("ok", "HTTP", f"{why}.", "" if profile.is_local else _("Use https:// if the server can."))


def check_provider(
    profile: Profile, transport: Transport, key_of: Callable[[Profile], str], cancel: CancelSwitch
) -> PartState:
    """Lists the models, and asks xAI about the key: neither costs anything."""
    if profile.dialect == "on-this-computer":
        return PartState("ok", profile.dialect, _("Pictures are read on this computer, without a server."))
    try:
        report = check_key(transport, profile, key_of(profile), cancel)
    except Cancelled:
        raise
    except GrokDeskError as error:
        return failed(error, profile.dialect)
    return PartState("ok", profile.dialect, report.sentence)


@dataclass(frozen=True, slots=True)
class VisionCheck:
    """``wanted``: the person allows a question that may cost something."""

    profile: Profile
    asker: Asker
    model: str
    wanted: bool


def check_vision(vision: VisionCheck, cancel: CancelSwitch) -> PartState:
    """Asks for the number in a picture that nobody can know beforehand, with the code that asks every question."""
    profile = vision.profile
    if not (vision.wanted or profile.is_local or profile.dialect == "on-this-computer"):
        return PartState(
            "ok", "none", _("Skipped: it would cost a question."), _("To try it: grokdesk doctor --vision")
        )
    trial = try_profile(vision.asker, profile, cancel)
    answer, model = trial.answer, trial.answer.model or vision.model or profile.name
    if trial.error is not None:
        return failed(trial.error, model)
    if trial.supports_images:
        seconds = answer.first_token_seconds
        why = _("The model read the number in a test image.")
        if seconds is not None:
            why = _("The model read the number in a test image after {seconds:.1f} s.").format(seconds=seconds)
        return PartState("ok", model, why)
    why = _("The model did not read the test image. It answered: {text}").format(text=short(answer.text))
    if not trial.takes_pictures:
        why = _("No image support. {sentence}").format(sentence=sentence_of(trial))
    return PartState("degraded", model, why, _("Choose a vision model."))


def failed(error: GrokDeskError, backend: str) -> PartState:
    """``missing``: somebody has to put something there, the key, the server, the certificate."""
    lacking = (KeyMissing, KeyRefused, ModelNotFound)
    state: StateName = "degraded"
    if isinstance(error, NotPossibleHere):
        state = "impossible"
    elif isinstance(error, lacking) or (isinstance(error, NetworkError) and not isinstance(error, TimedOut)):
        state = "missing"
    return PartState(state, backend, error.title, error.hint)
