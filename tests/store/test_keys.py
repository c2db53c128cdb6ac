from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.errors import (
    EXIT_NOT_POSSIBLE,
    KeyMissing,
    KeyringLocked,
    KeyringSlow,
    KeyringTrouble,
    NoKeyring,
    UsageError,
)
from grokdesk.logs import MASK, Redactor
from grokdesk.model import Connection, Profile
from grokdesk.store.keys import FoundKey, KeyringStore, Keys, checked_key, choose_ring
from grokdesk.store.settings.profiles import ON_THIS_COMPUTER, XAI
from tests.support.desktops.keyring_daemon import keyring_session, missing_programs
from tests.support.desktops.needs import need
from tests.support.windows.keystores import MemoryStore

SECRET = "xai-planted-Zq9w8e7r6t5y"
OTHER = Profile("other", "Other", "chat-completions", "https://example.org/v1")
CONCURRED = Profile("gateway", "Gateway", "chat-completions", "https://concurred.ai/api/v1")
LOCAL = Profile("ollama", "Ollama", "chat-completions", "http://localhost:11434/v1", needs_key=False, is_local=True)


def keys(store: MemoryStore | None = None, /, **environment: str) -> Keys:
    return Keys(environment, store or MemoryStore(), Redactor())


# --- where a key comes from --------------------------------------------------------------------------------


def test_no_key_anywhere_is_none() -> None:
    assert keys().find(XAI) is None


def test_a_key_in_the_keyring_is_found_under_its_profile() -> None:
    store = MemoryStore({"xai": SECRET})
    assert keys(store).find(XAI) == FoundKey(SECRET, "keyring", "a keyring in memory")
    assert keys(store).find(OTHER) is None


@pytest.mark.parametrize(
    ("variable", "profile", "serves"),
    [
        ("GROKDESK_API_KEY", XAI, True),
        ("GROKDESK_API_KEY", OTHER, True),
        ("GROKDESK_API_KEY", LOCAL, False),
        ("GROKDESK_API_KEY", replace(LOCAL, id=""), True),
        ("GROKDESK_API_KEY", replace(LOCAL, needs_key=True), True),
        ("GROKDESK_API_KEY", replace(LOCAL, needs_key=True, base_url="http://[::1]:1/v1"), True),
        ("GROKDESK_API_KEY", replace(LOCAL, needs_key=True, base_url="http://192.168.1.9/v1"), False),
        ("GROKDESK_API_KEY", replace(LOCAL, id="", base_url="http://192.168.1.9/v1"), False),
        ("GROKDESK_API_KEY", replace(LOCAL, id="", base_url="https://192.168.1.9/v1"), True),
        ("GROKDESK_API_KEY", replace(LOCAL, id="", base_url="http://nas/v1"), False),
        ("GROKDESK_API_KEY", replace(OTHER, base_url="http://example.org/v1"), False),
        ("GROKDESK_API_KEY", replace(OTHER, base_url="http://example.org/v1", key_over_http=True), True),
        ("GROKDESK_API_KEY", replace(OTHER, needs_key=False), False),
        ("XAI_API_KEY", replace(XAI, base_url="http://api.x.ai/v1"), False),
        ("XAI_API_KEY", replace(XAI, needs_key=False), False),
        ("CONCURRED_API_KEY", Profile("v", "V", "concurred-vision", "https://example.org/api/v1"), False),
        ("CONCURRED_API_KEY", replace(CONCURRED, base_url="http://concurred.ai/api/v1"), False),
        ("GROKDESK_API_KEY", ON_THIS_COMPUTER, False),
        ("XAI_API_KEY", XAI, True),
        ("XAI_API_KEY", replace(XAI, base_url="https://eu-west-1.api.x.ai/v1"), True),
        ("XAI_API_KEY", OTHER, False),
        ("XAI_API_KEY", replace(XAI, base_url="https://x.ai.example.org/v1"), False),
        ("CONCURRED_API_KEY", CONCURRED, True),
        ("CONCURRED_API_KEY", replace(CONCURRED, base_url="https://agent-heavy.vercel.app/api/v1"), True),
        ("CONCURRED_API_KEY", Profile("v", "V", "concurred-vision", "http://127.0.0.1:9/api/v1"), True),
        ("CONCURRED_API_KEY", replace(CONCURRED, base_url="https://concurred.ai.example.org"), False),
        ("CONCURRED_API_KEY", XAI, False),
    ],
)
def test_which_variable_serves_which_profile(variable: str, profile: Profile, serves: bool) -> None:
    found = Keys({variable: SECRET}, MemoryStore(), Redactor()).find(profile)
    assert found == (FoundKey(SECRET, "environment", variable) if serves else None)


