"""The settings: one table that makes the dialog, the file and the flags. Keys (secrets) are never among them.

The table is the fields of ``Settings``; to add a setting, add one field.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from grokdesk.errors import UsageError
from grokdesk.logs import looks_like_key
from grokdesk.model import SCAN_POLICIES, Profile, scan_policy
from grokdesk.store.settings.no_secrets import KEY_ORIGINS, key_origins, refuse_secrets
from grokdesk.store.settings.profile_tables import (
    FORMER_KEYS,
    profile_from,
    table_of,
    unknown_keys_of,
    with_present_keys,
)
from grokdesk.translation import _

log = logging.getLogger(__name__)


Kind = Literal["text", "choice", "switch", "number", "money", "hotkey", "profile", "profiles"]
_TYPES: dict[Kind, type] = {"switch": bool, "number": int, "profiles": list}
_YES, _NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table. ``page`` is where the dialog shows it; "" for what the program remembers by itself."""

    key: str
    default: object
    kind: Kind
    title: str
    help: str
    page: str = ""
    choices: tuple[str, ...] = ()
    smallest: int = 0
    largest: int = 0
    """The range of a number, both ends included."""


def _row(default: object, kind: Kind, title: str, help_: str, **more: object) -> Any:
    return field(default=default, metadata={"kind": kind, "title": title, "help": help_, **more})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting's value. A field's metadata is its row of the table."""

    profile: str = _row(
        "",
        "profile",
        "Profile",
        "Where questions go. Empty: xAI when there is a key for it, else this computer.",
        page="Connection",
    )
    profiles: tuple[Profile, ...] = _row(
        (), "profiles", "Own profiles", "Servers of your own. Their keys are kept in the keyring.", page="Connection"
    )
    hotkey_region: str = _row(
        "Ctrl+Alt+G",
        "hotkey",
        "Capture a region",
        "Freezes the screen so that a region can be selected, then asks.",
        page="Hotkeys",
    )
    hotkey_alt_text: str = _row(
        "Ctrl+Alt+Shift+F",
        "hotkey",
        "Alt text of a region",
        "Select a region; its description comes to the clipboard.",
        page="Hotkeys",
    )
    hotkey_last: str = _row(
        "Ctrl+Alt+Shift+G",
        "hotkey",
        "Last region again",
        "Captures the same place as the last time, without selecting.",
        page="Hotkeys",
    )
    hotkey_clipboard: str = _row(
        "Ctrl+Alt+Shift+B",
        "hotkey",
        "Picture on the clipboard",
        "Asks about the picture that was copied last.",
        page="Hotkeys",
    )
    hotkey_panel: str = _row(
        "Ctrl+Alt+Shift+H",
        "hotkey",
        "Open GrokDesk",
        "Brings the window with the conversation to the front.",
        page="Hotkeys",
    )
    theme: str = _row(
        "system",
        "choice",
        "Appearance",
        "Light, dark, or what the system says.",
        page="General",
        choices=("system", "light", "dark"),
    )
    on_close: str = _row(
        "ask",
        "choice",
        "Closing the window",
        "What it means where there is no tray icon. With one, GrokDesk stays in the tray.",
        page="General",
        choices=("ask", "quit", "keep"),
    )
    save_folder: str = _row(
        "",
        "text",
        "Saved pictures",
        "The folder for captures that are saved without asking. Empty: your Pictures folder.",
        page="General",
    )
    keep_history: bool = _row(
        True, "switch", "Keep a history", "Questions and answers are kept on this computer.", page="Privacy"
    )
    pictures_again: int = _row(
        3,
        "number",
        "Pictures sent again",
        "Of how many earlier questions the pictures go along with the next one. You can choose others each time.",
        page="Privacy",
        largest=100,
    )
    scan: str = _row(
        "suggest",
        "choice",
        "Scan for sensitive data",
        "Pictures are scanned on this computer before they are sent. Not for local profiles; a profile may differ.",
        page="Privacy",
        choices=SCAN_POLICIES,
    )
    own_words: str = _row(
        "",
        "text",
        "Words of your own",
        "Names and words that are secret as well, with commas between them.",
        page="Privacy",
    )
    reading_languages: str = _row(
        "eng",
        "text",
        "Languages of texts on pictures",
        "As Tesseract names them, such as eng+deu. Only installed ones are used; each makes reading slower.",
        page="Privacy",
    )
    ledger_keep_days: int = _row(
        0,
        "number",
        "Keep log entries (days)",
        "Metadata only. 0 = forever. The current month always stays.",
        page="Request log",
        largest=10_000,
    )
    monthly_budget_usd: str = _row(
        "",
        "money",
        "Monthly budget ($)",
        "What questions may cost in a month of your calendar. Empty: no limit.",
        page="Request log",
    )
    budget_warn_percent: int = _row(
        80, "number", "Warn at (%)", "Of the budget.", page="Request log", smallest=1, largest=100
    )
    budget_mode: str = _row(
        "warn",
        "choice",
        "When it is used up",
        "Warn: you are told once. Stop: nothing more is sent unless you say so.",
        page="Request log",
        choices=("warn", "stop"),
    )
    last_action: str = _row("ask", "text", "Last action", "Runs when a question is sent without text.")
    last_region: str = _row("", "text", "Last region", "X,Y,WIDTH,HEIGHT in pixels of the desktop.")
    background_notice_shown: bool = _row(
        False, "switch", "Background notice shown", "That closing the window keeps GrokDesk running was said."
    )
    tray_hint_shown: bool = _row(False, "switch", "Tray hint shown", "How to get tray icons on GNOME was said.")
    first_run_done: bool = _row(False, "switch", "First run done", "The welcome page was seen.")
    panel_width: int = _row(480, "number", "Width of the window", "In logical pixels.", smallest=200, largest=20_000)
    viewer_width: int = _row(900, "number", "Width of the viewer", "In logical pixels.", smallest=200, largest=20_000)
    viewer_height: int = _row(680, "number", "Height of the viewer", "In logical pixels.", smallest=200, largest=20_000)
    panel_height: int = _row(720, "number", "Height of the window", "In logical pixels.", smallest=200, largest=20_000)
    compare_with: str = _row("", "text", "Compared models", "PROFILE or PROFILE/MODEL, separated by commas.")
    compare_judge: str = _row("", "text", "Judge of a comparison", "PROFILE or PROFILE/MODEL.")
    compare_width: int = _row(960, "number", "Width of Compare", "In logical pixels.", smallest=200, largest=20_000)
    compare_height: int = _row(720, "number", "Height of Compare", "In logical pixels.", smallest=200, largest=20_000)
    ledger_width: int = _row(
        900, "number", "Width of the request log", "In logical pixels.", smallest=200, largest=20_000
    )
    ledger_height: int = _row(
        620, "number", "Height of the request log", "In logical pixels.", smallest=200, largest=20_000
    )


SETTINGS = tuple(Setting(item.name, item.default, **item.metadata) for item in fields(Settings))
"""The table, in the order of the dialog."""


def check_value(setting: Setting, value: object) -> object:
    """The value if the setting can have it. Raises ValueError with the end of a sentence that begins with the key."""
    if setting.kind == "money" and type(value) in (int, float):
        value = f"{value}"  # a file may well say 10 and not "10"
    wanted = _TYPES.get(setting.kind, str)
    if type(value) is not wanted:
        names = {bool: "true or false", int: "a whole number", list: "a list of tables", str: "a text"}
        raise ValueError(f"has to be {names[wanted]}")
    if setting.key == "scan":
        value = scan_policy(str(value)) or value
    if setting.choices and value not in setting.choices:
        raise ValueError(f"has to be one of {', '.join(setting.choices)}")
    if setting.kind == "money" and value and not re.fullmatch(r"\d{1,9}(\.\d{1,4})?", str(value), re.ASCII):
        raise ValueError("has to be an amount like 10 or 2.50")
    if isinstance(value, int) and setting.kind == "number" and not setting.smallest <= value <= setting.largest:
        raise ValueError(f"has to be between {setting.smallest} and {setting.largest}")
    return value


def read_value(setting: Setting, text: str) -> object:
    """The value that a person's word stands for. Raises ValueError like ``check_value``."""
    text = text.strip()
    if setting.kind == "profiles":
        raise ValueError("is a list of tables: edit the settings file")
    if setting.kind == "switch":
        if text.lower() not in (*_YES, *_NO):
            raise ValueError("has to be true or false")
        return text.lower() in _YES
    if setting.kind == "number":
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise ValueError("has to be a whole number")
        return check_value(setting, int(text))
    return check_value(setting, text)


