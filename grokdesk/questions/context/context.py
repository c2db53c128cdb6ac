"""What of the conversation goes along with a question: decided here alone, shown by the window, done by ``asking``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from grokdesk.errors import Fault, GrokDeskError, ProviderError, RequestTooLarge
from grokdesk.model import Conversation, Message, Profile, Turn
from grokdesk.model.request_limits import NOTHING, Place, Sent, Weight
from grokdesk.questions.context.fitting import NO_ADDRESS, Fitting, by_bytes
from grokdesk.questions.context.newest import OWN_PICTURES, why_not
from grokdesk.questions.context.weighing import BASE, TakesAddress, request_limits, too_large, weight_of_message
from grokdesk.translation import N_, ngettext

AGAIN = 3
"""How many turns send their pictures again unless the person says otherwise."""

OF_ONE_QUESTION = ("concurred-vision", "on-this-computer")
UNANSWERED = N_("its question has no answer")

Takes = Callable[[Profile, str], bool]
"""Whether a server may be given an address."""


@dataclass(frozen=True, slots=True)
class EarlierPicture:
    """One picture of an earlier turn. ``why`` it does not go along, as the end of a sentence; "" when it does."""

    place: Place
    name: str
    width: int
    height: int
    why: str = ""
    may_go: bool = True
    """False when choosing it would change nothing, say because its turn itself is not sent."""

    @property
    def goes(self) -> bool:
        return not self.why


@dataclass(frozen=True, slots=True)
class Context:
    turns: tuple[Turn, ...] = ()
    """As they go to the provider: words stand in for the pictures that do not go."""
    pictures: tuple[EarlierPicture, ...] = ()
    """Every picture of every turn there was."""
    left_out: int = 0
    """The answered turns that there is no room for."""
    weight: Weight = NOTHING
    notices: tuple[str, ...] = ()
    """What changed with this question, for the person."""

    @property
    def going(self) -> frozenset[Place]:
        return frozenset(picture.place for picture in self.pictures if picture.goes)


def context_of(
    past: Conversation, message: Message, profile: Profile, again: int, takes: Takes, window: int = 0
) -> Context:
    """``window``: as in ``Fitting``. Raises RequestTooLarge when the question alone is more than the profile allows."""

    def takes_address(url: str) -> bool:
        return takes(profile, url)

    if profile.dialect in OF_ONE_QUESTION:
        return _of_newest(past, message, profile, takes_address)
    fitting = Fitting(request_limits(profile), again, window, takes_address, who(profile))
    for number, turn in enumerate(past.turns):
        fitting.fit(weight_of_message(turn.message, takes_address))
        fitting.learn(turn)
        if is_answered(turn):
            fitting.add(number, turn, past.chosen)
    question = weight_of_message(message, takes_address)
    if (error := too_large(question, profile, fitting.factor)) is not None:
        raise error
    fitting.fit(question)
    return Context(
        turns=tuple(turn.as_sent(takes_address) for turn in fitting.kept),
        pictures=_all_pictures(past, fitting),
        left_out=len(fitting.gone),
        weight=BASE + question + fitting.weight,
        notices=_notices(fitting.dropped),
    )


def is_answered(turn: Turn) -> bool:
    """A turn without an answer is not sent again: a question after a question, or an empty answer, is what servers
    refuse, and its pictures would fail again."""
    return bool(turn.answer.text.strip())


def who(profile: Profile) -> str:
    """What counted and refused once: a model at a server."""
    return f"{profile.id}/{profile.model}"


def sent_with(
    context: Context, past: Conversation, message: Message, profile: Profile, error: GrokDeskError | None
) -> Sent:
    """What is to be remembered of a question that went out and ended with ``error``."""
    blamed = _blamed(context, past, message, profile, error)
    return Sent(
        to=who(profile),
        weight=context.weight,
        refused=blamed,
        why=error.title.rstrip(".") if error is not None and blamed else "",
        too_large=isinstance(error, RequestTooLarge),
    )


def _blamed(
    context: Context, past: Conversation, message: Message, profile: Profile, error: GrokDeskError | None
) -> frozenset[Place]:
    """New pictures before old ones, which were taken once; when that did not help the last time, all."""
    fault = error.fault if isinstance(error, ProviderError) else None
    own = frozenset((len(past.turns), at) for at in range(len(message.images)))
    if fault is None and isinstance(error, RequestTooLarge):
        return own or (context.going if profile.dialect in OF_ONE_QUESTION else own)  # elsewhere less goes along
    if fault is None:
        return frozenset()
    failed_before = bool(past.turns) and bool(past.turns[-1].sent.refused)
    return own if own and fault is not Fault.ALL_PICTURES and not failed_before else own | context.going


def _all_pictures(past: Conversation, fitting: Fitting) -> tuple[EarlierPicture, ...]:
    of_gone = {picture.place: picture for turn in fitting.gone for picture in turn.pictures}
    of_kept = {picture.place: picture for turn in fitting.kept for picture in turn.pictures}
    found = []
    for number, turn in enumerate(past.turns):
        for at, image in enumerate(turn.message.images):
            place = (number, at)
            picture = of_kept.get(place) or of_gone.get(place)
            why = UNANSWERED if picture is None else picture.why
            may_go = place in of_kept and why != NO_ADDRESS and not of_kept[place].pinned
            found.append(EarlierPicture(place, image.name, image.width, image.height, why, may_go or not why))
    return tuple(found)


def _of_newest(past: Conversation, message: Message, profile: Profile, takes: TakesAddress) -> Context:
    """For what takes the pictures of one question only, and folds or ignores the words before it. Words that were too
    much for the server once are not told again."""
    why = why_not(past, message, profile, who(profile))
    too_much = max((at for at, turn in enumerate(past.turns) if turn.sent.too_large), default=-1)
    turns, pictures = [], []
    for number, turn in enumerate(past.turns):
        images = []
        for at, image in enumerate(turn.message.images):
            reason = why[number, at]
            words = f"[picture: {image.name}, not sent again]"
            images.append(replace(image, data=b"", url="", stand_in=words) if reason else by_bytes(image, takes))
            helps = reason not in (NO_ADDRESS, OWN_PICTURES) and not past.chosen.get((number, at))
            pictures.append(EarlierPicture((number, at), image.name, image.width, image.height, reason, helps))
        answer = replace(turn.answer, text="") if number <= too_much else turn.answer
        turns.append(replace(turn, message=replace(turn.message, images=tuple(images)), answer=answer))
    return Context(tuple(turns), tuple(pictures), weight=BASE + weight_of_message(message, takes))


def _notices(dropped: tuple[int, int]) -> tuple[str, ...]:
    pictures, turns = dropped
    sentences = []
    if pictures:
        words = ngettext(
            "An earlier picture is not sent again, as the question would be too large with it.",
            "{count} earlier pictures are not sent again, as the question would be too large with them.",
            pictures,
        )
        sentences.append(words.format(count=pictures))
    if turns:
        words = ngettext(
            "The oldest question is not sent again, as the conversation has grown too large.",
            "The {count} oldest questions are not sent again, as the conversation has grown too large.",
            turns,
        )
        sentences.append(words.format(count=turns))
    return tuple(sentences)
