"""Scans images for sensitive data before they leave, and says what the profile does about it.

One check for every way to ask. The window and the command line scan first, so that the person can decide, see
``scan_state``; ``ask`` holds what a profile blocks, so that there is no way around it. What is found is known by rule
and place only.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotPossibleHere, PictureError, SecretsFound
from grokdesk.model import (
    BLOCK,
    OFF,
    SCAN_POLICIES,
    SUGGEST,
    Finding,
    PreparedImage,
    Profile,
    Region,
    ScanPolicy,
)
from grokdesk.translation import N_, _, ngettext

log = logging.getLogger(__name__)

REMEMBERED = 200
"""Pictures whose findings are kept: a few hundred bytes each."""
NO_PROMISE = N_("A scan can miss something: look at the picture yourself.")


class FindSensitive(Protocol):
    """Finds what is sensitive on an image, in a process of its own. Raises Cancelled, NotPossibleHere, PictureError."""

    def __call__(
        self, image: PreparedImage, own_words: Sequence[str], cancel: CancelSwitch, /
    ) -> tuple[Finding, ...]: ...


def policy_of(profile: Profile, usual: ScanPolicy = SUGGEST) -> ScanPolicy:
    """What the profile says, else the usual; what is asked of this computer leaves for nowhere."""
    if profile.dialect == "on-this-computer":
        return OFF
    return profile.scan or (OFF if profile.is_local else usual)


class Scanner:
    """Scans each image once, one at a time, and remembers what was found. For any thread."""

    def __init__(
        self, find: FindSensitive, usual: Callable[[], ScanPolicy], own_words: Callable[[], Sequence[str]]
    ) -> None:
        """``usual`` and ``own_words`` are asked each time, so that changed settings count."""
        self._find = find
        self._usual = usual
        self._own_words = own_words
        self._one_at_a_time = threading.Lock()
        self._times_forgotten = 0
        self._known: OrderedDict[tuple[str, tuple[str, ...], int], tuple[Finding, ...]] = OrderedDict()

    def policy(self, profile: Profile) -> ScanPolicy:
        return policy_of(profile, self._usual())

    def strictest(self, profiles: Iterable[Profile]) -> Profile:
        """Of those that one question goes to, the one whose policy counts for all."""
        return max(profiles, key=lambda profile: SCAN_POLICIES.index(self.policy(profile)))

    def findings(self, image: PreparedImage, cancel: CancelSwitch) -> tuple[Finding, ...]:
        """What is sensitive on the image as it leaves. Takes time. Raises as ``FindSensitive`` does.

        An image that leaves as its public address is not here to be scanned.
        """
        if not image.data:
            return ()
        words = tuple(self._own_words())
        key = (image.sha256, words, self._times_forgotten)
        while not self._one_at_a_time.acquire(timeout=0.1):  # a lock cannot be woken by the switch
            cancel.check()
        try:
            if key not in self._known:
                self._known[key] = found = self._find(image, words, cancel)
                log.info("scanned an image: %s", counted(found) or "none")
                while len(self._known) > REMEMBERED:
                    self._known.popitem(last=False)
            return self._known[key]
        finally:
            self._one_at_a_time.release()

    def forget(self) -> None:
        """What is found may be another now, say in other languages."""
        # Part of the key, so that nobody waits for the lock of a scan that goes on, whose findings are the old ones.
        self._times_forgotten += 1

    def hold(
        self, images: Iterable[PreparedImage], profile: Profile, cancel: CancelSwitch, *, is_decided: bool = True
    ) -> tuple[str, ...]:
        """Raise SecretsFound when the profile blocks what is on one of these images; else as ``findings`` does.

        Where the person has not decided for this profile (``is_decided``), also when it wants them to be asked. Returns
        what they are to know where it only suggests redactions.
        """
        policy = self.policy(profile)
        if policy == OFF or (is_decided and policy != BLOCK):
            return ()
        sentences = []
        for image in images:
            try:
                found = self.findings(image, cancel)
            except (PictureError, NotPossibleHere) as error:
                if policy != SUGGEST:
                    raise
                sentences.append(str(error))
                continue
            if found and policy == SUGGEST:
                words = _("{picture} goes to {profile} as it is: {reason}.")
                sentences.append(words.format(picture=image.name, profile=profile.name, reason=in_words(found)))
            elif found:
                raise blocked(image.name, found, profile) if policy == BLOCK else _unasked(image.name, found, profile)
        return tuple(sentences)


def _unasked(name: str, found: Sequence[Finding], profile: Profile) -> SecretsFound:
    error = blocked(name, found, profile)
    return error.changed(hint=_("Add the picture to a new question to redact it, or to send it as it is."))


def blocked(name: str, found: Sequence[Finding], profile: Profile, problem: str = "") -> SecretsFound:
    """``problem`` says why it could not be scanned, where nothing was found."""
    reason = in_words(found) if found or not problem else problem.rstrip(".")
    return SecretsFound(
        _("{picture} was not sent to {profile}: {reason}.").format(picture=name, profile=profile.name, reason=reason),
        _("Redact it, or change the profile's scan setting."),
    )


def in_words(found: Sequence[Finding]) -> str:
    """ "2 items found: card number, e-mail address"."""
    if not found:
        return _("No sensitive data found")
    counts = Counter(finding.rule for finding in found)
    rules = ", ".join(f"{rule} ({count})" if count > 1 else rule for rule, count in counts.items())
    words = ngettext("{count} item found: {rules}", "{count} items found: {rules}", len(found))
    return words.format(count=len(found), rules=rules)


def counted(found: Sequence[Finding]) -> str:
    """For logs and scripts: "card number 2, IBAN 1"."""
    return ", ".join(f"{rule} {count}" for rule, count in Counter(finding.rule for finding in found).items())


def is_at(finding: Finding, places: Iterable[Region]) -> bool:
    """True when all of the finding lies about where these regions are: no engine reads a picture twice to the pixel."""
    known = tuple(places)
    return all(any(_lies_in(region, place) for place in known) for region in finding.regions)


def _lies_in(region: Region, place: Region) -> bool:
    """Most of the region: a small place that the person left does not stand for something large around it."""
    both = region.intersected(place)
    return 4 * both.width * both.height >= 3 * region.width * region.height > 0


def uncovered(found: Iterable[Finding], boxes: Sequence[Region]) -> tuple[Finding, ...]:
    """The findings of which a part lies outside every box."""
    return tuple(
        finding
        for finding in found
        if not all(any(region.intersected(box) == region for box in boxes) for region in finding.regions)
    )
