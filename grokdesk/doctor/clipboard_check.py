"""A round trip over the clipboard that leaves what the person has copied as it was, or does not begin."""

from __future__ import annotations

import secrets

from grokdesk.errors import NotPossibleHere
from grokdesk.system.clipboard.content import TEXT, Clipboard, text_content
from grokdesk.system.part_state import PartState
from grokdesk.translation import _

_TEXT_NAMES = {TEXT, "text/plain;charset=utf-8", "UTF8_STRING", "STRING", "TEXT", "COMPOUND_TEXT", "format 1"}
_NO_CONTENT = {"TARGETS", "TIMESTAMP", "MULTIPLE", "SAVE_TARGETS", "DELETE", "format 7", "format 16"}
"""What is listed beside the content: questions to its owner, and what Windows makes of text by itself."""


def check_clipboard(clipboard: Clipboard) -> PartState:
    """A clipboard that holds one form can only put plain text back; over anything else nothing is written."""
    state = clipboard.state
    if not state.works:
        return state
    try:
        kinds = set(clipboard.kinds()) - _NO_CONTENT
        if kinds - _TEXT_NAMES:
            why = _("{why} Not tested: what you have copied could not be restored.").format(why=state.why)
            return PartState(state.state, state.backend, why, state.what_to_do)
        return _round_trip(clipboard, clipboard.read(TEXT) if kinds else None)
    except NotPossibleHere as error:
        return PartState("degraded", state.backend, error.title, error.hint)


def _round_trip(clipboard: Clipboard, before: bytes | None) -> PartState:
    if before == b"":
        return PartState(
            "degraded", clipboard.state.backend, _("The text on the clipboard cannot be read."), _("Copy again.")
        )
    try:
        clipboard.copy(text_content(_("GrokDesk doctor {token}").format(token=secrets.token_hex(4))))
    finally:
        if before is None:
            clipboard.clear()
        else:
            clipboard.copy(text_content(before.decode("utf-8", "replace")))
    kept = _("What you had copied was restored.") if before is not None else _("It was empty and is empty again.")
    return PartState(
        clipboard.state.state, clipboard.state.backend, _("Text was copied and read back. {kept}").format(kept=kept)
    )
