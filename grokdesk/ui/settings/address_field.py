"""The field for the address of a server: any usual form is taken, and below it stands how it will be used."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QLineEdit

from grokdesk.errors import GrokDeskError, UsageError
from grokdesk.model import Profile
from grokdesk.providers.formats.base_url import address_of, normalised
from grokdesk.translation import _


class AddressField(QLineEdit):
    """Only shows; who keeps the address tells it what came of that."""

    def __init__(self) -> None:
        super().__init__(placeholderText="https://…/v1")
        self.setAccessibleName(_("Address"))
        self.status = QLabel(wordWrap=True)
        self._profile: Profile | None = None

    @property
    def typed(self) -> str | None:
        """What was typed and is not kept, None when it is what is kept."""
        text = self.text().strip()
        return None if self._profile is None or text == self._profile.base_url else text

    def show_profile(self, profile: Profile, typed: str | None) -> None:
        """``typed`` is what could not be kept when this profile was shown before."""
        self._profile = profile
        self.setText(profile.base_url if typed is None else typed)
        self.show_outcome(profile, None)

    def show_outcome(self, profile: Profile, error: GrokDeskError | None) -> None:
        """Say what is wrong with what was typed, or how the address will be used when that is not what it says."""
        self._profile = profile
        words = str(error) if error is not None else _wrong_with(self.typed) if self.typed else ""
        used = "" if words else address_of(profile)
        self.status.setText(
            words or (_("Used as {used}").format(used=used) if used not in ("", profile.base_url) else "")
        )
        self.status.setProperty("look", "bad" if words else "caption")
        self.status.style().polish(self.status)
        self.setAccessibleDescription(self.status.text())


def _wrong_with(address: str) -> str:
    try:
        normalised(address)
    except UsageError as error:
        return str(error)
    return ""
