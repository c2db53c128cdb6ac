"""``grokdesk capture``: a picture of the screen, taken by the running program or by one that is started for it."""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import replace
from pathlib import Path

from grokdesk.cli.session import Session
from grokdesk.cli.start import hand_over, pass_on
from grokdesk.errors import UsageError
from grokdesk.model import Region
from grokdesk.system.capture_request import LONGEST_DELAY, CaptureRequest, Mode, packed, region_from
from grokdesk.translation import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    modes: tuple[tuple[Mode, str], ...] = (
        ("region", _("select a region (default)")),
        ("window", _("select a window")),
        ("all", _("capture all screens")),
        ("last", _("capture the last region again")),
        ("clipboard", _("use the picture on the clipboard")),
    )
    for mode, about in modes:
        what.add_argument(f"--{mode}", dest="mode", action="store_const", const=mode, help=about)
    what.add_argument("--screen", type=_number, metavar="N", help=_("capture screen N, starting at 1"))
    what.add_argument("--rect", type=_rect, metavar="X,Y,W,H", help=_("capture this region, in desktop pixels"))
    parser.add_argument("--delay", type=_seconds, default=0.0, metavar="S", help=_("wait this many seconds first"))
    parser.add_argument(
        "--action", metavar="ID", help=_("ask this right away, a ready-made question (see grokdesk actions)")
    )
    parser.add_argument("--copy", action="store_true", help=_("copy the picture instead of asking"))
    parser.add_argument("--out", metavar="FILE", help=_("save the picture (.png, .jpg or .webp) instead of asking"))
    parser.add_argument("--json", action="store_true", help=_("print one JSON object at the end"))


def run(options: argparse.Namespace, session: Session) -> int:
    request = request_from(options)
    if request.action_id:
        _check_action(request.action_id, session)
    # Without a limit: a person selects meanwhile.
    reply = hand_over(session, ("capture", packed(request)))
    if reply.out:
        report = json.loads(reply.out)
        if options.json:
            session.terminal.object(report)
        elif report["answer"]:
            session.terminal.line(report["answer"].rstrip())
    return pass_on(replace(reply, out=""), session)


def request_from(options: argparse.Namespace) -> CaptureRequest:
    """Raises UsageError, PictureError for a file name that cannot be written."""
    mode: Mode = options.mode or "region"
    if options.screen is not None:
        mode = "screen"
    elif options.rect is not None:
        mode = "rect"
    if mode == "clipboard" and (options.copy or options.out is not None):
        raise UsageError(_("That picture is already on the clipboard."), _("Leave out --copy and --out."))
    out = ""
    if options.out is not None:
        from grokdesk.pictures.prepare.saving import check_name

        path = Path(options.out).expanduser().absolute()
        check_name(path)
        if not path.parent.is_dir():
            raise UsageError(
                _("There is no folder {folder}.").format(folder=path.parent),
                _("Create it first, or choose another file."),
            )
        out = str(path)
    return CaptureRequest(
        mode=mode,
        screen=options.screen or 0,
        rect=options.rect,
        delay=options.delay,
        action_id=options.action or "",
        copy=options.copy,
        out=out,
    )


def _check_action(action_id: str, session: Session) -> None:
    """Raises UsageError before the screen freezes."""
    from grokdesk.actions.catalogue import load_catalogue
    from grokdesk.paths import resources

    load_catalogue([resources() / "actions", session.paths().actions_folder]).get(action_id)


def _number(word: str) -> int:
    if not (word.isascii() and word.isdigit() and 1 <= int(word) <= 99):
        raise argparse.ArgumentTypeError(_("must be a screen number, starting at 1"))
    return int(word)


def _rect(word: str) -> Region:
    try:
        return region_from(word)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _seconds(word: str) -> float:
    try:
        seconds = float(word)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= LONGEST_DELAY:
        raise argparse.ArgumentTypeError(_("must be 0 to {most} seconds").format(most=round(LONGEST_DELAY)))
    return seconds
