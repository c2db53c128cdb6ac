"""The walk through a conversation that decides what is still sent: turn by turn, as the questions were asked.

What was left out once stays out, and much is left out at a time: a server's cache of prompts knows a request as far as
it begins like the one before. As each step only looks at the turns before it, the walk comes to the same decisions in
every later question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from grokdesk.model import PreparedImage, Turn
from grokdesk.model.request_limits import NOTHING, USUAL_REQUEST, Place, RequestLimits, Weight
from grokdesk.questions.context.weighing import BASE, TakesAddress, weight_of_past, weight_of_picture, weight_of_text
from grokdesk.translation import N_

AFTERWARDS = 0.75
"""When the past is too heavy, it is made so much lighter that there is room for some more turns."""
_KNOWN_FROM = 1_000
"""Tokens of a request that says something about the estimate: in a small one most is the server's own."""
_OF_WINDOW = 0.75
"""Of a model's tokens; the rest is for its answer."""
_USUAL_BYTES = 30_000_000
"""What a request with its past weighs at most unless the person says otherwise: a question may be larger, and that is
no reason to upload as much of the past with each one."""
_LEAST_FOR_PAST = 1_000_000
"""Behind a question that is larger the words of the past still have room."""
_LEAST_FACTOR, _MOST_FACTOR = 0.25, 4.0

TOO_OLD = N_("newer ones take its place")
TOO_HEAVY = N_("it would make the question too large")
CHOSEN = N_("you left it out")
NO_ADDRESS = N_("the server does not fetch it, and it is not here")


@dataclass(slots=True, eq=False)
class PastPicture:
    """``why`` it does not go; ``pinned`` when the person wants it to."""

    place: Place
    image: PreparedImage
    weight: Weight
    pinned: bool = False
    why: str = ""

    @property
    def goes(self) -> bool:
        return not self.why

    @property
    def words(self) -> str:
        size = f", {self.image.width} x {self.image.height}" if self.image.width else ""
        refused = "" if self.why in (TOO_OLD, TOO_HEAVY, CHOSEN, NO_ADDRESS) else f": {self.why}"
        return f"[picture: {self.image.name}{size}, not sent again{refused}]"

    @property
    def present_weight(self) -> Weight:
        return self.weight if self.goes else weight_of_text(self.words)


@dataclass(slots=True, eq=False)
class PastTurn:
    number: int
    turn: Turn
    weight: Weight
    """Without its pictures."""
    pictures: list[PastPicture]
    is_old: bool = False
    """Enough newer turns have pictures."""

    @property
    def counts(self) -> bool:
        """True for one of the turns whose pictures go, whatever the person chose among them: a choice is about its
        picture and changes nothing else."""
        return not self.is_old and any(picture.goes or picture.why == CHOSEN for picture in self.pictures)

    def as_sent(self, takes: TakesAddress) -> Turn:
        images = tuple(_as_sent(picture, takes) for picture in self.pictures)
        if images == self.turn.message.images:
            return self.turn
        return replace(self.turn, message=replace(self.turn.message, images=images))


def _as_sent(picture: PastPicture, takes: TakesAddress) -> PreparedImage:
    image = picture.image
    if not picture.goes:
        return replace(image, data=b"", url="", stand_in=picture.words)
    return by_bytes(image, takes)


def by_bytes(image: PreparedImage, takes: TakesAddress) -> PreparedImage:
    """Without an address that the server does not take."""
    return image if not image.url or takes(image.url) else replace(image, url="")


