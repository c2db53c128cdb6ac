"""What a profile has beside its address, model and key; every change counts at once, or stays with its reason."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QWidget

from grokdesk.addresses import is_local
from grokdesk.errors import GrokDeskError, SettingsBroken
from grokdesk.logs import is_secret_header
from grokdesk.model import IMAGE_FORMATS, Profile
from grokdesk.model.request_limits import RequestLimits
from grokdesk.store.settings.profile_tables import profile_from, table_of
from grokdesk.translation import N_, _
from grokdesk.ui.kit.job import Job, single
from grokdesk.ui.kit.theme import GAP_S
from grokdesk.ui.settings.profile_fields import (
    IN_KEYRING,
    MEGABYTE,
    ChoiceField,
    Field,
    FileField,
    FormatsField,
    HeadersField,
    NumberField,
    ProxyField,
    SwitchField,
    TextField,
)

SPEAKS = {
    "xai-responses": "xAI Responses",
    "chat-completions": "chat.completions",
    "concurred-vision": "Concurred Vision",
}
SCANS = {
    "": N_("Use global setting"),
    "off": N_("Off"),
    "suggest": N_("Suggest"),
    "ask": N_("Always ask"),
    "block": N_("Block"),
}
_USUAL: dict[str, Any] = {
    "scan": "",
    "formats": list(IMAGE_FORMATS),
    "counts_base64": True,
    "request_bytes": RequestLimits().max_bytes,
    "request_tokens": RequestLimits().max_tokens,
    "effort": "",
    "proxy": "system",
    "ca_file": "",
    "connect_seconds": 0,
    "idle_seconds": 0,
    "headers": {},
    "key_over_http": False,
}
"""What the table of a profile leaves out."""
_LIMITS = ("long_edge", "max_bytes", "max_images", "formats", "counts_base64")


def make_fields() -> dict[str, tuple[str, Field]]:
    """Each with its label, by its key in the table of a profile."""
    return {
        "dialect": (_("API"), ChoiceField(_("API"), SPEAKS)),
        "key_over_http": ("", SwitchField(_("Allow sending the key over unencrypted http"))),
        "needs_key": ("", SwitchField(_("Requires a key"))),
        "is_local": ("", SwitchField(_("Local network: images are not scanned"))),
        "effort": (_("Reasoning effort"), TextField(_("Reasoning effort"), _("Server default; or low, medium, high"))),
        "long_edge": (_("Max long edge"), NumberField(_("Max long edge"), 16, 16_384, _("pixels"))),
        "max_bytes": (_("Max image size"), NumberField(_("Max image size"), 1, 953, "MB", factor=MEGABYTE)),
        "max_images": (_("Max images"), NumberField(_("Max images per request"), 1, 100, "")),
        "formats": (_("Image formats"), FormatsField(_("Image formats"))),
        "counts_base64": ("", SwitchField(_("Max image size counts base64, a third larger than the file"))),
        "request_bytes": (_("Max request size"), NumberField(_("Max request size"), 1, 953, "MB", factor=MEGABYTE)),
        "request_tokens": (
            _("Max tokens"),
            NumberField(_("Max tokens per request"), 1_000, 10_000_000, _("estimated")),
        ),
        "scan": (_("Sensitive data"), ChoiceField(_("Scan for sensitive data"), SCANS)),
        "headers": (_("Extra headers"), HeadersField(_("Extra headers"))),
        "proxy": (_("Proxy"), ProxyField(_("Proxy"))),
        "ca_file": (
            _("CA certificates"),
            FileField(
                _("CA certificate file"),
                _("System certificates only"),
                _("Certificates (*.pem *.crt *.cer);;All files (*)"),
            ),
        ),
        "connect_seconds": (
            _("Connection timeout"),
            NumberField(_("Connection timeout"), 0, 3600, _("s"), usual=_("Default")),
        ),
        "idle_seconds": (_("Idle timeout"), NumberField(_("Idle timeout"), 0, 86_400, _("s"), usual=_("Default"))),
    }


class ProfileDetails(QWidget):
    kept = Signal(object)
    """The Profile as it is now."""

    def __init__(self, save: Callable[[Profile], None], keep_header: Callable[[Profile, str, str], None]) -> None:
        """``save`` raises a GrokDeskError when the profile cannot be kept. ``keep_header`` puts the value of a secret
        header into the keyring, on a thread, and raises one too."""
        super().__init__()
        self._save, self._keep_header = save, keep_header
        self._profile: Profile | None = None
        self._left: dict[tuple[str, str], Any] = {}
        """What could not be kept, by profile and field, with its reason in the field."""
        self.fields: dict[str, Field] = {}
        self._form = form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setVerticalSpacing(GAP_S)
        for key, (label, field) in make_fields().items():
            form.addRow(label, field)
            self.fields[key] = field
            field.edited.connect(partial(self._edited, key))

    def show_profile(self, profile: Profile) -> None:
        """What was typed and could not be kept is shown again with its profile."""
        self._profile = profile
        table = {**_USUAL, **table_of(profile)}
        is_server = profile.dialect != "on-this-computer"
        for key, field in self.fields.items():
            self._form.setRowVisible(field, is_server or key in _LIMITS)
            value, why = self._left.get((profile.id, key), (_shown(table, key), ""))
            field.show_value(value)
            field.show_error(why)
        self.fields["is_local"].setEnabled(is_local(profile.base_url))
        self.fields["is_local"].setToolTip("" if is_local(profile.base_url) else _("Address is not local."))

    def _edited(self, key: str) -> None:
        if self._profile is None:
            return
        field, place = self.fields[key], (self._profile.id, key)
        value = field.value()
        table = {**table_of(self._profile), key: value}
        secrets: dict[str, str] = {}
        if key == "headers":
            secrets = _split_headers(table, value)
        try:
            changed = profile_from({**table, key: _checked(key, table[key])})
            if secrets:
                self._keep_secrets(changed, secrets, value)
                return
            if changed != self._profile:
                self._save(changed)
        except SettingsBroken as error:
            field.show_value({**_USUAL, **table_of(self._profile)}[key])
            field.show_error(_sentence(str(error)))
            return
        except (ValueError, GrokDeskError) as error:
            why = _sentence(str(error))
            field.show_error(why)
            self._left[place] = (value, why)
            return
        field.show_error("")
        self._left.pop(place, None)
        if changed != self._profile:
            self._profile = changed
            self.kept.emit(changed)

    def _keep_secrets(self, changed: Profile, secrets: dict[str, str], typed: Any) -> None:
        """The values first, then the profile that names them. Whatever is shown meanwhile, it is finished."""

        def keep() -> Profile:
            for name, text in secrets.items():
                self._keep_header(changed, name, text)
            return changed

        def finish(profiles: list[Profile]) -> None:
            try:
                self._save(profiles[-1])
            except GrokDeskError as error:
                fail(error)
                return
            self._left.pop((changed.id, "headers"), None)
            if self._profile is not None and self._profile.id == changed.id:
                self.show_profile(changed)
            self.kept.emit(changed)

        def fail(error: GrokDeskError) -> None:
            why = _sentence(str(error))
            self._left[changed.id, "headers"] = (typed, why)
            if self._profile is not None and self._profile.id == changed.id:
                self.fields["headers"].show_error(why)

        job: Job[Profile] = Job(single(keep), "headers")  # without an owner: it is not to be lost with a window
        job.arrived.connect(finish)
        job.failed.connect(fail)
        job.start()


def _shown(table: dict[str, Any], key: str) -> Any:
    if key == "headers":
        return {**table["headers"], **dict.fromkeys(table.get("secret_headers", ()), _(IN_KEYRING))}
    return table[key]


def _split_headers(table: dict[str, Any], value: dict[str, str | None]) -> dict[str, str]:
    """Put into the table what may stand in a file, and return what goes into the keyring."""
    kept = [name for name, text in value.items() if text == _(IN_KEYRING)]
    secrets = {name: text for name, text in value.items() if name not in kept and text and is_secret_header(name, text)}
    table["headers"] = {name: text for name, text in value.items() if name not in kept and name not in secrets}
    table["secret_headers"] = [*kept, *secrets]
    return secrets


def _checked(key: str, value: Any) -> Any:
    if key == "ca_file" and value and not Path(value).is_file():
        raise ValueError(f"there is no file {value}")
    return value


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('.') else '.'}"