def test_this_run_comes_before_the_environment_before_the_keyring() -> None:
    store = MemoryStore({"xai": "xai-from-keyring"})
    with_variable = keys(store, XAI_API_KEY="xai-from-variable")
    assert with_variable.find(XAI) == FoundKey("xai-from-variable", "environment", "XAI_API_KEY")
    assert store.asked == []
    with_variable.keep_for_this_run(XAI, "xai-typed")
    assert with_variable.find(XAI) == FoundKey("xai-typed", "this run")
    assert with_variable.find(OTHER) is None
    assert store.kept == {"xai": "xai-from-keyring"}


def test_blanks_around_a_variable_do_not_count() -> None:
    assert keys(XAI_API_KEY=f" {SECRET}\r\n").find(XAI) == FoundKey(SECRET, "environment", "XAI_API_KEY")
    assert keys(XAI_API_KEY="  ").find(XAI) is None


def test_a_variable_that_cannot_be_a_key_is_named_and_not_shown() -> None:
    with pytest.raises(UsageError, match="XAI_API_KEY contains a space") as raised:
        keys(XAI_API_KEY="xai-one xai-two").find(XAI)
    assert "xai-one" not in str(raised.value)


@pytest.mark.parametrize("profile", [LOCAL, replace(XAI, id=""), ON_THIS_COMPUTER])
def test_a_profile_without_a_key_of_its_own_never_opens_the_keyring(profile: Profile) -> None:
    store = MemoryStore(trouble=KeyringLocked("The keyring is locked."))
    assert keys(store).find(profile) is None
    assert store.asked == []


def test_the_time_limit_is_passed_on() -> None:
    store = MemoryStore()
    keys(store).find(XAI, seconds=0.25)
    keys(store).set(XAI, SECRET, seconds=60)
    assert {seconds for what, _account, seconds in store.asked if what == "get"} == {0.25}
    assert {seconds for what, _account, seconds in store.asked if what != "get"} == {60}


# --- keeping and removing ----------------------------------------------------------------------------------


def test_set_replaces_and_says_where() -> None:
    store = MemoryStore({"xai": "xai-older-key"})
    ours = keys(store)
    ours.keep_for_this_run(XAI, "xai-typed-key")
    assert ours.set(XAI, f"  {SECRET}\n") == "a keyring in memory"
    assert store.kept == {"xai https://api.x.ai:443": SECRET}
    assert ours.find(XAI) == FoundKey(SECRET, "keyring", "a keyring in memory")


def test_delete_removes_from_the_keyring_and_from_this_run() -> None:
    store = MemoryStore({"xai": SECRET, "other": "other-key"})
    ours = keys(store)
    ours.keep_for_this_run(XAI, "xai-typed-key")
    assert ours.delete(XAI)
    assert not ours.delete(XAI)
    assert ours.find(XAI) is None
    assert store.kept == {"other": "other-key"}


def test_a_key_of_this_run_is_removed_without_a_keyring() -> None:
    ours = keys(MemoryStore(trouble=NoKeyring("None here.")))
    ours.keep_for_this_run(XAI, SECRET)
    assert ours.delete(XAI)
    with pytest.raises(NoKeyring):
        ours.delete(XAI)


@pytest.mark.parametrize("trouble", [KeyringLocked("Locked."), KeyringSlow("Slow."), KeyringTrouble("Broken.")])
def test_an_error_while_reading_changes_nothing(trouble: KeyringTrouble) -> None:
    store = MemoryStore({"xai": SECRET}, trouble)
    with pytest.raises(type(trouble)):
        keys(store).find(XAI)
    assert store.kept == {"xai": SECRET}
    assert store.asked == [("get", "xai https://api.x.ai:443", 5.0)]


