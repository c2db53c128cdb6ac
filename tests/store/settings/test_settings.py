from __future__ import annotations

import logging
import os
import random
import stat
import sys
import threading
import time
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grokdesk.addresses import origin_text
from grokdesk.errors import SettingsBroken, UsageError
from grokdesk.model import Connection, ImageLimits, Profile
from grokdesk.store.settings.no_secrets import BUILT_IN_ORIGINS
from grokdesk.store.settings.profile_changes import split_secrets
from grokdesk.store.settings.profiles import BUILT_IN, XAI
from grokdesk.store.settings.settings import SETTINGS, Settings, check_value, read_value
from grokdesk.store.settings.settings_file import SettingsFile

OLLAMA = Profile(
    "ollama",
    "Ollama",
    "chat-completions",
    "http://localhost:11434/v1",
    "llava",
    ImageLimits(1024, 2_000_000, 3, ("jpeg",), counts_base64=False),
    needs_key=False,
    is_local=True,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


def written(file: Path, text: str | bytes) -> Path:
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return aged(file)


def aged(file: Path) -> Path:
    """As if it had lain there for a while, as all files do that nobody writes at this moment."""
    os.utime(file, (file.stat().st_mtime - 60,) * 2)
    return file


def setting(key: str) -> object:
    return next(setting for setting in SETTINGS if setting.key == key)


def test_without_a_file_there_are_defaults_and_no_file_appears(file: Path) -> None:
    assert SettingsFile(file).load() == Settings()
    assert not file.parent.exists()


def test_what_is_saved_is_loaded(file: Path) -> None:
    changed = Settings(profile="ollama", profiles=(OLLAMA,), theme="dark", keep_history=False, panel_width=900)
    SettingsFile(file).save(changed)
    told: list[str] = []
    assert SettingsFile(file, told.append).load() == changed
    assert told == []


def test_every_default_can_be_checked_and_is_valid() -> None:
    for row in SETTINGS:
        value = list(Settings().profiles) if row.kind == "profiles" else row.default
        assert check_value(row, value) == value
        assert row.title
        assert row.help


def test_no_setting_is_a_secret() -> None:
    assert not [row.key for row in SETTINGS if "key" in row.key.split("_") or "secret" in row.key]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_the_file_is_the_owners_only(file: Path) -> None:
    SettingsFile(file).save(Settings(theme="dark"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_saving_leaves_nothing_else_behind(file: Path) -> None:
    for theme in ("dark", "light", "system"):
        SettingsFile(file).change(theme=theme)
    assert [path.name for path in file.parent.iterdir()] == ["settings.toml"]


def test_only_what_differs_from_the_default_is_written(file: Path) -> None:
    SettingsFile(file).save(Settings(theme="dark"))
    assert tomllib.loads(file.read_text()) == {"theme": "dark"}
    SettingsFile(file).change(theme="system")
    assert tomllib.loads(file.read_text()) == {}


def test_keys_of_other_versions_stay(file: Path) -> None:
    written(
        file,
        """
        later = 2026-11-23T10:00:00Z
        [[profiles]]
        id = "ollama"
        dialect = "chat-completions"
        base_url = "http://localhost:11434/v1"
        proxy = "socks5://localhost:9"
        [[profiles]]
        id = "future"
        dialect = "telepathy"
        [window]
        pinned = true
        """,
    )
    told: list[str] = []
    settings_file = SettingsFile(file, told.append)
    loaded = settings_file.change(theme="dark")
    table = tomllib.loads(file.read_text())
    assert [profile.id for profile in loaded.profiles] == ["ollama"]
    assert table["theme"] == "dark"
    assert table["window"] == {"pinned": True}
    assert table["later"].year == 2026
    assert table["profiles"][0]["proxy"] == "socks5://localhost:9"
    assert table["profiles"][1] == {"id": "future", "dialect": "telepathy"}
    assert len(told) == 1
    assert "profile 2" in told[0]
    assert "telepathy" in told[0]


@pytest.mark.parametrize(
    "line",
    [
        'theme = "purple"',
        "theme = 3",
        'keep_history = "yes"',
        "keep_history = 1",
        "panel_width = true",
        "panel_width = 1e3",
        "panel_width = -5",
        "panel_width = 99999999999999999999",
        "hotkey_region = []",
        'profiles = "ollama"',
    ],
)
def test_a_wrong_value_is_replaced_by_the_default_and_named(file: Path, line: str) -> None:
    told: list[str] = []
    loaded = SettingsFile(written(file, f'last_action = "describe"\n{line}\n'), told.append).load()
    assert loaded == Settings(last_action="describe")
    assert len(told) == 1
    assert line.split(maxsplit=1)[0] in told[0]
    assert file.exists()


@pytest.mark.parametrize("content", [b"theme = ", b"\xff\xfe\x00", b"[" * 100_000, b"a = 1\na = 2"])
def test_reading_leaves_a_broken_file_alone_and_weakens_nothing(
    file: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []
    settings_file = SettingsFile(written(file, content), told.append)
    with caplog.at_level(logging.INFO, "grokdesk"):
        for _ in range(2):
            assert settings_file.load() == Settings(scan="block", keep_history=False)
    assert [entry.name for entry in file.parent.iterdir()] == ["settings.toml"]
    assert file.read_bytes() == content
    assert len(told) == 1
    assert str(file) in told[0]
    assert told[0] in caplog.text


WHOLE = b"""scan = "ask"
keep_history = false
budget_mode = "stop"
monthly_budget_usd = "5"
[[profiles]]
id = "own"
dialect = "chat-completions"
base_url = "https://example.org/v1"
"""


@pytest.mark.parametrize("end", range(0, len(WHOLE) - 1, 7))
def test_while_a_file_is_half_saved_the_last_good_settings_go_on(file: Path, end: int) -> None:
    settings_file = SettingsFile(written(file, WHOLE))
    whole = settings_file.load()
    assert (whole.scan, whole.keep_history, whole.budget_mode, len(whole.profiles)) == ("ask", False, "stop", 1)
    file.write_bytes(WHOLE[:end])

    def finish() -> None:
        time.sleep(0.06)
        file.write_bytes(WHOLE)

    editor = threading.Thread(target=finish)
    editor.start()
    assert settings_file.load() == whole
    editor.join()


@pytest.mark.parametrize("broken", [b"scan = ", WHOLE + b"[", WHOLE[:-5], b"[" * 100_000])
def test_a_file_that_stays_broken_changes_nothing_while_the_program_runs(file: Path, broken: bytes) -> None:
    told: list[str] = []
    settings_file = SettingsFile(written(file, WHOLE), told.append)
    whole = settings_file.load()
    written(file, broken)
    assert settings_file.load() == whole
    assert file.read_bytes() == broken
    assert len(told) == 1
    written(file, WHOLE.replace(b"ask", b"block"))
    assert settings_file.load().scan == "block"


def test_a_broken_file_is_waited_for_only_while_somebody_may_be_writing_it(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("grokdesk.store.settings.settings_file.time.sleep", waits.append)
    SettingsFile(written(file, b"scan = ")).load()
    assert waits == [], "it has lain there for a while"
    file.write_bytes(b"scan = ")
    settings_file = SettingsFile(file)
    settings_file.load()
    assert len(waits) == 3
    settings_file.load()
    assert len(waits) == 3, "nobody has written since"
    file.write_bytes(b"scan = [")
    settings_file.load()
    assert len(waits) == 6


def test_of_a_file_that_broke_what_can_be_read_counts(file: Path) -> None:
    loaded = SettingsFile(
        written(file, b'theme = "dark"\nscan = "suggest"\nkeep_history = true\nlast_action = ')
    ).load()
    assert (loaded.theme, loaded.scan, loaded.keep_history) == ("dark", "suggest", True)


def test_what_is_changed_meanwhile_is_saved_upon_the_last_good_settings(file: Path) -> None:
    settings_file = SettingsFile(written(file, WHOLE))
    settings_file.load()
    written(file, b"scan = ")
    changed = settings_file.change(theme="dark")
    assert (changed.theme, changed.scan, changed.keep_history) == ("dark", "ask", False)
    assert file.with_name("settings.toml.broken").read_bytes() == b"scan = "
    assert SettingsFile(file).load() == changed


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("own_words", "xai-planted0123456789abcdef"),
        ("save_folder", "sk-proj-0123456789abcdefXYZ"),
        ("own_words", "Anna, ghp_0123456789abcdefABCDEF0123456789abcd"),
        ("reading_languages", "0123456789abcdef0123456789abcdef"),
    ],
)
def test_a_key_is_kept_in_no_field(file: Path, field: str, value: str) -> None:
    with pytest.raises(UsageError, match="looks like an API key") as refused:
        SettingsFile(file).change(**{field: value})
    assert value not in str(refused.value)
    assert not file.exists()


KEY = "xai-planted0123456789abcdef"
OWN = Profile("own", "Own", "chat-completions", "https://example.org/v1")


@pytest.mark.parametrize("field", ["name", "model", "effort", "base_url"])
def test_a_key_is_kept_in_no_field_of_a_profile(file: Path, field: str) -> None:
    value = f"https://example.org/v1?key={KEY}" if field == "base_url" else KEY
    with pytest.raises(UsageError, match="looks like an API key") as refused:
        SettingsFile(file).change(profiles=(replace(OWN, **{field: value}),))  # type: ignore[arg-type]
    assert KEY not in str(refused.value)


@pytest.mark.parametrize(
    "model",
    ["grok-4-fast-non-reasoning-2025-09-01", "xai-grok-4.1-fast-reasoning-0309", "qwen2.5vl:7b-instruct-q4_K_M",
     "accounts/fireworks/models/llama4-maverick-instruct-basic", "anthropic/claude-sonnet-4.5", "or-auto",
     "hf.co/unsloth/gemma-3-27b-it-GGUF:Q4_K_M", "mistralai/Mistral-Small-3.2-24B-Instruct-2506"],
)  # fmt: skip
def test_names_of_models_are_no_keys(file: Path, model: str) -> None:
    assert SettingsFile(file).change(profiles=(replace(OWN, model=model),)).profiles[0].model == model


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Goog-Api-Key", "planted"), ("X-Auth-Token", "planted"), ("Ocp-Apim-Subscription-Key", "planted"),
        ("Authorization", "Basic planted"), ("Cookie", "planted"), ("X-Client-Secret", "planted"), ("X-Title", KEY),
        ("X-Password", "planted"), ("X-Session", "planted"),
    ],
)  # fmt: skip
def test_a_header_that_holds_a_secret_is_kept_in_no_file(file: Path, name: str, value: str) -> None:
    profile = replace(OWN, connection=Connection(headers=((name, value),)))
    with pytest.raises(UsageError, match="contains a secret") as refused:
        SettingsFile(file).change(profiles=(profile,))
    assert value not in str(refused.value)
    kept, secrets = split_secrets(profile)
    assert secrets == ((name, value),)
    SettingsFile(file).change(profiles=(kept,))
    assert value.encode() not in file.read_bytes()
    assert SettingsFile(file).load().profiles[0].connection.secret_headers == (name,)


def test_a_secret_that_an_earlier_version_wrote_keeps_nobody_from_changing_something_else(file: Path) -> None:
    before = WHOLE + b'headers = {"X-Auth-Token" = "planted"}\n'
    changed = SettingsFile(written(file, before)).change(theme="dark")
    assert changed.profiles[0].connection.headers == (("X-Auth-Token", "planted"),)


def test_where_addresses_led_before_is_kept_by_profile(file: Path) -> None:
    settings_file = SettingsFile(file)
    settings_file.change(profiles=(OWN,))
    assert settings_file.key_origins("own") == ()
    settings_file.change(profiles=(replace(OWN, base_url="https://b.org/v1"),))
    settings_file.change(profiles=(replace(OWN, base_url="http://b.org:81"), replace(XAI, base_url="https://c.org")))
    settings_file.change(profiles=())
    assert SettingsFile(file).key_origins("own") == ("https://example.org:443", "https://b.org:443", "http://b.org:81")
    assert SettingsFile(file).key_origins("xai") == ("https://api.x.ai:443", "https://c.org:443")
    assert SettingsFile(file).key_origins("nobody") == ()


def test_the_built_in_origins_are_those_of_the_profiles() -> None:
    assert {each.id: origin_text(each.base_url) for each in BUILT_IN if each.base_url} == BUILT_IN_ORIGINS


@pytest.mark.parametrize("seed", range(40))
def test_no_file_makes_reading_fail(file: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    pieces = [b"[" * chance.randrange(1, 3000), b"{a=" * chance.randrange(1, 3000), b"1" * 5000, b"a." * 2000]
    pieces += b'] } = " profiles [[profiles]]\n \n scan= \\ud800 \xff 1979-05-27'.split(b" ")
    content = b"".join(chance.choice(pieces) for _ in range(chance.randrange(1, 30)))
    assert isinstance(SettingsFile(written(file, content)).load(), Settings)


def test_an_earlier_broken_file_is_kept(file: Path) -> None:
    for content in (b"first [", b"second ["):
        SettingsFile(written(file, content)).save(Settings())
    assert file.with_name("settings.toml.broken").read_bytes() == b"first ["
    assert file.with_name("settings.toml.broken-2").read_bytes() == b"second ["


def test_saving_over_a_broken_file_keeps_it_aside(file: Path) -> None:
    SettingsFile(written(file, b"broken [")).save(Settings(theme="dark"))
    assert file.with_name("settings.toml.broken").exists()
    assert SettingsFile(file).load().theme == "dark"


def test_a_byte_order_mark_is_no_trouble(file: Path) -> None:
    assert SettingsFile(written(file, b'\xef\xbb\xbftheme = "dark"\r\n')).load().theme == "dark"


def test_a_file_that_cannot_be_read_is_not_replaced(file: Path) -> None:
    file.mkdir(parents=True)
    told: list[str] = []
    settings_file = SettingsFile(file, told.append)
    # What it says of the scan and the history is not known.
    assert settings_file.load() == Settings(scan="block", keep_history=False)
    assert "could not be read" in told[0]
    with pytest.raises(SettingsBroken, match="could not be read"):
        settings_file.save(Settings(theme="dark"))
    assert file.is_dir()


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file in the way")
    with pytest.raises(SettingsBroken, match="could not be"):
        SettingsFile(tmp_path / "config" / "settings.toml").save(Settings(theme="dark"))


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right on Windows")
def test_a_link_stays_a_link(file: Path, tmp_path: Path) -> None:
    real = written(tmp_path / "dotfiles" / "settings.toml", "")
    file.parent.mkdir()
    file.symlink_to(real)
    SettingsFile(file).save(Settings(theme="dark"))
    assert file.is_symlink()
    assert "dark" in real.read_text()


def test_an_address_with_a_password_is_refused(file: Path) -> None:
    secret = replace(OLLAMA, base_url="https://me:hunter2secret@example.org/v1")
    with pytest.raises(UsageError) as raised:
        SettingsFile(file).save(Settings(profiles=(secret,)))
    assert "hunter2secret" not in str(raised.value)
    assert not file.exists()


@pytest.mark.parametrize("values", [{"theme": "purple"}, {"panel_height": 3}, {"keep_history": "no"}])
def test_a_value_that_could_not_be_read_again_is_not_saved(file: Path, values: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=next(iter(values))):
        SettingsFile(file).change(**values)
    assert not file.exists()


def test_a_remote_profile_is_never_local(file: Path) -> None:
    table = '[[profiles]]\nid = "far"\ndialect = "chat-completions"\nbase_url = "https://example.org/v1"\n'
    (profile,) = SettingsFile(written(file, table + "is_local = true\n")).load().profiles
    assert not profile.is_local
    assert profile.needs_key


def test_a_sentence_is_told_once(file: Path) -> None:
    told: list[str] = []
    settings_file = SettingsFile(written(file, 'theme = "purple"'), told.append)
    for _ in range(3):
        settings_file.load()
    assert len(told) == 1


def test_threads_that_change_different_settings_lose_none(file: Path) -> None:
    settings_file = SettingsFile(file)
    values: dict[str, object] = {"theme": "dark", "keep_history": False, "panel_width": 640, "last_action": "describe"}
    threads = [threading.Thread(target=settings_file.change, kwargs={key: value}) for key, value in values.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert settings_file.load() == Settings(theme="dark", keep_history=False, panel_width=640, last_action="describe")


def test_of_two_profiles_with_one_id_the_first_counts(file: Path) -> None:
    one = '[[profiles]]\nid = "a"\ndialect = "chat-completions"\nbase_url = "http://localhost:{}/v1"\n'
    told: list[str] = []
    loaded = SettingsFile(written(file, one.format(1) + one.format(2)), told.append).load()
    assert [profile.base_url for profile in loaded.profiles] == ["http://localhost:1/v1"]
    assert "taken" in told[0]


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("theme", " dark ", "dark"),
        ("keep_history", "off", False),
        ("keep_history", "Yes", True),
        ("panel_width", "640", 640),
        ("hotkey_region", "", ""),
    ],
)
def test_a_persons_word_becomes_a_value(key: str, text: str, value: object) -> None:
    row = next(row for row in SETTINGS if row.key == key)
    assert read_value(row, text) == value


@pytest.mark.parametrize(
    ("key", "text"),
    [("theme", "pink"), ("keep_history", "maybe"), ("panel_width", "wide"), ("panel_width", "5"), ("profiles", "[]")],
)
def test_a_wrong_word_is_refused(key: str, text: str) -> None:
    row = next(row for row in SETTINGS if row.key == key)
    with pytest.raises(ValueError, match=r"has to be|edit the settings file"):
        read_value(row, text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=300))