def settings_from(table: Mapping[str, Any]) -> tuple[Settings, list[str]]:
    """Settings from a file's table, and a sentence for each value that could not be used."""
    values: dict[str, Any] = {}
    sentences: list[str] = []
    table = with_present_keys(table)
    for setting in SETTINGS:
        if setting.key not in table:
            continue
        try:
            value = check_value(setting, table[setting.key])
        except ValueError as error:
            default = "none" if setting.kind == "profiles" else repr(setting.default)
            sentences.append(
                _("In the settings, {key} {error}; {default} is used.").format(
                    key=setting.key, error=error, default=default
                )
            )
            continue
        values[setting.key] = value
    if "profiles" in values:
        values["profiles"] = _profiles_from(values["profiles"], sentences)
    return Settings(**values), sentences


def _profiles_from(tables: list[Any], sentences: list[str]) -> tuple[Profile, ...]:
    profiles: dict[str, Profile] = {}
    for number, table in enumerate(tables, 1):
        try:
            profile = profile_from(table if isinstance(table, dict) else {})
            if profile.id in profiles:
                raise ValueError(f"the id {profile.id!r} is taken")  # noqa: TRY301 - one sentence for every reason
        except ValueError as error:
            sentences.append(
                _("In the settings, profile {number} is left out: {error}.").format(number=number, error=error)
            )
        else:
            profiles[profile.id] = profile
    return tuple(profiles.values())