@pytest.mark.parametrize(
    "text", ["", "  ", "two words", "a\nb", "a\tb", "schlüssel", "a\x00b", '"quoted-key"', "'key'", "k" * 1300]
)
def test_what_cannot_be_a_key_is_refused_before_anything_happens(text: str) -> None:
    store = MemoryStore()
    with pytest.raises(UsageError) as raised:
        keys(store).set(XAI, text)
    with pytest.raises(UsageError):
        keys(store).keep_for_this_run(XAI, text)
    assert store.asked == []
    assert len(text.strip()) < 2 or text.strip() not in str(raised.value)


@given(text=st.text(max_size=40))
def test_a_checked_key_fits_into_a_header(text: str) -> None:
    try:
        key = checked_key(text)
    except UsageError:
        return
    assert key == text.strip()
    assert all(33 <= ord(letter) <= 126 for letter in key)


# --- nothing shows a key -----------------------------------------------------------------------------------


def test_every_key_that_is_seen_is_redacted() -> None:
    secrets = ("first-secret", "second-secret", "third-secret", "fourth-secret")
    redactor = Redactor()
    ours = Keys({"CONCURRED_API_KEY": secrets[0]}, MemoryStore({"xai": secrets[1]}), redactor)
    ours.find(XAI)
    ours.keep_for_this_run(OTHER, secrets[2])
    ours.set(CONCURRED, secrets[3])
    assert redactor.redact(" ".join(secrets)) == " ".join([MASK] * 4)


def test_reprs_do_not_show_keys() -> None:
    ours = keys(MemoryStore({"xai": SECRET}), GROKDESK_API_KEY=SECRET)
    assert SECRET not in repr(ours) + repr(ours.find(XAI))


# --- probing -----------------------------------------------------------------------------------------------


def test_a_probe_writes_reads_and_leaves_nothing() -> None:
    store = MemoryStore({"xai": SECRET})
    state = keys(store).probe(seconds=2)
    assert (state.state, state.backend) == ("ok", "a keyring in memory")
    assert state.backend in state.sentence
    assert [(what, seconds) for what, _, seconds in store.asked] == [("set", 2), ("delete", 2)]
    assert "xai" not in {account for _, account, _ in store.asked}
    assert store.kept == {"xai": SECRET}


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        (NoKeyring("There is none.", "Start one."), "none"),
        (KeyringLocked("It is locked.", "Unlock it."), "locked"),
        (KeyringSlow("It is slow.", "Wait."), "slow"),
        (KeyringTrouble("It is broken.", "Look."), "failed"),
    ],
)
def test_a_probe_tells_troubles_apart(trouble: KeyringTrouble, state: str) -> None:
    probed = keys(MemoryStore(trouble=trouble)).probe()
    assert probed.state == state
    assert probed.sentence == str(trouble)


# --- the keyring itself ------------------------------------------------------------------------------------


class LockedException(Exception):
    """Named as SecretStorage names it."""


@dataclass
class Ring:
    """Behaves like one of keyring's back ends."""

    kept: dict[tuple[str, str], str] = field(default_factory=dict)
    gate: threading.Event = field(default_factory=threading.Event)
    entered: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    error: Exception | None = None
    forgets: bool = False

    def get_password(self, service: str, account: str) -> str | None:
        self.entered.release()
        self.gate.wait()
        if self.error:
            raise self.error
        return self.kept.get((service, account))

    def set_password(self, service: str, account: str, key: str) -> None:
        if not self.forgets:
            self.kept[service, account] = key

    def delete_password(self, service: str, account: str) -> None:
        del self.kept[service, account]


@pytest.fixture
def ring() -> Iterator[Ring]:
    """Open; ``gate.clear()`` makes it wait as behind an unlock prompt."""
    ring = Ring()
    ring.gate.set()
    yield ring
    ring.gate.set()
    for thread in threading.enumerate():
        if thread.name == "keyring":
            thread.join()