def test_no_file_stops_the_program(tmp_path: Path, content: bytes) -> None:
    file = written(tmp_path / "settings.toml", content)
    loaded = SettingsFile(file).load()
    SettingsFile(file).save(replace(loaded, first_run_done=True))
    assert SettingsFile(aged(file)).load() == replace(loaded, first_run_done=True)
    for path in tmp_path.iterdir():
        os.unlink(path)  # noqa: PTH108 - the shortest that also removes a broken link


_VALUES = st.recursive(
    st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "x", "ä b"]), inner, max_size=3),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    table=st.dictionaries(st.sampled_from([*(row.key for row in SETTINGS), "other", "une clé"]), _VALUES, max_size=5)
)
def test_any_table_loads_and_what_is_not_ours_survives_saving(tmp_path: Path, table: dict[str, object]) -> None:
    import tomli_w

    file = written(tmp_path / "settings.toml", tomli_w.dumps(table))
    settings_file = SettingsFile(file)
    loaded = settings_file.load()
    settings_file.save(replace(loaded, background_notice_shown=True))
    again = tomllib.loads(file.read_bytes().decode())
    ours = {row.key for row in SETTINGS}
    assert {k: v for k, v in again.items() if k not in ours} == {k: v for k, v in table.items() if k not in ours}
    assert settings_file.load() == replace(loaded, background_notice_shown=True)


