"""The text reader of this computer: its child process reads a number and a code that were drawn just now."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotPossibleHere
from grokdesk.model import ImageLimits, Picture, PreparedImage
from grokdesk.pictures.decode.probe import CODE_TEXT, number_picture
from grokdesk.pictures.read.reader import read
from grokdesk.system.part_state import PartState
from grokdesk.translation import _


def check_reading(
    prepare: Callable[[Picture, ImageLimits], PreparedImage], command: Sequence[str] | None, cancel: CancelSwitch
) -> PartState:
    """Raises PictureError, Cancelled."""
    for _attempt in range(2):  # now and then an engine misreads a figure, which is no broken installation
        number = secrets.randbelow(90_000) + 10_000
        try:
            reading = read(prepare(number_picture(number), ImageLimits()), cancel, command)
        except NotPossibleHere as error:
            return PartState("missing", "none", error.title, error.hint)
        if str(number) in reading.text.replace(" ", ""):
            break
    lost = []
    if str(number) not in reading.text.replace(" ", ""):
        lost.append(
            _("the number {number} (read: {text})").format(number=number, text=reading.text.strip()[:40] or "-")
        )
    if CODE_TEXT not in [code.text for code in reading.codes]:
        lost.append(_("the code"))
    if lost:
        return PartState(
            "degraded",
            reading.engine,
            _("It misread {names}.").format(names=", ".join(lost)),
            _("Reinstall GrokDesk."),
        )
    return PartState("ok", reading.engine, _("A number and a code in a test picture were read."))