def test_a_key_goes_round(ring: Ring) -> None:
    store = KeyringStore(lambda: ring)
    assert store.backend == ""
    assert store.get("xai", 5) is None
    assert not store.delete("xai", 5)
    store.set("xai", SECRET, 5)
    assert ring.kept == {("grokdesk", "xai"): SECRET}
    assert store.get("xai", 5) == SECRET
    assert store.delete("xai", 5)
    assert ring.kept == {}
    assert store.backend.endswith("Ring")


def test_a_prompt_that_nobody_answers_ends_in_time_and_writes_nothing_later(ring: Ring) -> None:
    ring.kept["grokdesk", "xai"] = "older"
    ring.gate.clear()
    store = KeyringStore(lambda: ring)
    with pytest.raises(KeyringSlow, match=r"within 0\.05 s"):
        store.set("xai", SECRET, 0.05)
    # A second operation would open a second prompt: it waits for the first one.
    with pytest.raises(KeyringSlow):
        store.get("xai", 0.05)
    ring.gate.set()
    assert store.get("xai", 5) == "older"


def test_a_prompt_that_nobody_answers_deletes_nothing_later(ring: Ring) -> None:
    ring.kept["grokdesk", "xai"] = SECRET
    ring.gate.clear()
    store = KeyringStore(lambda: ring)
    with pytest.raises(KeyringSlow):
        store.delete("xai", 0.05)
    ring.gate.set()
    assert store.get("xai", 5) == SECRET


def test_a_prompt_that_is_answered_is_waited_for(ring: Ring) -> None:
    ring.gate.clear()

    def answer() -> None:
        ring.entered.acquire()
        ring.gate.set()

    person = threading.Thread(target=answer)
    person.start()
    KeyringStore(lambda: ring).set("xai", SECRET, 10)
    person.join()
    assert ring.kept == {("grokdesk", "xai"): SECRET}


def test_a_keyring_that_forgets_is_noticed(ring: Ring) -> None:
    ring.forgets = True
    with pytest.raises(KeyringTrouble, match="did not store"):
        KeyringStore(lambda: ring).set("xai", SECRET, 5)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (LockedException("Item is locked!"), KeyringLocked),
        (RuntimeError("the bus went away"), KeyringTrouble),
        (NoKeyring("None here."), NoKeyring),
    ],
)
def test_errors_are_translated_and_change_nothing(ring: Ring, error: Exception, kind: type[KeyringTrouble]) -> None:
    ring.kept["grokdesk", "xai"] = SECRET
    ring.error = error
    store = KeyringStore(lambda: ring)
    for operation in (
        lambda: store.get("xai", 5),
        lambda: store.set("xai", "another-key", 5),
        lambda: store.delete("xai", 5),
    ):
        with pytest.raises(kind) as raised:
            operation()
        assert type(raised.value) is kind
        assert SECRET not in str(raised.value)
    assert ring.kept == {("grokdesk", "xai"): SECRET}


def test_the_sentences_differ() -> None:
    sentences = set()
    for error in (LockedException(), RuntimeError()):
        ring = Ring(error=error)
        ring.gate.set()
        with pytest.raises(KeyringTrouble) as raised:
            KeyringStore(lambda ring=ring: ring).get("xai", 5)  # type: ignore[misc]  # bound per loop
        sentences.add(raised.value.title)
    assert len(sentences) == 2


def test_after_an_error_the_back_end_is_looked_for_again(ring: Ring) -> None:
    rings = [Ring(error=RuntimeError("gone")), ring]
    rings[0].gate.set()
    store = KeyringStore(lambda: rings.pop(0))
    with pytest.raises(KeyringTrouble):
        store.get("xai", 5)
    assert store.get("xai", 5) is None


# --- which back end ----------------------------------------------------------------------------------------


