"""One question to several models at once: each on a thread of its own, their events as they come, with their place."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Protocol

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import GrokDeskError, UsageError
from grokdesk.model import (
    IMAGE_FORMATS,
    Answer,
    AskEvent,
    Conversation,
    ImageLimits,
    Picture,
    Profile,
    Question,
    Turn,
    Usage,
)
from grokdesk.questions.ask import Asker, TurnKeeper, ask
from grokdesk.store.history.comparisons import Place
from grokdesk.store.settings.profiles import all_profiles, find_profile
from grokdesk.store.settings.settings import Settings
from grokdesk.translation import _, ngettext

LEAST, MOST = 2, 8
"""How many answer side by side."""
HOLDER = -1
"""The place of a server that holds a comparison itself, as long as nobody has spoken."""
KEEP_SECONDS = 2.0
"""How long is waited until what came of stopped answers is kept."""
_POLL_SECONDS = 0.1


class PlaceKeeper(Protocol):
    """The history, as far as a comparison needs it. Raises StoreError."""

    def save(self, conversation_id: str, turn: Turn, place: Place | None = None) -> int: ...

    def begin(self, conversation_id: str, turn: Turn, place: Place | None = None) -> int: ...

    def note_answer(self, entry_id: int, answer: Answer) -> None: ...

    def end(self, entry_id: int, turn: Turn) -> None: ...

    def mark_best(self, place: Place, *, by_judge: bool = False) -> bool: ...


@dataclass(frozen=True, slots=True)
class Contestant:
    """Who answers at a place. Its conversation is its own, so that it can go on without the others."""

    position: int
    profile: Profile
    conversation_id: str

    @property
    def label(self) -> str:
        model = self.profile.model
        return f"{self.profile.name} · {model}" if model else self.profile.name


@dataclass(frozen=True, slots=True)
class AtPlace:
    """What happens in one column."""

    position: int
    event: AskEvent


@dataclass(frozen=True, slots=True)
class Opened:
    """In a comparison that the server holds itself, somebody speaks who has not spoken before."""

    contestant: Contestant


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question as it goes to several. ``keeper`` None: nothing is kept."""

    id: str
    question: Question
    keeper: PlaceKeeper | None = None


def chosen_profile(words: str, settings: Settings) -> Profile:
    """The profile of ``PROFILE`` or ``PROFILE/MODEL``; a model may have slashes itself. Raises UsageError."""
    words = words.strip()
    named = {name.casefold() for profile in all_profiles(settings) for name in (profile.id, profile.name)}
    if words.casefold() in named or "/" not in words:
        return find_profile(settings, words)
    name, _slash, model = words.partition("/")
    profile = find_profile(settings, name)
    if profile.dialect == "on-this-computer":
        raise UsageError(
            _("{profile} has no models.").format(profile=profile.name),
            _("Use the profile alone: {id}").format(id=profile.id),
        )
    return replace(profile, model=model.strip())


def contestants_for(profiles: Sequence[Profile], new_id: Iterable[str]) -> tuple[Contestant, ...]:
    """One place each, from 1. ``new_id`` names their conversations. Raises UsageError."""
    if not LEAST <= len(profiles) <= MOST:
        raise UsageError(
            ngettext("{count} model was chosen.", "{count} models were chosen.", len(profiles)).format(
                count=len(profiles)
            ),
            _("Choose {least} to {most} to compare.").format(least=LEAST, most=MOST),
        )
    seen: set[tuple[str, str, str]] = set()
    for profile in profiles:
        key = (profile.id, profile.base_url, profile.model)
        if key in seen:
            raise UsageError(
                _("{model} was chosen twice.").format(model=Contestant(0, profile, "").label),
                _("Choose each only once."),
            )
        seen.add(key)
    return tuple(
        Contestant(at, profile, own) for at, (profile, own) in enumerate(zip(profiles, new_id, strict=False), 1)
    )


