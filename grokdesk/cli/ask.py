"""``grokdesk ask``: one question about pictures; the answer streams to standard output."""

from __future__ import annotations

import argparse
import json
import platform
import uuid
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from grokdesk.addresses import file_of
from grokdesk.cancel import CancelSwitch
from grokdesk.cli.connection import add_connection_arguments, named_profile, usual_profile
from grokdesk.cli.interrupts import interrupts_throw
from grokdesk.cli.scan_step import add_scan_arguments, let_through
from grokdesk.cli.session import Session
from grokdesk.cli.terminal import Terminal
from grokdesk.cli.upload_details import upload_object, upload_words
from grokdesk.errors import EXIT_FAILURE, EXIT_OK, Cancelled, GrokDeskError, PictureError, PictureTooLarge, UsageError
from grokdesk.model import (
    FAILED,
    STOPPED,
    Answer,
    AskEvent,
    Conversation,
    Ended,
    Noticed,
    Picture,
    Prepared,
    PreparedImage,
    Profile,
    Question,
    ReasoningDelta,
    Retrying,
    TextDelta,
    TextReplaced,
    ending_of,
)
from grokdesk.model.requests import Purpose
from grokdesk.pictures.decode.opened import Opener
from grokdesk.pictures.decode.opening import MOST_BYTES
from grokdesk.pictures.prepare.tiles import in_tiles
from grokdesk.providers.http.picture_addresses import looks_public, name_in
from grokdesk.questions.ask import ask
from grokdesk.services import Services
from grokdesk.store.history.exports import cost_number, usage_object
from grokdesk.translation import _


@dataclass(slots=True)
class Asked:
    """What is known of a question so far: enough to report it, however it ends."""

    profile: str = ""
    asks: Profile | None = None
    """Where it goes, once that is known."""
    images: tuple[PreparedImage, ...] = ()
    answer: Answer = field(default_factory=Answer)
    error: GrokDeskError | None = None
    not_saved: GrokDeskError | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pictures", nargs="*", metavar="FILE|URL|-", help=_("pictures, in the order A, B, ..."))
    parser.add_argument("-p", "--prompt", metavar="TEXT", help=_("the question"))
    parser.add_argument("--action", metavar="ID", help=_("a ready-made question (see grokdesk actions)"))
    parser.add_argument("--effort", metavar="WORD", default="", help=_("reasoning effort: low, medium, high, ..."))
    parser.add_argument("--schema", metavar="FILE", help=_("JSON Schema for the answer"))
    parser.add_argument("--frame", type=_frame, metavar="N", help=_("frame or page to send from files with several"))
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--original", action="store_true", help=_("send files as they are, without their metadata"))
    way.add_argument("--tiles", action="store_true", help=_("send large pictures in overlapping parts"))
    parser.add_argument("--no-history", action="store_true", help=_("do not save it to the history"))
    parser.add_argument("--over-budget", action="store_true", help=_("ask even if the monthly budget is used up"))
    parser.add_argument("--copy", action="store_true", help=_("copy the complete answer"))
    parser.add_argument("--json", action="store_true", help=_("print one JSON object at the end"))
    add_scan_arguments(parser)
    add_connection_arguments(parser)


def run(options: argparse.Namespace, session: Session) -> int:
    asked = Asked()
    try:
        _ask(options, session, asked)
    except GrokDeskError as error:
        asked.error = error
    except KeyboardInterrupt:
        asked.error = Cancelled()
    if options.json:
        session.terminal.object(object_of(asked))
    else:
        session.terminal.end_line()
    code = conclude(asked, session.terminal)
    if options.copy and code == EXIT_OK:
        _copy(asked.answer.text.strip(), session)
    return code


def _copy(text: str, session: Session) -> None:
    """Raises NotPossibleHere with what to install."""
    from grokdesk.system.clipboard.choice import choose_clipboard
    from grokdesk.system.clipboard.content import text_content
    from grokdesk.system.session import session_from

    choose_clipboard(session_from(session.environment), session.environment).copy(text_content(text))
    _tell_looker(session.terminal, _("Copied."))


