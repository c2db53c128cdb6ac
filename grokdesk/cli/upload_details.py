"""The pictures of a question as they leave, in words and for scripts."""

from __future__ import annotations

from grokdesk.model import PreparedImage, Profile
from grokdesk.providers.models.picture_tokens import tokens_of
from grokdesk.store.history.exports import image_object
from grokdesk.store.history.history import image_of


def upload_words(image: PreparedImage, profile: Profile) -> str:
    """``shot.png: 3840 x 2160 PNG 4.1 MB -> 2048 x 1152 PNG 0.9 MB, about 256-1792 tokens``; "" for an address."""
    if not image.data:
        return ""
    came = [f"{image.source_width} x {image.source_height}", image.source_format]
    came.append(_size(image.source_bytes) if image.source_bytes else "")
    kind = image.media_type.removeprefix("image/").upper()
    leaves = f"{image.width} x {image.height} {kind} {_size(len(image.data))}"
    tokens = tokens_of(profile, (image,))
    cost = f", about {tokens.least}-{tokens.most} tokens" if tokens else ""
    return f"{image.name}: {' '.join(filter(None, came))} -> {leaves}{cost}"


def upload_object(image: PreparedImage, profile: Profile | None) -> dict[str, object]:
    """What ``--json`` tells of a picture."""
    tokens = tokens_of(profile, (image,)) if profile else None
    return {
        **image_object(image_of(image)),
        "source_width": image.source_width,
        "source_height": image.source_height,
        "source_bytes": image.source_bytes or None,
        "tokens": list(tokens) if tokens else None,
        "legible": image.is_legible,
        "notes": list(image.notes),
    }


def _size(count: int) -> str:
    return f"{count / 1024**2:.1f} MB" if count >= 1024**2 else f"{count / 1024:.0f} kB"
