"""What leaves, by policy, findings, and what the person did: the whole table, and the steps between."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import pytest

from grokdesk.model import SCAN_POLICIES, Finding, Picture, PreparedImage, Profile, Region, ScanPolicy
from grokdesk.questions.scan import policy_of
from grokdesk.questions.scan_state import ROUNDS, ScanState
from tests.support.images.pictures import prepared_image

CARD = Finding("card number", (Region(10, 10, 40, 8),))
MAIL = Finding("e-mail address", (Region(60, 30, 20, 6),))
DRAWN = Region(0, 50, 10, 10)
FAR = Profile("far", "Far", "chat-completions", "https://api.example.org/v1")
NEAR = replace(FAR, is_local=True, base_url="http://127.0.0.1:1/v1")
HERE = Profile("here", "Here", "on-this-computer", is_local=True)


@dataclass
class Stage:
    """One image whose redactions really hide what lies below; a missing engine finds nothing out."""

    state: ScanState
    found: tuple[Finding, ...] = ()
    problem: str = ""
    missed: int = 0
    """In so many scans nothing of the last finding is read."""
    picture: Picture = Picture("a.png", b"whole")  # noqa: RUF009 - it is only compared
    boxes: tuple[Region, ...] = ()
    sent: str = ""

    def image_of(self, picture: Picture) -> PreparedImage:
        return replace(prepared_image("a.png"), sha256=f"{picture.content!r}")

    def load(self, picture: Picture | None = None) -> None:
        self.picture = picture or self.picture
        self.state = self.state.with_images([(1, self.picture, self.image_of(self.picture))])

    def scan(self) -> None:
        if self.state.policy == "off":
            return
        sha256 = self.image_of(self.picture).sha256
        if self.problem:
            self.state = self.state.not_scanned(1, sha256, self.problem)
            return
        seen = self.found[: len(self.found) - (self.missed > 0)]
        self.missed -= 1
        self.state = self.state.scanned(1, sha256, tuple(each for each in seen if each.regions[0] not in self.boxes))

    def redact(self, *boxes: Region, kept: tuple[Region, ...] = ()) -> None:
        self.state = self.state.redacting(1)
        assert self.state.request == "none" or self.state.decision == "wait"
        self.boxes = (*self.boxes, *boxes)
        original = self.state.images[1].original or self.picture
        picture = Picture("a.png", f"without {len(self.boxes)}".encode())
        self.state = self.state.redacted(1, original, picture, self.boxes, kept)
        self.load(picture)
        self.scan()

    def go_on(self) -> None:
        """As the window does: until it leaves, or somebody else has to do something."""
        while self.state.decision == "redact":
            self.state = self.state.next_round()
            self.redact(*(finding.regions[0] for finding in self.state.images[1].visible))
        if self.state.decision == "send":
            self.sent = self.picture.content.decode() if isinstance(self.picture.content, bytes) else ""
            self.state = self.state.withdraw()


def stage(policy: ScanPolicy, found: tuple[Finding, ...] = (), problem: str = "", missed: int = 0) -> Stage:
    made = Stage(ScanState(policy), found, problem, missed)
    made.load()
    return made


FOUND = {"nothing": (), "a card": (CARD,), "a card and mail": (CARD, MAIL), "unknown": ()}
ACCEPTED = ("Send", "Send, not seen", "Redact and send", "Send as it is", "kept, Send", "Redact, Send")


def _wanted(policy: ScanPolicy, found: str, accepted: str, *, edited: bool) -> str:
    """The table in words: what leaves, "" for nothing."""
    count, drawn = len(FOUND[found]), int(edited)
    plain, redacted = f"without {drawn}" if drawn else "whole", f"without {count + drawn}"
    if policy == "off" or found == "nothing":
        return plain
    if found == "unknown":
        return plain if policy == "suggest" or (policy == "ask" and accepted == "Send as it is") else ""
    if accepted in ("Redact and send", "Redact, Send"):
        return redacted
    if policy == "block":
        return ""
    if accepted in {"Send as it is", "kept, Send"}:
        return plain
    return redacted if policy == "suggest" and accepted == "Send" else ""


@pytest.mark.parametrize(
    ("profile", "policy", "found", "accepted", "edited"),
    list(product((FAR, NEAR, HERE), SCAN_POLICIES, FOUND, ACCEPTED, (False, True))),
)
def test_what_leaves(profile: Profile, policy: ScanPolicy, found: str, accepted: str, edited: bool) -> None:
    counts = policy_of(profile, policy)
    assert counts == (policy if profile is FAR else "off")
    on = stage(counts, FOUND[found], "No engine." if found == "unknown" else "")
    on.scan()
    if edited:
        on.redact(DRAWN)
    if accepted != "Send, not seen":
        on.state = on.state.see()
    undecided = tuple(finding.regions[0] for finding in on.state.images[1].undecided)
    match accepted:
        case "Redact and send":
            on.state = on.state.redact_and_send()
        case "Send as it is":
            on.state = on.state.send_as_it_is()
        case "kept, Send":
            on.state = on.state.keep(1, undecided).send()
        case "Redact, Send":
            if undecided:
                on.redact(*undecided)
            on.state = on.state.send()
        case _:
            on.state = on.state.send()
    on.go_on()
    assert on.sent == _wanted(counts, found, accepted, edited=edited)


@pytest.mark.parametrize("policy", ["ask", "block", "suggest"])
def test_the_second_press_of_send_is_the_default_button(policy: ScanPolicy) -> None:
    on = stage(policy, (CARD,))
    on.state = on.state.send()
    assert on.state.decision == "wait"
    on.scan()
    assert on.state.decision == ("refuse" if policy == "block" else "ask")
    on.state = on.state.send()
    on.go_on()
    assert on.sent == "without 1"


def test_what_is_found_after_send_was_pressed_is_not_redacted_unasked() -> None:
    on = stage("suggest", (CARD, MAIL), missed=1)
    on.scan()
    on.state = on.state.see().send()
    on.go_on()
    assert (on.sent, on.state.decision) == ("", "ask")
    on.state = on.state.redact_and_send()
    on.go_on()
    assert on.sent == "without 2"


def test_an_engine_that_always_finds_something_more_ends_with_the_person() -> None:
    on = stage("suggest")
    on.found = tuple(Finding("card number", (Region(10 * n, 0, 9, 9),)) for n in range(ROUNDS + 2))
    on.state = on.state.redact_and_send()
    for number in range(ROUNDS + 1):
        on.state = on.state.scanned(1, on.image_of(on.picture).sha256, (on.found[number],))
        if on.state.decision != "redact":
            break
        on.state = on.state.next_round()
        picture = Picture("a.png", f"round {number}".encode())
        on.state = on.state.redacted(1, on.picture, picture, (*on.boxes, on.found[number].regions[0]), ())
        on.boxes = on.state.images[1].boxes
        on.load(picture)
    assert (number, on.state.decision) == (ROUNDS, "ask")


@pytest.mark.parametrize("policy", SCAN_POLICIES)
def test_nothing_leaves_while_its_bytes_are_made(policy: ScanPolicy) -> None:
    on = stage(policy)
    on.scan()
    for wants in (on.state.send(), on.state.redact_and_send(), on.state.send_as_it_is()):
        again = wants.with_images([(1, on.picture, None)])  # prepared for another action
        assert again.decision == "wait"
        other = replace(prepared_image("a.png"), sha256="other")
        there = again.with_images([(1, on.picture, other)])
        is_sent = policy == "off" or (wants.request == "as-is" and policy != "block")
        assert there.decision == ("send" if is_sent else "wait")
        assert there.scanned(1, "old", ()).decision == there.decision  # what was found on other bytes says nothing
        assert there.scanned(1, "other", ()).decision == "send"


@pytest.mark.parametrize("policy", ["suggest", "ask"])
def test_a_decision_is_about_the_pictures_and_the_profile_that_were_there(policy: ScanPolicy) -> None:
    on = stage(policy, (CARD,))
    on.scan()
    as_is = on.state.send_as_it_is().with_images([(1, on.picture, None)])
    more = as_is.with_images([(1, on.picture, None), (2, Picture("b.png", b""), None)])
    assert (as_is.request, more.request) == ("as-is", "send")
    assert as_is.for_policy("ask").request == "send"
    assert as_is.with_images([]).request == "as-is"


def test_what_was_seen_is_known_again_in_other_bytes() -> None:
    on = stage("suggest", (CARD,))
    on.scan()
    state = on.state.see().send().with_images([(1, on.picture, replace(prepared_image("a.png"), sha256="lossless"))])
    shifted = Finding("card number", (Region(11, 10, 38, 8),))
    assert state.scanned(1, "lossless", (shifted,)).decision == "redact"
    assert state.scanned(1, "lossless", (shifted, MAIL)).decision == "ask"


def test_another_picture_in_the_place_of_one_begins_anew() -> None:
    on = stage("ask", (CARD,))
    on.scan()
    on.state = on.state.keep(1, CARD.regions)
    assert on.state.send().decision == "send"
    on.load(Picture("a.png", b"another"))
    assert on.state.images[1].kept == ()
    on.scan()
    assert on.state.send().decision == "ask"


def test_when_redacting_fails_nothing_leaves() -> None:
    on = stage("suggest", (CARD,))
    on.scan()
    state = on.state.redact_and_send().redacting(1)
    assert state.decision == "wait"
    assert state.not_redacted(1).decision == "idle"
