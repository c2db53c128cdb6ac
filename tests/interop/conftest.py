"""Tests at servers of other makers. They run where GROKDESK_INTEROP names the environment of those servers, which
``packaging/dev.py check --interop`` makes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.servers.other_servers import OtherServer, aimock, litellm

collect_ignore_glob = [] if os.environ.get("GROKDESK_INTEROP") else ["test_*.py"]


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, OtherServer]]:
    """By name."""
    environment, folder = Path(os.environ["GROKDESK_INTEROP"]), tmp_path_factory.mktemp("servers")
    with aimock(environment, folder) as answering, litellm(environment, folder, answering) as passing:
        yield {server.name: server for server in (answering, passing)}


@pytest.fixture(params=["aimock", "LiteLLM"])
def server(request: pytest.FixtureRequest, servers: dict[str, OtherServer]) -> OtherServer:
    return servers[request.param]