def test_without_a_bus_there_is_no_keyring() -> None:
    if sys.platform != "linux":
        pytest.skip("other systems have a keyring without a bus")
    done = subprocess.run(
        [sys.executable, "-c", CHOOSE],
        env={**os.environ, "HOME": os.devnull},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "NoKeyring" in done.stdout
    assert "XAI_API_KEY" in done.stdout


CHOOSE = """
from grokdesk.store.keys import choose_ring
try:
    print(type(choose_ring()).__module__)
except Exception as error:
    print(type(error).__name__, error)
"""

ALIEN = """
from keyring.backend import KeyringBackend
class {name}(KeyringBackend):
    priority = {priority}
    def get_password(self, service, username): return None
    def set_password(self, service, username, password): raise NotImplementedError
    def delete_password(self, service, username): raise NotImplementedError
"""


@pytest.mark.parametrize(
    ("module", "name", "accepted"),
    [
        ("keyrings.alt.file", "PlaintextKeyring", False),
        ("keyrings.alt.file", "EncryptedKeyring", False),
        ("vault", "PlainFile", False),
        ("vault", "Vault", True),
    ],
)
def test_a_chosen_back_end_has_to_be_safe(tmp_path: Path, module: str, name: str, accepted: bool) -> None:
    file = tmp_path.joinpath(*module.split(".")).with_suffix(".py")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(ALIEN.format(name=name, priority=9 if name != "PlainFile" else 0.5))
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])]),
        "PYTHON_KEYRING_BACKEND": f"{module}.{name}",
    }
    done = subprocess.run([sys.executable, "-c", CHOOSE], env=environment, capture_output=True, text=True, check=True)
    if accepted:
        assert done.stdout.strip() == module
    else:
        assert done.stdout.startswith("NoKeyring")
        assert name in done.stdout


@pytest.mark.parametrize("name", ["keyring.backends.null.Keyring", "keyring.backends.fail.Keyring", "no.such.Thing"])
def test_a_chosen_back_end_that_keeps_nothing_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
    with pytest.raises(NoKeyring) as raised:
        choose_ring()
    assert raised.value.exit_code == EXIT_NOT_POSSIBLE


# --- a real keyring daemon ---------------------------------------------------------------------------------

ROUND = """
import sys
from grokdesk.logs import Redactor
from grokdesk.store.keys import KeyringStore, Keys
from grokdesk.store.settings.profiles import XAI
keys = Keys({}, KeyringStore(), Redactor())
print(keys.probe().state)
for word in sys.argv[1:]:
    try:
        if word == "set":
            print(keys.set(XAI, sys.stdin.readline()))
        elif word == "find":
            found = keys.find(XAI)
            print(found and found.value)
        else:
            print(keys.delete(XAI))
    except Exception as error:
        print(type(error).__name__)
"""


def test_a_key_is_kept_by_a_real_daemon_and_nowhere_else(tmp_path: Path) -> None:
    need(missing_programs())

    def run(environment: dict[str, str], *words: str, feed: str = "") -> list[str]:
        command = [sys.executable, "-c", ROUND, *words]
        done = subprocess.run(
            command, env=environment, input=feed, capture_output=True, text=True, check=True, timeout=60
        )
        assert done.stderr == ""
        return done.stdout.splitlines()

    with keyring_session(tmp_path, unlocked=False) as session:
        # There is no collection yet, and making one would ask for its password.
        environment = {**session.environment, "PYTHONPATH": str(Path(__file__).parents[2])}
        assert run(environment, "find", "delete")[1:] == ["None", "False"]
    with keyring_session(tmp_path) as session:
        environment = {**session.environment, "PYTHONPATH": str(Path(__file__).parents[2])}
        state, found, where = run(environment, "find", "set", feed=SECRET + "\n")
        assert (state, found, where) == ("ok", "None", "the system keyring (Secret Service)")
        assert run(environment, "find") == ["ok", SECRET]
    with keyring_session(tmp_path, unlocked=False) as session:
        environment = {**session.environment, "PYTHONPATH": str(Path(__file__).parents[2])}
        assert run(environment, "find", "set", "delete", feed="another-key\n") == ["locked"] + ["KeyringLocked"] * 3
    with keyring_session(tmp_path) as session:
        environment = {**session.environment, "PYTHONPATH": str(Path(__file__).parents[2])}
        assert run(environment, "find", "delete", "delete", "find") == ["ok", SECRET, "True", "False", "None"]
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert any(file.name == "login.keyring" for file in files)
    assert not [file for file in files if SECRET.encode() in file.read_bytes()]


# --- a key belongs to an origin ----------------------------------------------------------------------------