BUDGET = next(row for row in SETTINGS if row.key == "monthly_budget_usd")


@pytest.mark.parametrize("amount", ["", "0", "10", "2.50", "0.0001"])
def test_an_amount_of_money_is_plain(amount: str) -> None:
    assert check_value(BUDGET, amount) == amount


@pytest.mark.parametrize(("written", "amount"), [("10", "10"), ("2.5", "2.5"), ('"7"', "7")])
def test_an_amount_in_the_file_may_be_a_number(tmp_path: Path, written: str, amount: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f"monthly_budget_usd = {written}", encoding="utf-8")
    assert SettingsFile(file).load().monthly_budget_usd == amount


@pytest.mark.parametrize("amount", [True, -1, float("nan"), 1e12])
def test_a_number_that_is_no_amount_is_refused(amount: object) -> None:
    with pytest.raises(ValueError, match="has to be"):
        check_value(BUDGET, amount)


@pytest.mark.parametrize("amount", ["-1", "1e3", "ten", "$5", "1,000", "٣", "NaN", "5.", " 5"])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        check_value(BUDGET, amount)


@pytest.mark.parametrize(
    ("written", "policy"),
    [
        ('gate = "offer"', "suggest"),
        ('gate = "off"', "off"),
        ('gate = "ask"', "ask"),
        ('gate = "block"', "block"),
        ('scan = "offer"', "suggest"),
        ('scan = "block"', "block"),
        ('gate = "off"\nscan = "block"', "block"),
    ],
)
def test_the_scan_policy_of_an_earlier_version_counts_and_is_written_under_its_present_name(
    file: Path, written: str, policy: str
) -> None:
    profile = '[[profiles]]\nid = "p"\ndialect = "chat-completions"\nbase_url = "https://example.org/v1"\n'
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{written}\n{profile}{written}\n")
    told: list[str] = []
    settings = SettingsFile(file, told.append).load()
    assert (settings.scan, settings.profiles[0].scan, told) == (policy, policy, [])
    SettingsFile(file).change(theme="dark")
    table = tomllib.loads(file.read_text())
    assert "gate" not in table | table["profiles"][0]
    assert table["profiles"][0]["scan"] == policy
    assert table.get("scan", "suggest") == policy
