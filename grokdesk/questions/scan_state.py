"""Whether a question may leave now, and with which bytes: one state machine for the window and the command line.

A ``ScanState`` knows the images of a question as they would leave, what was found on them, and what the person wants.
Every change returns a new state; ``decision`` says what happens next. Nothing here scans, draws or sends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from grokdesk.model import ASK_FIRST, BLOCK, OFF, Finding, Picture, PreparedImage, Region, ScanPolicy
from grokdesk.questions.scan import is_at, uncovered

Request = Literal["none", "send", "redact", "as-is"]
"""What the person wants: nothing yet; Send; Redact and send; Send as it is."""
Decision = Literal["idle", "wait", "redact", "ask", "refuse", "send"]
"""Nothing is to be sent; something is not known yet; what was found is to be redacted first; the person decides; the
profile forbids it; the images leave as they are prepared."""

ROUNDS = 3
"""How often an image is redacted without asking again: beside a box an engine may read what it missed before."""


@dataclass(frozen=True, slots=True, eq=False)
class ImageScan:
    """One image of a question. Regions are in pixels of the upright picture as it came in."""

    picture: Picture | None = None
    """What is prepared and leaves, with its redactions; None while it is loaded."""
    image: PreparedImage | None = None
    """The bytes that leave; None while they are made. These are what is scanned, and what the thumbnail shows."""
    found: tuple[Finding, ...] = ()
    found_on: str = ""
    """The hash of the bytes that were scanned; "" before anything was."""
    problem: str = ""
    """Why they cannot be scanned."""
    known: tuple[Finding, ...] = ()
    """Everything that was ever found on it, also what is redacted by now."""
    original: Picture | None = None
    """The picture without redactions; None as long as it has none."""
    boxes: tuple[Region, ...] = ()
    """What is redacted."""
    kept: tuple[Region, ...] = ()
    """What was found and the person wants to be seen."""
    is_redacting: bool = False
    """Redactions are being burnt in."""

    @property
    def is_scanned(self) -> bool:
        """Just the bytes that would leave now. True as well where they cannot be scanned; ``problem`` says so then."""
        return self.image is not None and not self.is_redacting and self.found_on == self.image.sha256

    @property
    def visible(self) -> tuple[Finding, ...]:
        """What was found and is not below a redaction."""
        return uncovered(self.found, self.boxes) if self.is_scanned else ()

    @property
    def undecided(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.visible if not is_at(finding, self.kept))


@dataclass(frozen=True, slots=True)
class ScanState:
    policy: ScanPolicy = OFF
    images: Mapping[int, ImageScan] = field(default_factory=dict, hash=False)
    """In the order of the question, by a number that stays with each."""
    request: Request = "none"
    rounds: int = 0
    """How often this request has redacted something."""
    seen: frozenset[tuple[int, Finding]] = frozenset()
    """Suggestions that the person has been shown, with the number of their image."""

    # --- what is known ---

    @property
    def is_scanning(self) -> bool:
        return self.policy != OFF and any(not each.is_scanned for each in self.images.values())

    @property
    def is_redacting(self) -> bool:
        return any(each.is_redacting for each in self.images.values())

    @property
    def problem(self) -> str:
        return next((each.problem for each in self.images.values() if each.problem and each.is_scanned), "")

    @property
    def undecided(self) -> tuple[tuple[int, Finding], ...]:
        return tuple((number, finding) for number, each in self.images.items() for finding in each.undecided)

    @property
    def in_the_way(self) -> tuple[tuple[int, Finding], ...]:
        """What the policy is about: where it blocks, also what the person wants to be seen."""
        if self.policy == OFF:
            return ()
        if self.policy == BLOCK:
            return tuple((number, finding) for number, each in self.images.items() for finding in each.visible)
        return self.undecided

    @property
    def decision(self) -> Decision:
        if self.request == "none":
            return "idle"
        if self.is_redacting or any(each.image is None for each in self.images.values()):
            return "wait"
        if self.policy == OFF or (self.request == "as-is" and self.policy != BLOCK):
            return "send"
        if self.is_scanning:
            return "wait"
        if self.in_the_way:
            if self._wants_redactions and self.rounds < ROUNDS:
                return "redact"
            return "refuse" if self.policy == BLOCK else "ask"
        if self.problem and self.policy in (ASK_FIRST, BLOCK):
            return "refuse" if self.policy == BLOCK else "ask"
        return "send"

    @property
    def _wants_redactions(self) -> bool:
        """What was suggested before Send was pressed is redacted by it, as the button says; what came later is not."""
        if self.request == "redact":
            return True
        return self.policy not in (ASK_FIRST, BLOCK) and all(self._was_seen(*each) for each in self.in_the_way)

    def _was_seen(self, number: int, finding: Finding) -> bool:
        # Prepared for another action the same picture is scanned again, and no engine reads it twice to the pixel.
        places = [place for at, other in self.seen for place in other.regions if at == number]
        return is_at(finding, places)

    # --- what the person does ---

    def send(self) -> ScanState:
        """Send was pressed. Pressed once more when the person was asked, it is the default: redact and send."""
        if self.request == "none":
            return replace(self, request="send", rounds=0)
        if self.decision in ("ask", "refuse") and self.in_the_way:
            return self.redact_and_send()
        return self

    def redact_and_send(self) -> ScanState:
        return replace(self, request="redact", rounds=0)

    def send_as_it_is(self) -> ScanState:
        return replace(self, request="as-is", rounds=0)

    def withdraw(self) -> ScanState:
        """Nothing is to be sent any more; or it was."""
        return replace(self, request="none", rounds=0)

    def see(self) -> ScanState:
        """The person is shown what is suggested."""
        return replace(self, seen=frozenset(self.undecided))

    def keep(self, number: int, kept: Iterable[Region]) -> ScanState:
        """These places of an image stay to be seen."""
        return self._with(number, replace(self.images[number], kept=tuple(kept)))

    # --- what happens ---

    def for_policy(self, policy: ScanPolicy) -> ScanState:
        """Other rules: everything is scanned anew, and what was wanted for the old ones is only Send now."""
        images = {number: replace(each, found=(), found_on="", problem="") for number, each in self.images.items()}
        return replace(self._asked_anew(), policy=policy, images=images)

    def with_images(self, images: Sequence[tuple[int, Picture | None, PreparedImage | None]]) -> ScanState:
        """The images of the question as they are now. Another picture in the place of one is a new one."""
        now = {number: _as_it_is(self.images.get(number), picture, image) for number, picture, image in images}
        has_news = any(
            number not in self.images
            or (each.picture is not self.images[number].picture and self.images[number].picture)
            for number, each in now.items()
        )
        state = self._asked_anew() if has_news else self
        return replace(state, images=now, seen=frozenset(each for each in self.seen if each[0] in now))

    def scanned(self, number: int, sha256: str, found: tuple[Finding, ...]) -> ScanState:
        """``found`` on the bytes with this hash; nothing when others would leave by now."""
        each = self.images.get(number)
        if each is None or each.image is None or each.image.sha256 != sha256:
            return self
        places = [region for finding in each.known for region in finding.regions]
        known = each.known + tuple(finding for finding in found if not is_at(finding, places))
        return self._with(number, replace(each, found=found, found_on=sha256, known=known, problem=""))

    def not_scanned(self, number: int, sha256: str, problem: str) -> ScanState:
        each = self.images.get(number)
        if each is None or each.image is None or each.image.sha256 != sha256:
            return self
        return self._with(number, replace(each, found=(), found_on=sha256, problem=problem))

    def redacting(self, number: int) -> ScanState:
        return self._with(number, replace(self.images[number], is_redacting=True))

    def redacted(
        self, number: int, original: Picture, picture: Picture, boxes: tuple[Region, ...], kept: tuple[Region, ...]
    ) -> ScanState:
        """``picture`` is ``original`` with exactly these boxes burnt in; its bytes are not made yet."""
        each = replace(
            self.images[number],
            picture=picture,
            image=None,
            found=(),
            found_on="",
            problem="",
            original=original if boxes else None,
            boxes=boxes,
            kept=kept,
            is_redacting=False,
        )
        return self._with(number, each)

    def not_redacted(self, number: int) -> ScanState:
        """It did not work: the image is as it was, and is not sent unasked."""
        return replace(self._with(number, replace(self.images[number], is_redacting=False)), request="none", rounds=0)

    def next_round(self) -> ScanState:
        return replace(self, rounds=self.rounds + 1)

    def _asked_anew(self) -> ScanState:
        return replace(self, request="send" if self.request != "none" else "none", rounds=0)

    def _with(self, number: int, each: ImageScan) -> ScanState:
        return replace(self, images={**self.images, number: each})


def _as_it_is(before: ImageScan | None, picture: Picture | None, image: PreparedImage | None) -> ImageScan:
    if before is None or (picture is not None and before.picture is not picture):
        return ImageScan(picture, image)
    return replace(before, image=image)
