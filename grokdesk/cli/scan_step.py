"""What ``grokdesk ask`` does before pictures leave: scans them, redacts them, says so, or refuses."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field, replace

from grokdesk.cancel import CancelSwitch
from grokdesk.cli.terminal import Terminal
from grokdesk.errors import Cancelled, GrokDeskError, NotPossibleHere, PictureError, SecretsFound
from grokdesk.model import BLOCK, OFF, SUGGEST, ImageLimits, Picture, Profile, Question
from grokdesk.questions.scan import blocked, counted, in_words
from grokdesk.questions.scan_state import ScanState
from grokdesk.services import Services
from grokdesk.translation import _


def add_scan_arguments(parser: argparse.ArgumentParser) -> None:
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--redact", action="store_true", help=_("redact sensitive data found in pictures"))
    choice.add_argument(
        "--as-is", action="store_true", help=_("send pictures as they are, unless the profile blocks that")
    )


def let_through(
    question: Question,
    profile: Profile,
    options: argparse.Namespace,
    services: Services,
    terminal: Terminal,
    cancel: CancelSwitch,
    limits: ImageLimits | None = None,
) -> Question:
    """The question as it may leave for this profile, with just the bytes that were scanned.

    ``limits`` are those of the profile unless others are given, say of several profiles together.
    Raises SecretsFound, Cancelled, NotPossibleHere, PictureError.
    """
    policy = services.scanner.policy(profile)
    if not question.pictures or (policy == OFF and not options.redact) or (policy != BLOCK and options.as_is):
        return question
    terminal.status(_("Scanning for sensitive data…"))
    pictures = dict(enumerate(question.pictures))
    if options.redact:
        pictures = {at: each if each.content else services.download(each.url, cancel) for at, each in pictures.items()}
    lossless = services.catalogue.get(question.action_id).lossless
    scan = _Scan(services, limits or profile.limits, lossless, cancel, ScanState(SUGGEST if policy == OFF else policy))
    # Everybody can see what lies at a public address.
    scan.state = scan.state.with_images([(at, each, None) for at, each in pictures.items() if each.content])
    for number in scan.state.images:
        scan.prepare_and_scan(number, pictures[number])
        if number in scan.errors:
            if policy != SUGGEST or options.redact:
                raise scan.errors[number]
            name, error = pictures[number].name, scan.errors[number]
            terminal.say(_("{name} was not scanned. {reason}").format(name=name, reason=error.title))
    if options.redact:
        scan.redact()
        for number, each in scan.state.images.items():
            if each.boxes:
                name, found = pictures[number].name, counted(each.known)
                terminal.say(_("Redacted on {name}: {found}.").format(name=name, found=found))
    terminal.status("")
    # Whoever asks from a terminal is shown no suggestion: what was found is said, and the flags decide.
    if not options.redact:
        scan.state = scan.state.send_as_it_is() if policy == SUGGEST else scan.state.send()
    _obey(scan.state, question, profile, terminal)
    images = scan.state.images
    return replace(
        question,
        pictures=tuple(images[at].picture or each if at in images else each for at, each in pictures.items()),
        prepared=tuple(images[at].image if at in images else None for at in pictures),
    )


@dataclass(slots=True)
class _Scan:
    """The pictures of one question, changed step by step."""

    services: Services
    limits: ImageLimits
    lossless: bool
    cancel: CancelSwitch
    state: ScanState
    errors: dict[int, GrokDeskError] = field(default_factory=dict)
    """Why a picture could not be scanned."""

    def prepare_and_scan(self, number: int, picture: Picture) -> None:
        from grokdesk.pictures.prepare.covering import regions_of_source

        self.cancel.check()
        image = self.services.prepare(picture, self.limits, lossless=self.lossless, cancel=self.cancel)
        image = replace(image, preview=None)
        rows = [(at, each.picture, image if at == number else each.image) for at, each in self.state.images.items()]
        self.state = self.state.with_images(rows)
        try:
            found = self.services.scanner.findings(image, self.cancel)
        except (NotPossibleHere, PictureError) as error:
            self.errors[number] = error
            self.state = self.state.not_scanned(number, image.sha256, error.title)
            return
        in_source = tuple(replace(each, regions=regions_of_source(each.regions, image)) for each in found)
        self.state = self.state.scanned(number, image.sha256, in_source)

    def redact(self) -> None:
        """Until nothing is found any more; what is found all the same after some rounds is for others to judge."""
        from grokdesk.pictures.prepare.covering import covered

        self.state = self.state.redact_and_send()
        while self.state.decision == "redact":
            self.state = self.state.next_round()
            for number, each in self.state.images.items():
                original = each.original or each.picture
                if not each.visible or original is None:
                    continue
                boxes = (*each.boxes, *(region for finding in each.visible for region in finding.regions))
                picture = covered(original, boxes, self.services.open_picture)
                self.state = self.state.redacted(number, original, picture, boxes, ())
                self.prepare_and_scan(number, picture)
                if number in self.errors:
                    raise self.errors[number]


def _obey(state: ScanState, question: Question, profile: Profile, terminal: Terminal) -> None:
    """Go on, or raise. Only rules and numbers are named."""
    found = [(question.pictures[at].name, each.visible) for at, each in state.images.items() if each.visible]
    match state.decision:
        case "refuse":
            raise blocked(*found[0], profile)
        case "ask":
            told = "; ".join(f"{name}: {in_words(findings)}" for name, findings in found)
            if not terminal.takes_answers:
                raise SecretsFound(
                    _("Nothing was sent. {found}.").format(found=told),
                    _("Redact it with --redact, or send it with --as-is."),
                )
            if not terminal.confirm(_("{found}. Send to {profile} as it is?").format(found=told, profile=profile.name)):
                raise Cancelled(_("Nothing was sent."))
        case _:
            if found:
                told = "; ".join(f"{name}: {counted(findings)}" for name, findings in found)
                terminal.say(_("Not redacted on {found}. Use --redact to redact it.").format(found=told))
