"""What is sent to which server: keys over which way, and secret headers out of the keyring."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grokdesk.errors import KeyMissing, KeyringLocked, StoreError
from grokdesk.model import Connection, Profile
from grokdesk.services import Services, services_from
from tests.support.windows.keystores import MemoryStore

SECRET = "xai-planted-Zq9w8e7r6t5y"
OWN = Profile("own", "Own", "chat-completions", "https://example.org/v1")


def services(home: Path, store: MemoryStore | None = None, told: list[str] | None = None, **more: str) -> Services:
    told = [] if told is None else told
    return services_from({"GROKDESK_HOME": str(home), **more}, told.append, store or MemoryStore())


@pytest.mark.parametrize("source", ["keyring", "this run", "environment"])
@pytest.mark.parametrize(
    ("url", "sources"),
    [
        ("https://example.org/v1", "keyring, this run, environment"),
        ("http://127.0.0.1:1/v1", "keyring, this run, environment"),
        ("http://localhost/v1", "keyring, this run, environment"),
        ("http://[::1]:1/v1", "keyring, this run, environment"),
        ("http://192.168.1.9/v1", "keyring, this run"),
        ("http://nas/v1", "keyring, this run"),
        ("http://nas.local/v1", "keyring, this run"),
        ("http://example.org/v1", ""),
        ("http://8.8.8.8/v1", ""),
        ("http://127.0.0.1.example.org/v1", ""),
        ("http://localhost.example.org/v1", ""),
    ],
)
@pytest.mark.parametrize("allowed", [False, True], ids=["", "with a yes"])
def test_a_key_goes_over_http_only_where_nobody_else_is_or_the_person_said_yes(
    tmp_path: Path, url: str, sources: str, source: str, allowed: bool
) -> None:
    profile = replace(OWN, base_url=url, key_over_http=allowed)
    ours = services(tmp_path, GROKDESK_API_KEY=SECRET if source == "environment" else "")
    if source == "keyring":
        ours.keys.set(profile, SECRET)
    elif source == "this run":
        ours.keys.keep_for_this_run(profile, SECRET)
    if allowed or source in sources:
        assert ours.key_of(profile) == SECRET
        return
    with pytest.raises(KeyMissing, match="without encryption") as refused:
        ours.key_of(profile)
    assert SECRET not in str(refused.value)
    assert "--key-over-http yes" in refused.value.hint


def test_secret_headers_come_from_the_keyring_and_show_nowhere(tmp_path: Path) -> None:
    profile = replace(OWN, connection=Connection(headers=(("X-Title", "Me"),), secret_headers=("X-Auth-Token",)))
    ours = services(tmp_path)
    with pytest.raises(KeyMissing, match="X-Auth-Token"):
        ours.with_secrets(profile)
    ours.keys.set_header(profile, "X-Auth-Token", SECRET)
    sent = ours.with_secrets(profile)
    assert sent.connection.headers == (("X-Title", "Me"), ("X-Auth-Token", SECRET))
    assert SECRET not in repr(sent)
    assert SECRET not in ours.redactor.redact(f"echo {SECRET}")
    with pytest.raises(KeyMissing, match="without encryption"):
        ours.with_secrets(replace(profile, base_url="http://example.org/v1"))


OLD = f"""
[[profiles]]
id = "own"
dialect = "chat-completions"
base_url = "https://example.org/v1"
headers = {{ "X-Auth-Token" = "{SECRET}", "X-Title" = "Me" }}
"""


def test_a_secret_header_of_an_earlier_version_moves_into_the_keyring(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text(OLD)
    store, told = MemoryStore(), list[str]()
    ours = services(tmp_path, store, told)
    (profile,) = ours.settings.load().profiles
    assert dict(ours.with_secrets(profile).connection.headers) == {"X-Auth-Token": SECRET, "X-Title": "Me"}
    assert store.kept == {"own https://example.org:443 x-auth-token": SECRET}
    assert SECRET not in (tmp_path / "config" / "settings.toml").read_text()
    (profile,) = ours.settings.load().profiles
    assert dict(ours.with_secrets(profile).connection.headers) == {"X-Auth-Token": SECRET, "X-Title": "Me"}
    assert told == []


def test_without_a_keyring_it_stays_and_is_told(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text(OLD)
    told: list[str] = []
    ours = services(tmp_path, MemoryStore(trouble=KeyringLocked("The keyring is locked.")), told)
    (profile,) = ours.settings.load().profiles
    assert dict(ours.with_secrets(profile).connection.headers)["X-Auth-Token"] == SECRET
    assert "plain text in the settings" in told[0]
    assert SECRET not in told[0]


@pytest.mark.parametrize("name", ["config", "data", "cache"])
def test_a_folder_of_another_user_is_refused_by_name(tmp_path: Path, name: str) -> None:
    os = pytest.importorskip("os")
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root can give files away")
    (tmp_path / name).mkdir()
    os.chown(tmp_path / name, 12345, 12345)
    with pytest.raises(StoreError, match="belongs to another user") as refused:
        services(tmp_path)
    assert str(tmp_path / name) in refused.value.title
