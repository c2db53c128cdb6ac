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
from grokdesk.translation import N_, _

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


def _length(default: int, title: str) -> Any:
    """A side of a window."""
    return _row(default, "number", title, N_("In logical pixels."), smallest=200, largest=20_000)


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting's value. A field's metadata is its row of the table."""

    profile: str = _row(
        "",
        "profile",
        N_("Profile"),
        N_("Where questions go. Empty: xAI if there is a key for it, otherwise this computer."),
        page=N_("Connection"),
    )
    profiles: tuple[Profile, ...] = _row(
        (),
        "profiles",
        N_("Custom profiles"),
        N_("Your own servers. Their keys are stored in the keyring."),
        page=N_("Connection"),
    )
    hotkey_region: str = _row(
        "Ctrl+Alt+G",
        "hotkey",
        N_("Capture a region"),
        N_("Freezes the screen to select a region, then asks about it."),
        page=N_("Hotkeys"),
    )
    hotkey_alt_text: str = _row(
        "Ctrl+Alt+Shift+F",
        "hotkey",
        N_("Alt text of a region"),
        N_("Select a region to copy its description."),
        page=N_("Hotkeys"),
    )
    hotkey_last: str = _row(
        "Ctrl+Alt+Shift+G",
        "hotkey",
        N_("Repeat last region"),
        N_("Captures the same region again without selecting."),
        page=N_("Hotkeys"),
    )
    hotkey_clipboard: str = _row(
        "Ctrl+Alt+Shift+B",
        "hotkey",
        N_("Clipboard image"),
        N_("Asks about the image on the clipboard."),
        page=N_("Hotkeys"),
    )
    hotkey_panel: str = _row(
        "Ctrl+Alt+Shift+H",
        "hotkey",
        N_("Open GrokDesk"),
        N_("Brings the conversation window to the front."),
        page=N_("Hotkeys"),
    )
    theme: str = _row(
        "system",
        "choice",
        N_("Appearance"),
        N_("Light, dark or system default."),
        page=N_("General"),
        choices=("system", "light", "dark"),
    )
    on_close: str = _row(
        "ask",
        "choice",
        N_("Closing the window"),
        N_("What happens when there is no tray icon. With one, GrokDesk stays in the tray."),
        page=N_("General"),
        choices=("ask", "quit", "keep"),
    )
    save_folder: str = _row(
        "",
        "text",
        N_("Saved pictures"),
        N_("Folder for captures saved without asking. Empty: your Pictures folder."),
        page=N_("General"),
    )
    keep_history: bool = _row(
        True, "switch", N_("Keep history"), N_("Saves questions and answers on this computer."), page=N_("Privacy")
    )
    pictures_again: int = _row(
        3,
        "number",
        N_("Resend earlier images"),
        N_("Number of earlier questions whose images are included with the next one. You can change it each time."),
        page=N_("Privacy"),
        largest=100,
    )
    scan: str = _row(
        "suggest",
        "choice",
        N_("Scan for sensitive data"),
        N_(
            "Images are scanned on this computer before they are sent. Not for local profiles; each profile can differ."
        ),
        page=N_("Privacy"),
        choices=SCAN_POLICIES,
    )
    own_words: str = _row(
        "",
        "text",
        N_("Custom words"),
        N_("Other names and words to treat as sensitive, separated by commas."),
        page=N_("Privacy"),
    )
    reading_languages: str = _row(
        "eng",
        "text",
        N_("Text recognition languages"),
        N_("Tesseract codes, such as eng+deu. Only installed languages are used; each makes reading slower."),
        page=N_("Privacy"),
    )
    ledger_keep_days: int = _row(
        0,
        "number",
        N_("Keep log entries (days)"),
        N_("Metadata only. 0 = forever. The current month is always kept."),
        page=N_("Request log"),
        largest=10_000,
    )
    monthly_budget_usd: str = _row(
        "",
        "money",
        N_("Monthly budget ($)"),
        N_("Spending limit per calendar month. Empty: no limit."),
        page=N_("Request log"),
    )
    budget_warn_percent: int = _row(
        80,
        "number",
        N_("Warn at (%)"),
        N_("Percentage of the budget."),
        page=N_("Request log"),
        smallest=1,
        largest=100,
    )
    budget_mode: str = _row(
        "warn",
        "choice",
        N_("When used up"),
        N_("Warn: shows one warning. Stop: blocks requests unless you allow them."),
        page=N_("Request log"),
        choices=("warn", "stop"),
    )
    last_action: str = _row("ask", "text", N_("Last action"), N_("Runs when a question is sent without text."))
    last_region: str = _row("", "text", N_("Last region"), N_("X,Y,WIDTH,HEIGHT in pixels of the desktop."))
    background_notice_shown: bool = _row(
        False, "switch", N_("Background notice shown"), N_("The notice about running in the background was shown.")
    )
    tray_hint_shown: bool = _row(
        False, "switch", N_("Tray hint shown"), N_("The hint about tray icons on GNOME was shown.")
    )
    first_run_done: bool = _row(False, "switch", N_("First run done"), N_("The welcome page was shown."))
    panel_width: int = _length(480, N_("Width of the window"))
    viewer_width: int = _length(900, N_("Width of the viewer"))
    viewer_height: int = _length(680, N_("Height of the viewer"))
    panel_height: int = _length(720, N_("Height of the window"))
    compare_with: str = _row("", "text", N_("Compared models"), N_("PROFILE or PROFILE/MODEL, separated by commas."))
    compare_judge: str = _row("", "text", N_("Judge of a comparison"), N_("PROFILE or PROFILE/MODEL."))
    compare_width: int = _length(960, N_("Width of Compare"))
    compare_height: int = _length(720, N_("Height of Compare"))
    ledger_width: int = _length(900, N_("Width of the request log"))
    ledger_height: int = _length(620, N_("Height of the request log"))


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
                _("{field} contains what looks like an API key.").format(field=setting.key),
                _("Keys are stored in the keyring, never in a file: grokdesk key set"),
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