def _ask(options: argparse.Namespace, session: Session, asked: Asked) -> None:
    """Notes in ``asked`` whatever is known. Raises GrokDeskError, KeyboardInterrupt, OutputClosed."""
    terminal, cancel, services = session.terminal, CancelSwitch(), session.services()
    settings = services.settings.load()
    profile = named_profile(options, settings)
    asked.profile = profile.name if profile else ""
    with interrupts_throw(cancel):
        question = question_from(options, services, terminal, cancel)
    # A keyring may wait for its prompt to be answered. No switch wakes it, so here Ctrl-C interrupts at once.
    profile = profile or usual_profile(options.model, services, settings, terminal)
    asked.profile, asked.asks = profile.name, profile
    services.key_of(profile)
    question = replace(question, pictures=as_chosen(options, question.pictures, profile, services.open_picture))
    with interrupts_throw(cancel):
        question = let_through(question, profile, options, services, terminal, cancel)
    keep = settings.keep_history and not options.no_history
    past = Conversation(uuid.uuid4().hex)
    terminal.status(_("Asking {profile}…").format(profile=profile.name))
    with (
        interrupts_throw(cancel),
        closing(ask(services.asker(keep=keep), question, past, profile, cancel)) as events,
    ):
        comes_plain = services.catalogue.get(question.action_id).result == "plain"
        follow(events, asked, terminal, streams=not options.json, holds=comes_plain)


def question_from(
    options: argparse.Namespace, services: Services, terminal: Terminal, cancel: CancelSwitch
) -> Question:
    """Reads and downloads the pictures. Raises UsageError, PictureError, NetworkError, Cancelled."""
    text = _without_surrogates(options.prompt or "")
    action_id = options.action or ("ask" if text.strip() else "describe")
    services.catalogue.get(action_id)
    if not options.pictures and not text.strip():
        raise UsageError(_("There is nothing to ask about."), _("Add a picture, or ask something with -p."))
    if options.pictures.count("-") > 1:
        raise UsageError(_("Standard input holds only one picture."), _("Use - only once."))
    frame: int | None = options.frame
    found = (_picture(source, services, terminal, cancel, by_address=frame is None) for source in options.pictures)
    pictures = tuple(_with_frame(picture, frame) for picture in found)
    purpose = Purpose(may_exceed=options.over_budget)
    return Question(text, pictures, action_id, options.effort, _schema(options.schema), purpose)


def follow(events: Iterable[AskEvent], asked: Asked, terminal: Terminal, *, streams: bool, holds: bool = False) -> None:
    """Show an answer as it comes and note what will be reported. Raises OutputClosed.

    With ``holds`` it is shown when it has ended: only then is it known what does not belong to a plain result.
    """
    written: list[str] = []
    for event in events:
        match event:
            case Prepared(images):
                asked.images = images
                for image in images:
                    _tell_pictures(image, asked.asks, terminal)
            case TextDelta(text) if streams and not holds:
                terminal.write(text)
                written.append(text)
            case TextReplaced(text) if streams and not holds:
                _write_anew(text, "".join(written), terminal)
                written = [text]
            case TextDelta():
                terminal.status(_("Answering…"))
            case ReasoningDelta():
                terminal.status(_("Thinking…"))
            case Noticed(sentence, is_minor):
                (_tell_looker if is_minor else Terminal.say)(terminal, sentence)
            case Retrying(why, seconds, attempt):
                words = _("{reason} Trying again in {seconds} s ({attempt}).")
                terminal.say(words.format(reason=why, seconds=f"{seconds:.1f}", attempt=attempt))
            case Ended(turn, error, not_saved):
                asked.answer, asked.error, asked.not_saved = turn.answer, error, not_saved
                if streams and holds:
                    terminal.write(turn.answer.text)
            case _:
                pass


def _write_anew(text: str, written: str, terminal: Terminal) -> None:
    """What is written cannot be taken back; the answer that counts begins on a line of its own."""
    if text.startswith(written):
        terminal.write(text[len(written) :])
        return
    terminal.end_line()
    terminal.say(_("The answer starts over:"))
    terminal.write(text)


def conclude(asked: Asked, terminal: Terminal) -> int:
    """Say how it ended, on standard error; returns the exit code."""
    if asked.not_saved is not None:
        terminal.say(_("Not saved to history. {reason}").format(reason=asked.not_saved))
    if isinstance(asked.error, Cancelled):
        terminal.say(_("Stopped."))
        return asked.error.exit_code
    if asked.error is not None:
        terminal.show_error(asked.error)
        return asked.error.exit_code
    ending = ending_of(asked.answer.finish)
    if ending:
        terminal.say(ending)
    _tell_looker(terminal, footer_of(asked.answer))
    return EXIT_FAILURE if ending else EXIT_OK