def table_from(settings: Settings, old: Mapping[str, Any]) -> dict[str, Any]:
    """The table to write: values that are not the default, and whatever in the old table is not ours to drop.

    Raises UsageError for a value that could not be read again.
    """
    known = {*(setting.key for setting in SETTINGS), *FORMER_KEYS}
    table = {key: value for key, value in old.items() if key not in known}
    for setting in SETTINGS:
        value = getattr(settings, setting.key)
        if setting.kind == "profiles" or value == setting.default:
            continue
        try:
            table[setting.key] = check_value(setting, value)
        except ValueError as error:
            raise UsageError(f"{setting.key} {error}.") from error
    tables = _profile_tables(settings.profiles, old.get("profiles", []))
    for setting in SETTINGS:
        word = table.get(setting.key)
        if setting.kind == "text" and word != old.get(setting.key) and looks_like_key(str(word or "")):
            raise UsageError(
                _("{field} holds what looks like an API key.").format(field=setting.key),
                _("Keys are kept in the keyring and never in a file: grokdesk key set"),
            )
    refuse_secrets([table_of(profile) for profile in settings.profiles], old.get("profiles", []))
    if origins := key_origins(old, tables):
        table[KEY_ORIGINS] = origins
    if tables:
        table["profiles"] = tables
    return table


def _profile_tables(profiles: tuple[Profile, ...], old: object) -> list[dict[str, Any]]:
    """Tables for the profiles with what other versions added, then the tables that this version cannot read."""
    extra: dict[str, dict[str, Any]] = {}
    unread: list[dict[str, Any]] = []
    for table in old if isinstance(old, list) else []:
        if not isinstance(table, dict):
            continue
        try:
            extra.setdefault(profile_from(table).id, unknown_keys_of(table))
        except ValueError:
            unread.append(table)
    return [{**_checked_table(profile), **extra.get(profile.id, {})} for profile in profiles] + unread


def _checked_table(profile: Profile) -> dict[str, Any]:
    try:
        return table_of(profile_from(table_of(profile)))
    except ValueError as error:
        raise UsageError(
            _("The profile {name!r} cannot be saved: {error}.").format(name=profile.name, error=error)
        ) from error
