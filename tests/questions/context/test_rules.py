"""The rules as the program makes them: from its settings and from what is known of the model."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from grokdesk.model import Conversation, Message
from grokdesk.providers.models.models import ModelInfo
from grokdesk.questions.context.addresses import AddressMemory
from grokdesk.services import Services, services_from
from tests.support.windows.conversations import SERVER, pictured

URL, OTHER = "https://pictures.example.org/a.png", "https://elsewhere.example.org/a.png"


@pytest.fixture
def services(home: object) -> Services:
    return services_from({"GROKDESK_HOME": str(home)}, pytest.fail)


def test_the_setting_says_how_many_pictures_go_again(services: Services) -> None:
    assert len(services.upkeep.context(pictured(6), Message("?"), SERVER).going) == 2
    services.settings.change(pictures_again=6)
    assert len(services.upkeep.context(pictured(6), Message("?"), SERVER).going) == 6
    services.settings.change(pictures_again=0)
    assert services.upkeep.context(pictured(6), Message("?"), SERVER).going == frozenset()


def test_who_asks_and_who_shows_use_the_same_rules(services: Services) -> None:
    assert services.asker(keep=False).upkeep is services.upkeep


@pytest.mark.parametrize("named", [True, False])
def test_what_the_server_says_of_its_model_counts(services: Services, named: bool) -> None:
    services.models().remember_models(SERVER, [ModelInfo("m-0", context=99), ModelInfo("m-1", context=300)])
    services.models().remember(SERVER, "m-1")
    profile = SERVER if named else replace(SERVER, model="")
    assert services.upkeep.context(pictured(3), Message("?"), profile).turns == ()
    assert services.upkeep.context(Conversation("c"), Message("long " * 2_000), profile).weight.tokens > 1_000


def test_an_address_that_a_server_could_not_fetch_is_remembered_for_both() -> None:
    memory, another = AddressMemory(), replace(SERVER, base_url="https://api.example.net/v1")
    memory.remember_refusal(SERVER, [URL], takes_none=False)
    assert not memory.takes(SERVER, URL + "?more")
    assert memory.takes(SERVER, OTHER)
    assert memory.takes(another, URL)
    memory.remember_refusal(SERVER, [URL], takes_none=True)
    assert not memory.takes(SERVER, OTHER)
    assert memory.takes(another, OTHER)


def test_many_threads_may_remember() -> None:
    memory = AddressMemory()
    urls = [f"https://h{at}.example.org/a.png" for at in range(200)]
    threads = [
        threading.Thread(target=memory.remember_refusal, args=(SERVER, part), kwargs={"takes_none": False})
        for part in (urls[::2], urls[1::2])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not any(memory.takes(SERVER, url) for url in urls)
