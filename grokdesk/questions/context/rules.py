"""The rules by which conversations go on: made once a run, for whoever asks and whoever shows what goes along."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from grokdesk.errors import PictureError
from grokdesk.model import Conversation, Message, PreparedImage, Profile
from grokdesk.providers.models.image_sizes import ImageSizes, unfit
from grokdesk.questions.context.addresses import AddressMemory
from grokdesk.questions.context.context import AGAIN, Context, context_of


def _usual() -> int:
    return AGAIN


def _unknown(_profile: Profile) -> int:
    return 0


def _any_size(_profile: Profile) -> ImageSizes:
    return ImageSizes()


@dataclass(frozen=True, slots=True)
class Upkeep:
    """``again`` is how many turns send their pictures again unasked, ``window`` how many tokens the model takes, 0 when
    that is not known, ``sizes`` which images it accepts; all are asked each time, as they may change."""

    again: Callable[[], int] = _usual
    window: Callable[[Profile], int] = _unknown
    addresses: AddressMemory = field(default_factory=AddressMemory)
    sizes: Callable[[Profile], ImageSizes] = _any_size

    def context(self, past: Conversation, message: Message, profile: Profile) -> Context:
        """What goes along with this question. Raises RequestTooLarge when it alone is too large."""
        return context_of(past, message, profile, self.again(), self.addresses.takes, self.window(profile))

    def unfit(self, images: Iterable[PreparedImage], profile: Profile) -> PictureError | None:
        """The error for the first image that the profile's model is known to refuse for its size or shape."""
        if profile.dialect == "on-this-computer":
            return None
        sizes, model = self.sizes(profile), profile.model or profile.name
        return next((error for image in images if (error := unfit(image, sizes, model)) is not None), None)