def object_of(asked: Asked) -> dict[str, object]:
    """What ``--json`` prints; scripts rely on its fields."""
    answer = asked.answer
    error = None if isinstance(asked.error, Cancelled) else asked.error
    ended_early = STOPPED if isinstance(asked.error, Cancelled) else FAILED
    return {
        "answer": answer.text,
        "reasoning": answer.reasoning,
        "model": answer.model,
        "finish": answer.finish or ended_early,
        "usage": usage_object(answer.usage),
        "cost_usd": cost_number(answer.usage),
        "cost_is_estimate": bool(answer.usage and answer.usage.cost_is_estimate),
        "profile": asked.profile,
        "images": [upload_object(image, asked.asks) for image in asked.images],
        "error": None if error is None else {"title": error.title, "hint": error.hint},
    }


def footer_of(answer: Answer) -> str:
    """The model that answered, tokens, cost, time: as far as they are known."""
    words = [answer.model]
    if answer.usage is not None and answer.usage.total_tokens is not None:
        words.append(f"{answer.usage.total_tokens} tokens")
    if answer.usage is not None and answer.usage.cost_usd is not None:
        words.append(f"{'about ' if answer.usage.cost_is_estimate else ''}${answer.usage.cost_usd:.4f}")
    if answer.first_token_seconds is not None:
        words.append(_("first token after {seconds} s").format(seconds=f"{answer.first_token_seconds:.1f}"))
    return " · ".join(filter(None, words))


def _frame(word: str) -> int:
    if not (word.isascii() and word.isdigit() and int(word) >= 1):
        raise argparse.ArgumentTypeError(_("must be a frame or page number, starting at 1"))
    return int(word)


def _with_frame(picture: Picture, frame: int | None) -> Picture:
    """``frame`` is counted from 1. A server that fetches a picture itself would choose one by itself."""
    return picture if frame is None else replace(picture, frame=frame - 1, url="")


def _picture(source: str, services: Services, terminal: Terminal, cancel: CancelSwitch, *, by_address: bool) -> Picture:
    cancel.check()
    if source == "-":
        content = terminal.read_bytes(MOST_BYTES)
        if len(content) > MOST_BYTES:
            raise PictureTooLarge(
                _("Standard input is larger than {size} MB.").format(size=MOST_BYTES // 1024**2),
                _("Shrink it first."),
            )
        return Picture(_("standard input"), content)
    if source.lower().startswith(("http://", "https://")):
        if by_address and looks_public(source):
            return Picture(name_in(source), b"", source)  # fetched only if the server cannot do it
        terminal.status(_("Downloading…"))
        return services.download(source, cancel)
    try:
        file = file_of(source, platform.node()) or Path(source)
    except ValueError as error:
        raise PictureError(str(error), _("Use a local file.")) from error
    return services.read_file(file)


def as_chosen(
    options: argparse.Namespace, pictures: tuple[Picture, ...], profile: Profile, opener: Opener
) -> tuple[Picture, ...]:
    """The pictures as they are, or in parts. Raises PictureError."""
    if options.original:
        return tuple(replace(picture, as_is=True) for picture in pictures)
    if not options.tiles:
        return pictures
    parts: list[Picture] = []
    for number, picture in enumerate(pictures, 1):
        room = profile.limits.max_images - len(parts) - (len(pictures) - number)
        limits = replace(profile.limits, max_images=room)
        parts += in_tiles(picture, limits, opener) if picture.content else (picture,)
    return tuple(parts)


def _tell_pictures(image: PreparedImage, profile: Profile | None, terminal: Terminal) -> None:
    if profile is not None:
        _tell_looker(terminal, upload_words(image, profile))
    for note in image.notes:
        _tell_looker(terminal, f"{image.name}: {note}")
    if not image.is_legible:
        words = _("Text in {name} may become too small to read. Send it in parts with --tiles.")
        terminal.say(words.format(name=image.name))


def _schema(file: str | None) -> dict[str, object] | None:
    if file is None:
        return None
    try:
        schema = json.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            _("{file} cannot be read as JSON.").format(file=file), _("--schema needs a file with a JSON Schema.")
        ) from error
    if not isinstance(schema, dict):
        raise UsageError(_("{file} is not a JSON Schema.").format(file=file), _("It must be a JSON object."))
    return schema


def _tell_looker(terminal: Terminal, sentence: str) -> None:
    """Not an error and nothing a script waits for: only said where somebody looks."""
    if terminal.shows_progress and sentence:
        terminal.say(sentence)


def _without_surrogates(text: str) -> str:
    """Bytes of the command line that are no UTF-8 become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")
