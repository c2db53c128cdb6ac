"""``grokdesk profiles``: where questions can go."""

from __future__ import annotations

import argparse

from grokdesk.cli.session import Session
from grokdesk.errors import EXIT_OK
from grokdesk.model import Profile
from grokdesk.store.profiles import all_profiles


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", nargs="?", choices=("list",), default="list")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace, session: Session) -> int:
    settings = session.services().settings.load()
    profiles = all_profiles(settings)
    if options.json:
        session.terminal.object([object_of(profile, settings.profile) for profile in profiles])
        return EXIT_OK
    width = max(len(profile.id) for profile in profiles)
    for profile in profiles:
        mark = "*" if profile.id == settings.profile else " "
        about = [profile.name, profile.base_url, profile.model, "" if profile.needs_key else "needs no key"]
        session.terminal.line(f"{mark} {profile.id:{width}}  {'  '.join(filter(None, about))}")
    if not settings.profile:
        session.terminal.say("None is chosen: xAI is used when there is a key for it, else this computer.")
    return EXIT_OK


def object_of(profile: Profile, active: str) -> dict[str, object]:
    return {
        "id": profile.id,
        "name": profile.name,
        "dialect": profile.dialect,
        "base_url": profile.base_url,
        "model": profile.model,
        "needs_key": profile.needs_key,
        "is_local": profile.is_local,
        "is_active": profile.id == active,
    }
