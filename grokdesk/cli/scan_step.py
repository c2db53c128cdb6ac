"""What ``grokdesk ask`` does before pictures leave: looks for secrets, covers them, says so, or refuses."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace

from grokdesk.cancel import CancelSwitch
from grokdesk.cli.terminal import Terminal
from grokdesk.errors import Cancelled, NotPossibleHere, PictureError, SecretsFound
from grokdesk.model import BLOCK, OFF, SUGGEST, Finding, Picture, Profile, Question
from grokdesk.questions.scan import Looked, Verdict, blocked, counted, in_words, verdict
from grokdesk.services import Services

_ROUNDS = 3
"""How often a covered picture is looked at again: beside a box an engine may read what it missed before."""


def add_scan_arguments(parser: argparse.ArgumentParser) -> None:
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--redact", action="store_true", help="cover what is found to be secret on the pictures")
    choice.add_argument("--as-is", action="store_true", help="send pictures as they are, unless the profile forbids it")


def let_through(
    question: Question,
    profile: Profile,
    options: argparse.Namespace,
    services: Services,
    terminal: Terminal,
    cancel: CancelSwitch,
) -> Question:
    """The question as it may leave for this profile. Raises SecretsFound, Cancelled, NotPossibleHere, PictureError."""
    policy = services.scanner.policy(profile)
    if not question.pictures or (policy == OFF and not options.redact) or (policy != BLOCK and options.as_is):
        return question
    lossless = services.catalogue.get(question.action_id).lossless
    pictures: list[Picture] = []
    looks: list[Looked] = []
    terminal.status("Looking for secrets…")
    for picture in question.pictures:
        try:
            looked_at, found, hidden = _looked_at(
                picture, profile, services, cancel, lossless=lossless, covers=options.redact
            )
        except (NotPossibleHere, PictureError) as error:
            if policy != SUGGEST or options.redact:
                raise
            terminal.say(f"{picture.name} was not looked at for secrets. {error.title}")
            pictures.append(picture)
            looks.append(Looked((), problem=error.title))
            continue
        if hidden:
            terminal.say(f"Covered on {picture.name}: {counted(hidden)}.")
        pictures.append(looked_at)
        looks.append(Looked(found))
    terminal.status("")
    left = [(picture.name, look.found) for picture, look in zip(pictures, looks, strict=True) if look.found]
    _obey(verdict(policy, looks, was_offered=True), left, profile, terminal)
    return replace(question, pictures=tuple(pictures))


def _looked_at(
    picture: Picture, profile: Profile, services: Services, cancel: CancelSwitch, *, lossless: bool, covers: bool
) -> tuple[Picture, tuple[Finding, ...], tuple[Finding, ...]]:
    """The picture, covered if it is to be, what is left on it, and what was covered."""
    from grokdesk.pictures.prepare.covering import covered, regions_of_source

    if not picture.content:
        if not covers:
            return picture, (), ()  # everybody can see what lies at a public address
        picture = services.download(picture.url, cancel)
    hidden: tuple[Finding, ...] = ()
    for remaining in reversed(range(_ROUNDS if covers else 1)):
        cancel.check()
        image = services.prepare(picture, profile.limits, lossless=lossless)
        found = services.scanner.findings(image, cancel)
        if not found or not covers:
            break
        hidden += found
        boxes = [box for finding in found for box in regions_of_source(finding.regions, image)]
        picture = covered(picture, boxes, services.open_picture)
        if not remaining:
            found = ()
    return picture, found, hidden


def _obey(what: Verdict, left: Sequence[tuple[str, tuple[Finding, ...]]], profile: Profile, terminal: Terminal) -> None:
    """Go on, or raise. Only rules and numbers are named."""
    if what == "refuse":
        raise blocked(*left[0], profile)
    if what == "send" and left:
        told = "; ".join(f"{name}: {counted(found)}" for name, found in left)
        terminal.say(f"Found and not covered on {told}. With --redact it is covered.")
    if what == "ask":
        told = "; ".join(f"{name}: {in_words(found)}" for name, found in left)
        if not terminal.takes_answers:
            raise SecretsFound(f"Nothing was sent. {told}.", "Cover it with --redact, or send it with --as-is.")
        if not terminal.confirm(f"{told}. Send to {profile.name} as it is?"):
            raise Cancelled("Nothing was sent.")
