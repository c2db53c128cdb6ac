from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.addresses import belongs_to, check_base_url, is_local, origin_of
from grokdesk.errors import KeyringLocked, UsageError
from grokdesk.model import DIALECTS, Profile
from grokdesk.store.settings.profile_changes import copy_of
from grokdesk.store.settings.profile_tables import profile_from, table_of
from grokdesk.store.settings.profiles import (
    BUILT_IN,
    ON_THIS_COMPUTER,
    PRESETS,
    XAI,
    all_profiles,
    choose_profile,
    find_profile,
)
from grokdesk.store.settings.settings import Settings
from grokdesk.store.settings.settings_file import SettingsFile

OWN = Profile("own", "My Server", "chat-completions", "https://example.org/v1")


def never(_profile: Profile) -> bool:
    raise AssertionError("the keyring was asked although a profile was chosen")


def test_the_chosen_profile_is_used_without_looking_for_keys() -> None:
    assert choose_profile(Settings(profile="own", profiles=(OWN,)), never) == OWN
    assert choose_profile(Settings(profile="on-this-computer"), never) == ON_THIS_COMPUTER


def test_without_a_choice_a_key_decides() -> None:
    asked: list[str] = []

    def has_key(profile: Profile) -> bool:
        asked.append(profile.id)
        return True

    assert choose_profile(Settings(), has_key) == XAI
    assert choose_profile(Settings(), lambda _profile: False) == ON_THIS_COMPUTER
    assert asked == ["xai"]


def test_a_profile_that_is_gone_is_as_if_none_was_chosen() -> None:
    assert choose_profile(Settings(profile="gone"), lambda _profile: False) == ON_THIS_COMPUTER


def test_a_keyring_that_cannot_be_read_is_not_taken_for_an_empty_one() -> None:
    def has_key(_profile: Profile) -> bool:
        raise KeyringLocked("The keyring is locked.")

    with pytest.raises(KeyringLocked):
        choose_profile(Settings(), has_key)


def test_an_own_profile_replaces_the_built_in_one_of_its_id() -> None:
    mine = replace(XAI, model="grok-4.5")
    assert all_profiles(Settings(profiles=(OWN, mine))) == (mine, ON_THIS_COMPUTER, OWN)
    assert choose_profile(Settings(profiles=(mine,)), lambda _profile: True) == mine


@pytest.mark.parametrize("name", ["own", "My Server", "my server", " MY SERVER "])
def test_profiles_are_found_by_id_and_name(name: str) -> None:
    assert find_profile(Settings(profiles=(OWN,)), name) == OWN


def test_an_unknown_profile_is_a_sentence_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="xai, on-this-computer, own"):
        find_profile(Settings(profiles=(OWN,)), "other")


def test_presets_become_profiles_that_can_be_kept() -> None:
    for preset in PRESETS:
        assert preset.dialect in DIALECTS
        profile = Profile("a", preset.title, preset.dialect, preset.base_url, needs_key=preset.needs_key)
        assert profile_from(table_of(replace(profile, is_local=preset.is_local))).is_local is preset.is_local or (
            not preset.base_url
        )
    for profile in BUILT_IN:
        assert profile_from(table_of(profile)) == profile


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost:11434/v1", True),
        ("http://127.0.0.1:8080/v1", True),
        ("http://[::1]:8080/v1", True),
        ("http://192.168.1.20/v1", True),
        ("http://[fe80::1%25eth0]/v1", True),
        ("http://nas/v1", True),
        ("http://box.local/v1", True),
        ("https://api.x.ai/v1", False),
        ("https://8.8.8.8/v1", False),
        ("https://localhost.example.org/v1", False),
        ("https://127.0.0.1.example.org/v1", False),
        ("not an address", False),
        ("", False),
    ],
)
def test_what_is_local(url: str, local: bool) -> None:
    assert is_local(url) is local


@pytest.mark.parametrize(
    ("url", "belongs"),
    [
        ("https://api.x.ai/v1", True),
        ("https://X.AI/v1", True),
        ("https://us-east-1.api.x.ai/v1", True),
        ("https://api.x.ai./v1", True),
        ("https://evilx.ai/v1", False),
        ("https://x.ai.example.org/v1", False),
        ("https://example.org/x.ai", False),
        ("https://x.ai@example.org/v1", False),
    ],
)
def test_what_belongs_to_a_domain(url: str, belongs: bool) -> None:
    assert belongs_to(url, "x.ai") is belongs


def test_origins_tell_scheme_host_and_port_apart() -> None:
    assert origin_of("https://a.org/v1") == origin_of("https://A.org:443/other")
    assert origin_of("https://a.org") != origin_of("http://a.org")
    assert origin_of("https://a.org") != origin_of("https://a.org:8443")
    assert origin_of("https://a.org:port") is None
    assert origin_of("nothing") is None


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" https://api.x.ai/v1/ ", "https://api.x.ai/v1"),
        ("localhost:11434/v1", "http://localhost:11434/v1"),
        ("example.org", "https://example.org"),
        ("192.168.1.5:8080", "http://192.168.1.5:8080"),
    ],
)
def test_what_a_person_leaves_out_of_an_address_is_added(typed: str, address: str) -> None:
    assert check_base_url(typed) == address


@pytest.mark.parametrize("typed", ["", "ftp://a.org", "https://", "https://a.org:99999", "https://a b.org", "://"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="is not an address"):
        check_base_url(typed)


@given(url=st.text(max_size=60) | st.from_regex(r"https?://[\w.:@\[\]%-]{0,30}/?.{0,10}", fullmatch=True))
def test_any_text_is_an_address_or_is_refused_with_a_sentence(url: str) -> None:
    is_local(url)
    origin_of(url)
    try:
        address = check_base_url(url)
    except ValueError:
        return
    assert check_base_url(address) == address
    assert address.startswith(("http://", "https://"))


@given(
    table=st.dictionaries(
        st.sampled_from(["id", "name", "dialect", "base_url", "model", "long_edge", "max_images", "is_local", "x"]),
        st.text(max_size=8) | st.integers() | st.booleans() | st.sampled_from([*DIALECTS, "http://localhost:1/v1"]),
    )
)
def test_any_table_is_a_profile_or_is_refused_with_a_sentence(table: dict[str, object]) -> None:
    try:
        profile = profile_from(table)
    except ValueError:
        return
    assert profile_from(table_of(profile)) == profile


@pytest.mark.parametrize("length", [1, 58, 59, 60, 63, 64])
def test_an_id_is_never_too_long_to_be_saved(tmp_path: Path, length: int) -> None:
    own = Profile("a" * length, "A", "chat-completions", "https://example.org/v1")
    known = [own]
    for _ in range(12):
        known.append(copy_of(known[-1], known))
    assert len({profile.id for profile in known}) == len({profile.name for profile in known}) == 13
    SettingsFile(tmp_path / "settings.toml").change(profiles=tuple(known))
    assert len(SettingsFile(tmp_path / "settings.toml").load().profiles) == 13