@dataclass(slots=True)
class Fitting:
    """``again`` is the most turns whose pictures are sent again unasked. ``window`` is the most tokens that the model
    takes, 0 when unknown: it bounds the past alone, as no estimate may refuse a question."""

    limits: RequestLimits
    again: int
    window: int
    takes: TakesAddress
    to: str
    kept: list[PastTurn] = field(default_factory=list)
    gone: list[PastTurn] = field(default_factory=list)
    factor: float = 1.0
    """What the server counted for what was estimated as 1 token."""
    dropped: tuple[int, int] = (0, 0)
    """The pictures and turns that the last question had no room for, and that went before."""
    _past: Weight = NOTHING
    _learned: Weight | None = None
    _refused: dict[Place, str] = field(default_factory=dict)

    @property
    def _kept_pictures(self) -> list[PastPicture]:
        return [picture for turn in self.kept for picture in turn.pictures]

    @property
    def weight(self) -> Weight:
        return self._past

    def add(self, number: int, turn: Turn, chosen: Mapping[Place, bool]) -> None:
        """A turn that was answered; pictures go until something speaks against it."""
        past = PastTurn(number, turn, weight_of_past(turn), [])
        for at, image in enumerate(turn.message.images):
            choice = chosen.get((number, at))
            picture = PastPicture((number, at), image, weight_of_picture(image, self.takes), pinned=choice is True)
            if not (image.data or (image.url and self.takes(image.url))):
                picture.why = NO_ADDRESS
            elif choice is False:
                picture.why = CHOSEN
            elif not picture.pinned:
                picture.why = self._refused.get(picture.place, "")
            past.pictures.append(picture)
        self.kept.append(past)
        self._past += sum((picture.present_weight for picture in past.pictures), past.weight)

    def learn(self, turn: Turn) -> None:
        """What a server said to a question, for those that come after it."""
        sent, usage = turn.sent, turn.answer.usage
        if sent.to != self.to:
            return
        if usage is not None and usage.input_tokens and sent.weight.tokens >= _KNOWN_FROM:
            self.factor = min(_MOST_FACTOR, max(_LEAST_FACTOR, usage.input_tokens / sent.weight.tokens))
        if sent.too_large:
            self._learned = Weight(sent.weight.bytes // 2, sent.weight.tokens // 2)
        self._refused |= dict.fromkeys(sent.refused, sent.why)
        for picture in self._kept_pictures:
            if picture.goes and not picture.pinned and picture.place in self._refused:
                self._leave_out(picture, self._refused[picture.place])

    def room_beside(self, question: Weight) -> Weight:
        """What the limits leave for the past, in estimated tokens; less than nothing when the question alone is too
        heavy."""
        whole = Weight(self.limits.max_bytes, int(self.limits.max_tokens / self.factor))
        return whole - question - BASE

    def fit(self, question: Weight) -> None:
        """Leave out what the next question has no room for: pictures first, then whole turns, the oldest first."""
        self.dropped = (0, 0)
        room = self.room_beside(question)
        if min(room.bytes, room.tokens) < 0:
            return
        if self.limits.max_bytes == USUAL_REQUEST.max_bytes:
            usual = max(_LEAST_FOR_PAST, _USUAL_BYTES - question.bytes - BASE.bytes)
            room = Weight(min(room.bytes, usual), room.tokens)
        self._leave_out_old_ones()
        room = self._room_as_known(room, question)
        if self._fits(room):
            return
        aim = Weight(int(room.bytes * AFTERWARDS), int(room.tokens * AFTERWARDS))
        count = 0
        for picture in sorted(self._kept_pictures, key=lambda each: each.pinned):  # sorting keeps the order of the rest
            if self._fits(aim):
                break
            if picture.goes:
                self._leave_out(picture, TOO_HEAVY)
                count += 1
        turns = 0
        while self.kept and not self._fits(aim):
            self._let_go(self.kept.pop(0))
            turns += 1
        self.dropped = (count, turns)

    def _let_go(self, oldest: PastTurn) -> None:
        self._past -= sum((picture.present_weight for picture in oldest.pictures), oldest.weight)
        for picture in oldest.pictures:
            picture.why = picture.why or TOO_HEAVY
        self.gone.append(oldest)

    def _room_as_known(self, room: Weight, question: Weight) -> Weight:
        """The room with what the server said of its model, and of questions that were too large."""
        known = [self._learned] if self._learned is not None else []
        if self.window:
            known.append(Weight(self.limits.max_bytes, int(self.window * _OF_WINDOW / self.factor)))
        for whole in known:
            rest = whole - question - BASE
            room = Weight(min(room.bytes, max(0, rest.bytes)), min(room.tokens, max(0, rest.tokens)))
        return room

    def _leave_out_old_ones(self) -> None:
        with_pictures = [turn for turn in self.kept if turn.counts]
        if len(with_pictures) <= self.again:
            return
        step = max(1, (self.again + 1) // 2)
        stay = max(0, self.again - step + 1) if self.again else 0
        for turn in with_pictures[: len(with_pictures) - stay]:
            turn.is_old = True
            for picture in turn.pictures:
                if picture.goes and not picture.pinned:
                    self._leave_out(picture, TOO_OLD)

    def _leave_out(self, picture: PastPicture, why: str) -> None:
        before = picture.present_weight
        picture.why = why
        self._past += picture.present_weight - before

    def _fits(self, room: Weight) -> bool:
        return self._past.bytes <= room.bytes and self._past.tokens <= room.tokens