XAI_ACCOUNT = "xai https://api.x.ai:443"
ELSEWHERE = [
    "http://api.x.ai/v1",
    "https://api.x.ai:8443/v1",
    "https://api.x.ai.example.org/v1",
    "https://example.org/v1",
    "http://127.0.0.1:8000/v1",
    "",
    "not an address",
]


def test_a_key_is_kept_under_profile_and_origin() -> None:
    store = MemoryStore()
    keys(store).set(XAI, SECRET)
    assert store.kept == {XAI_ACCOUNT: SECRET}
    for url in ("https://api.x.ai", "https://API.X.AI:443/v2", "https://api.x.ai./v1"):
        assert keys(store).find(replace(XAI, base_url=url)) is not None


@pytest.mark.parametrize("url", ELSEWHERE)
@pytest.mark.parametrize("how", ["kept", "this run"])
def test_another_origin_gets_no_key(url: str, how: str) -> None:
    ours = keys(MemoryStore())
    if how == "kept":
        ours.set(XAI, SECRET)
    else:
        ours.keep_for_this_run(XAI, SECRET)
    assert ours.find(replace(XAI, base_url=url)) is None
    assert ours.find(XAI) is not None


def test_a_key_of_an_earlier_version_is_bound_to_the_origin_it_is_first_read_for() -> None:
    store = MemoryStore({"xai": SECRET})
    assert keys(store).find(XAI) is not None
    assert store.kept == {XAI_ACCOUNT: SECRET}
    assert keys(store).find(replace(XAI, base_url="https://example.org/v1")) is None


@pytest.mark.parametrize("url", ELSEWHERE)
def test_it_is_bound_to_where_the_address_led_before_it_was_changed(url: str) -> None:
    store = MemoryStore({"xai": SECRET})
    ours = Keys({}, store, Redactor(), lambda _id: ("https://api.x.ai:443", "https://b.org:443"))
    assert ours.find(replace(XAI, base_url=url)) is None
    assert store.kept == {"xai": SECRET}
    assert ours.find(XAI) is not None


def test_a_key_whose_name_cannot_be_changed_is_found_all_the_same() -> None:
    class ReadOnly(MemoryStore):
        def set(self, account: str, key: str, seconds: float) -> None:
            raise KeyringTrouble("The keyring cannot be used.")

    assert keys(ReadOnly({"xai": SECRET})).find(XAI) == FoundKey(SECRET, "keyring", "a keyring in memory")


def test_a_profile_that_goes_takes_its_keys_for_every_address_along() -> None:
    profile = replace(XAI, connection=Connection(secret_headers=("X-Token",)))
    store = MemoryStore({"xai https://old.org:443": "1", XAI_ACCOUNT: "2", "xai": "3", "other": "4"})
    ours = Keys({}, store, Redactor(), lambda _id: ("https://old.org:443",))
    ours.set_header(profile, "X-Token", "5")
    assert ours.delete(profile, everywhere=True)
    assert store.kept == {"other": "4"}


def test_without_an_address_no_key_is_kept() -> None:
    store = MemoryStore()
    for keep in (keys(store).set, keys(store).keep_for_this_run):
        with pytest.raises(UsageError, match="no address"):
            keep(replace(OTHER, base_url=""), SECRET)
    assert store.kept == {}


def test_secret_headers_go_round_and_stay_with_their_origin() -> None:
    profile = replace(OTHER, connection=Connection(secret_headers=("X-Goog-Api-Key", "X-Auth-Token")))
    ours = keys(MemoryStore())
    ours.set_header(profile, "X-Goog-Api-Key", SECRET)
    with pytest.raises(KeyMissing, match="X-Auth-Token"):
        ours.headers(profile)
    ours.set_header(profile, "x-auth-token", "other")
    assert ours.headers(profile) == (("X-Goog-Api-Key", SECRET), ("X-Auth-Token", "other"))
    with pytest.raises(KeyMissing):
        ours.headers(replace(profile, base_url="https://example.com/v1"))
    assert ours.delete_header(profile, "X-AUTH-TOKEN")
    assert not ours.delete_header(profile, "X-AUTH-TOKEN")
