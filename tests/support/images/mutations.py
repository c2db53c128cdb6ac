"""Changes files a little, as damage and malice do.

``python -m tests.support.images.mutations SECONDS`` opens changed files of the corpus for that long and writes those
that break or stall the decoder into the working folder; it prints how many there were.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutation:
    """``place`` is a share of the file."""

    kind: str
    place: float
    value: bytes


def mutated(data: bytes, mutations: Sequence[Mutation]) -> bytes:
    for mutation in mutations:
        at, value = int(mutation.place * len(data)), mutation.value
        match mutation.kind:
            case "set":
                data = data[:at] + value + data[at + len(value) :]
            case "cut":
                data = data[:at]
            case "insert":
                data = data[:at] + value + data[at:]
            case "repeat":
                data = data[:at] + data[at : at + 200] * 5 + data[at:]
            case "swap":
                data = data[:at] + data[at + 4 : at + 8] + data[at : at + 4] + data[at + 8 :]
    return data


def main() -> int:
    from grokdesk.errors import PictureError
    from grokdesk.model import Picture
    from grokdesk.pictures.decode.decoder import Decoder
    from tests.support.images.image_corpus import whole_corpus

    chance = random.Random()  # noqa: S311 - not for secrets
    seeds = [member.data for member in whole_corpus() if 0 < len(member.data) <= 100_000]
    decoder, tried, found, end = Decoder(seconds=5), 0, 0, time.monotonic() + float(sys.argv[1])
    while time.monotonic() < end:
        kinds = chance.choices(["set", "set", "set", "cut", "insert", "repeat", "swap"], k=chance.randint(1, 5))
        steps = [Mutation(kind, chance.random(), chance.randbytes(chance.randint(1, 6))) for kind in kinds]
        data, tried = mutated(chance.choice(seeds), steps), tried + 1
        try:
            decoder.open(Picture("file", data), enough=1024)
        except PictureError as error:
            if "crashed" in error.title or "within" in error.title:
                found += 1
                Path(f"found-{found}.bin").write_bytes(data)
                print(error.title)  # noqa: T201
    decoder.close()
    print(f"{tried} files, {found} broke or stalled the decoder")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
