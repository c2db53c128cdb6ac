from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, SecretsFound
from grokdesk.model import BLOCK, OFF, SUGGEST, Finding, PreparedImage, Profile, Region, ScanPolicy
from grokdesk.questions.scan import REMEMBERED, Scanner, blocked, counted, in_words, is_at, policy_of, uncovered
from tests.support.images.pictures import prepared_image

REMOTE = Profile("far", "Far", "chat-completions", "https://api.example.org/v1")
NEAR = replace(REMOTE, id="near", name="Near", is_local=True)
HERE = Profile("here", "Here", "on-this-computer", is_local=True)
CARD = Finding("card number", (Region(1, 1, 2, 1),))
MAIL = Finding("e-mail address", (Region(0, 0, 1, 1),))


@dataclass
class Looking:
    """A Look that finds the same on every picture."""

    found: tuple[Finding, ...] = ()
    looks: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def __call__(self, image: PreparedImage, own_words: Sequence[str], cancel: CancelSwitch, /) -> tuple[Finding, ...]:
        self.looks.append((image.name, tuple(own_words)))
        return self.found


def scanner_with(look: Looking, usual: ScanPolicy = SUGGEST, own_words: Sequence[str] = ()) -> Scanner:
    return Scanner(look, lambda: usual, lambda: own_words)


def test_what_is_near_is_let_through_unless_its_profile_says_otherwise() -> None:
    assert policy_of(REMOTE) == SUGGEST
    assert policy_of(REMOTE, "ask") == "ask"
    assert policy_of(NEAR, "block") == OFF
    assert policy_of(replace(NEAR, scan="ask")) == "ask"
    assert policy_of(replace(REMOTE, scan=OFF), "block") == OFF
    assert policy_of(replace(HERE, scan=BLOCK)) == OFF  # it leaves for nowhere


def test_a_picture_is_looked_at_once() -> None:
    look = Looking((CARD,))
    scanner = scanner_with(look)
    for _ in range(3):
        assert scanner.findings(prepared_image(), CancelSwitch()) == (CARD,)
    scanner.findings(prepared_image(width=9), CancelSwitch())
    assert len(look.looks) == 2


@pytest.mark.parametrize(("more", "again"), [(0, 0), (1, 1)])
def test_the_findings_of_so_many_pictures_are_kept_and_then_the_first_forgotten(more: int, again: int) -> None:
    look = Looking((CARD,))
    scanner = scanner_with(look)
    pictures = [prepared_image(width=number + 1) for number in range(REMEMBERED + more)]
    for picture in pictures:
        scanner.findings(picture, CancelSwitch())
    assert len(look.looks) == len(pictures)
    scanner.findings(pictures[-REMEMBERED], CancelSwitch())
    assert len(look.looks) == len(pictures)
    scanner.findings(pictures[0], CancelSwitch())
    assert len(look.looks) == len(pictures) + again


def test_other_words_of_ones_own_look_again() -> None:
    look, words = Looking(), ["Aurora"]
    scanner = scanner_with(look, own_words=words)
    scanner.findings(prepared_image(), CancelSwitch())
    words.append("Nightfall")
    scanner.findings(prepared_image(), CancelSwitch())
    assert [own for _, own in look.looks] == [("Aurora",), ("Aurora", "Nightfall")]


def test_a_picture_that_leaves_as_its_address_is_not_looked_at() -> None:
    look = Looking((CARD,))
    assert scanner_with(look).findings(replace(prepared_image(), data=b""), CancelSwitch()) == ()
    assert look.looks == []


def test_block_holds_and_the_others_do_not() -> None:
    look = Looking((CARD,))
    for usual in ("off", "suggest", "ask"):
        scanner_with(look, usual).hold([prepared_image()], REMOTE, CancelSwitch())
    assert look.looks == []
    with pytest.raises(SecretsFound) as raised:
        scanner_with(look, BLOCK).hold([prepared_image("shot.png")], REMOTE, CancelSwitch())
    assert raised.value.title == "shot.png was not sent to Far: 1 item found: card number."
    assert raised.value.exit_code == 1
    scanner_with(Looking(), BLOCK).hold([prepared_image()], REMOTE, CancelSwitch())


def test_who_waits_for_another_look_can_be_stopped() -> None:
    at_work, go_on = threading.Event(), threading.Event()

    class Slow(Looking):
        def __call__(self, *_: object) -> tuple[Finding, ...]:
            at_work.set()
            go_on.wait(10)
            return ()

    scanner, cancel = scanner_with(Slow()), CancelSwitch()
    first = threading.Thread(target=scanner.findings, args=(prepared_image(), CancelSwitch()))
    first.start()
    assert at_work.wait(10)
    cancel.throw()
    with pytest.raises(Cancelled):
        scanner.findings(prepared_image(width=7), cancel)
    go_on.set()
    first.join(10)


def test_findings_in_words() -> None:
    assert in_words([CARD, MAIL]) == "2 items found: card number, e-mail address"
    assert in_words([CARD]) == "1 item found: card number"
    assert in_words([]) == "No sensitive data found"
    assert in_words([CARD, MAIL, CARD]) == "3 items found: card number (2), e-mail address"
    assert counted([CARD, MAIL, CARD]) == "card number 2, e-mail address 1"


def test_only_rules_and_numbers_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "grokdesk.questions.scan"):
        scanner_with(Looking((CARD, CARD))).findings(prepared_image("holiday.png"), CancelSwitch())
    assert caplog.messages == ["scanned an image: card number 2"]


def test_a_finding_is_covered_when_all_of_it_is() -> None:
    two = Finding("xAI key", (Region(0, 0, 10, 10), Region(0, 10, 5, 10)))
    assert uncovered([two], [Region(0, 0, 20, 10)]) == (two,)
    assert uncovered([two], [Region(0, 0, 20, 10), Region(0, 9, 6, 12)]) == ()
    assert uncovered([CARD], [Region(1, 1, 1, 1), Region(2, 1, 1, 1)]) == (CARD,)  # by one box, not by two that meet


def test_the_same_place_is_known_again_though_it_is_never_read_to_the_pixel() -> None:
    mail = Finding("e-mail address", (Region(100, 100, 200, 20),))
    assert is_at(mail, [Region(102, 99, 196, 22)])
    assert not is_at(mail, [Region(100, 100, 60, 20)])  # what stands around a small place is something else
    assert not is_at(mail, [])
    assert not is_at(Finding("xAI key", (*mail.regions, Region(0, 130, 50, 20))), mail.regions)


def test_what_was_found_is_named_in_what_forbids_it() -> None:
    error = blocked("a.png", [MAIL], REMOTE)
    assert "e-mail address" in error.title
    assert error.hint


def test_the_strictest_profile_counts_for_a_question_to_several() -> None:
    scanner = scanner_with(Looking())
    asks = replace(REMOTE, id="asks", scan="ask")
    assert scanner.strictest([NEAR, REMOTE, asks, HERE]) is asks
    assert scanner.strictest([HERE, NEAR]) is HERE


def test_what_was_forgotten_is_scanned_again() -> None:
    look = Looking((CARD,))
    scanner = scanner_with(look)
    for _ in range(2):
        scanner.findings(prepared_image(), CancelSwitch())
    scanner.forget()
    scanner.findings(prepared_image(), CancelSwitch())
    assert len(look.looks) == 2