def common_limits(profiles: Iterable[Profile]) -> ImageLimits:
    """What every server among them takes, so that all get the same bytes, which were scanned and shown once.

    Where they have no format in common, that of the first; who does not take it gets the pictures prepared anew.
    """
    profiles = tuple(profiles)
    servers = [each.limits for each in profiles if each.dialect != "on-this-computer"]
    every = servers or [each.limits for each in profiles]
    formats = tuple(kind for kind in IMAGE_FORMATS if all(kind in limits.formats for limits in every))
    return ImageLimits(
        min(limits.long_edge for limits in every),
        min(limits.file_bytes for limits in every),
        min(limits.max_images for limits in every),
        formats or every[0].formats,
        counts_base64=False,
    )


def compare(
    asker: Asker,
    comparison: Comparison,
    contestants: Sequence[Contestant],
    switches: Mapping[int, CancelSwitch],
    cancel: CancelSwitch,
) -> Generator[AtPlace, None, None]:
    """Yield what happens in every column, each ending with its Ended, in the order in which it happens.

    ``switches`` stops one, ``cancel`` all. A failure stays in its column. When the caller closes the generator early,
    all are stopped, and what came is kept.
    """
    asker = replace(asker, download=SharedDownloads(asker).get)
    happened: queue.SimpleQueue[AtPlace | None] = queue.SimpleQueue()

    def answer(contestant: Contestant) -> None:
        own = replace(asker, keeper=keeper_at(comparison, contestant.position))
        past, switch = Conversation(contestant.conversation_id), switches[contestant.position]
        try:
            with closing(ask(own, comparison.question, past, contestant.profile, switch)) as events:
                for event in events:
                    happened.put(AtPlace(contestant.position, event))
        finally:
            happened.put(None)

    def stop_all() -> None:
        for switch in switches.values():
            switch.throw()

    threads = [
        threading.Thread(target=answer, args=(each,), name=f"compare-{each.position}", daemon=True)
        for each in contestants
    ]
    with cancel.waking(stop_all):
        for thread in threads:
            thread.start()
        running = len(threads)
        try:
            while running:
                event = happened.get()
                if event is None:
                    running -= 1
                else:
                    yield event
        finally:
            if running:
                stop_all()
                for thread in threads:
                    thread.join(KEEP_SECONDS)


def keeper_at(comparison: Comparison, position: int) -> TurnKeeper | None:
    """Keeps turns with their place in the comparison."""
    if comparison.keeper is None:
        return None
    return _KeeperAt(comparison.keeper, Place(comparison.id, position))


def keep_best(comparison: Comparison, position: int, *, by_judge: bool = False) -> GrokDeskError | None:
    """Keep a vote; what went wrong when the history does not have it."""
    if comparison.keeper is None:
        return None
    try:
        comparison.keeper.mark_best(Place(comparison.id, position), by_judge=by_judge)
    except GrokDeskError as error:
        return error
    return None


def total_cost(usages: Iterable[Usage | None]) -> Usage:
    """What all of them cost together, as far as it is known."""
    costs = [usage for usage in usages if usage is not None and usage.cost_usd is not None]
    if not costs:
        return Usage()
    total = sum((usage.cost_usd or Decimal(0) for usage in costs), Decimal(0))
    return Usage(cost_usd=total, cost_is_estimate=any(usage.cost_is_estimate for usage in costs))


@dataclass(frozen=True, slots=True)
class _KeeperAt:
    keeper: PlaceKeeper
    place: Place

    def save(self, conversation_id: str, turn: Turn) -> int:
        return self.keeper.save(conversation_id, turn, self.place)

    def begin(self, conversation_id: str, turn: Turn) -> int:
        return self.keeper.begin(conversation_id, turn, self.place)

    def note_answer(self, entry_id: int, answer: Answer) -> None:
        self.keeper.note_answer(entry_id, answer)

    def end(self, entry_id: int, turn: Turn) -> None:
        self.keeper.end(entry_id, turn)


@dataclass(slots=True)
class SharedDownloads:
    """A picture is fetched once for all who need its bytes, so that it is also prepared once."""

    asker: Asker
    got: dict[str, Picture] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, url: str, cancel: CancelSwitch) -> Picture:
        """Raises what downloading raises, and Cancelled also while another one is downloading it."""
        while not self.lock.acquire(timeout=_POLL_SECONDS):
            cancel.check()
        try:
            if url not in self.got:
                self.got[url] = self.asker.download(url, cancel)
            return self.got[url]
        finally:
            self.lock.release()
