"""The settings on disk: read while others write them, and written whole. Reading never changes the file."""

from __future__ import annotations

import logging
import threading
import time
import tomllib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from grokdesk.errors import SettingsBroken
from grokdesk.model import BLOCK
from grokdesk.private_files import free_name, make_private_folder, write_private
from grokdesk.store.settings.no_secrets import KEY_ORIGINS
from grokdesk.store.settings.profile_tables import with_present_keys
from grokdesk.store.settings.settings import Settings, settings_from, table_from
from grokdesk.translation import N_, _

log = logging.getLogger(__name__)

_LOOKS, _PAUSE = 4, 0.05
"""How often, and after how many seconds each, a file is looked at that an editor may be writing."""
_STILL_WRITING = 0.1
_WAS_WRITTEN = 2.0
"""Seconds after the last change of a file after which no editor is in the middle of it; some file systems count in
whole seconds."""
_STRICTEST = {"scan": BLOCK, "keep_history": False}
_INSTEAD = {
    True: N_("The previous settings stay in use."),
    False: N_("What can be read is used. For the rest, nothing sensitive is sent and no history is kept."),
}


class SettingsFile:
    """The settings on disk, as TOML with mode 0600. Methods may be called from any thread.

    ``tell`` gets a sentence for the person when something in the file could not be used, each one once.
    """

    def __init__(self, path: Path, tell: Callable[[str], None] | None = None) -> None:
        self.path = path
        self._tell = tell
        self._told: set[str] = set()
        self._lock = threading.RLock()
        self._last: tuple[bytes, dict[str, Any]] | None = None
        """The content that was read or written last and could be used, and its table."""
        self._broken: bytes | None = None
        """The content that was looked at long enough and could not be used."""

    def load(self) -> Settings:
        """What the file says, with defaults for the rest.

        While it cannot be used, as when an editor is writing it, the last settings that could be used go on. Without
        such, what can be made out of the file counts, and the strictest policy for what cannot. The file is left alone.
        """
        with self._lock:
            try:
                table = self._read()
            except SettingsBroken as error:
                self._say(str(error))
                return self._without_file("unreadable")
            except ValueError as error:
                self._say(
                    _("The settings file {file} cannot be used ({why}) and was left unchanged. {instead}").format(
                        file=self.path, why=error, instead=_(_INSTEAD[self._last is not None])
                    )
                )
                return self._without_file(self._text())
        settings, sentences = settings_from(table)
        for sentence in sentences:
            self._say(sentence)
        return settings

    def save(self, settings: Settings) -> None:
        """Write every setting; keys in the file that are not ours stay. A file that cannot be used is set aside first.

        Raises SettingsBroken when the file cannot be written, UsageError for a value that a setting cannot have.
        """
        import tomli_w

        with self._lock:
            try:
                old = self._read()
            except ValueError as error:
                old = self._last[1] if self._last is not None else {}
                self._set_aside(error)
            table = table_from(settings, old)
            try:
                content = tomli_w.dumps(table).encode("utf-8")
                make_private_folder(self.path.parent)
                write_private(self.path, content)
            except OSError as error:
                raise _not_saved(self.path, error.strerror or type(error).__name__) from error
            except (ValueError, TypeError, RecursionError) as error:
                raise _not_saved(self.path, _("it contains something that cannot be written back")) from error
            self._last = content, table

    def change(self, **values: object) -> Settings:
        """Load, replace these settings, save, and return all. Raises like ``save``."""
        with self._lock:
            settings = replace(self.load(), **values)  # type: ignore[arg-type]  # the keys are fields, checked by replace
            self.save(settings)
        return settings

    def key_origins(self, profile_id: str) -> tuple[str, ...]:
        """Where the addresses of this profile led before they were changed; see ``Keys``."""
        with self._lock:
            try:
                known = self._read().get(KEY_ORIGINS)
            except (SettingsBroken, ValueError):
                known = self._last[1].get(KEY_ORIGINS) if self._last is not None else None
        origins = known.get(profile_id) if isinstance(known, dict) else None
        return tuple(each for each in origins if isinstance(each, str)) if isinstance(origins, list) else ()

    def _without_file(self, text: str) -> Settings:
        if self._last is not None:
            return settings_from(self._last[1])[0]
        found: dict[str, Any] = {}
        for line in text.splitlines():
            if line.lstrip().startswith("["):
                break  # a table: what follows is no setting of ours
            with suppress(Exception):
                found |= tomllib.loads(line)
        # What the person had chosen is not known, so nothing may leave or be kept that they may have forbidden.
        return settings_from({**_STRICTEST, **with_present_keys(found)})[0]

    def _read(self) -> dict[str, Any]:
        """Raises ValueError when the content is not TOML, SettingsBroken when the file cannot be read at all.

        Editors empty a file before they write it, so what is new and odd is looked at again a moment later. A broken
        file that has lain for a while, or was looked at before, costs no wait: it is read at every question.
        """
        table, content = dict[str, Any](), b""
        for number in range(_LOOKS):
            is_last = number == _LOOKS - 1
            found = self._content()
            if found is None:
                return {}
            content = found
            if self._last is not None and content == self._last[0]:
                return self._last[1]
            try:
                table = _table_in(content)
            except ValueError:
                if is_last or content == self._broken or not self._is_being_written(_WAS_WRITTEN):
                    self._broken = content
                    raise
            else:
                if is_last or not self._is_being_written(_STILL_WRITING):
                    break
            time.sleep(_PAUSE)
        if not table and self._last is not None and self._last[1]:
            self._say(_("The settings file is empty, so defaults are used."))
        self._last = content, table
        return table

    def _content(self) -> bytes | None:
        """None when there is no file."""
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:  # ValueError: a NUL in the path
            why = getattr(error, "strerror", None) or type(error).__name__
            raise SettingsBroken(_("The settings could not be read."), f"{self.path}: {why}.") from error

    def _text(self) -> str:
        return (self._content() or b"").decode("utf-8", "replace")

    def _is_being_written(self, within: float) -> bool:
        with suppress(OSError):
            return abs(time.time() - self.path.stat().st_mtime) < within
        return False

    def _set_aside(self, reason: ValueError) -> None:
        broken = free_name(self.path.with_name(self.path.name + ".broken"))
        try:
            self.path.replace(broken)
        except OSError as error:
            raise _not_saved(self.path, error.strerror or type(error).__name__) from error
        self._say(
            _("The settings file could not be used ({why}) and is now {file}; a new one was created.").format(
                why=reason, file=broken.name
            )
        )

    def _say(self, sentence: str) -> None:
        if sentence in self._told:
            return
        self._told.add(sentence)
        log.info("%s", sentence)
        if self._tell is not None:
            self._tell(sentence)


def _table_in(content: bytes) -> dict[str, Any]:
    """Raises ValueError for what is not TOML."""
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except ValueError:
        raise
    except RecursionError as error:
        raise ValueError(_("it is nested too deeply")) from error
    except Exception as error:
        raise ValueError(type(error).__name__) from error


def _not_saved(path: Path, why: str) -> SettingsBroken:
    return SettingsBroken(_("The settings could not be saved."), f"{path}: {why}.")
