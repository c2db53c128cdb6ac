"""A model that sees: it answers with the number that stands in the picture of the request, or with what it is told."""

from __future__ import annotations

import base64
import json
import re
from functools import partial

from grokdesk.pictures.read.reading import Engine
from tests.support.images.images import decoded
from tests.support.servers.replies import ReceivedRequest, Reply, Responder
from tests.support.servers.streams import responses_stream

_IMAGE = re.compile(r"data:image/(?:png|jpeg);base64,([A-Za-z0-9+/=]+)")


def seeing(saying: str = "{}") -> Responder:
    """``saying`` is the answer, with the number where it has ``{}``."""
    return partial(_answer, saying)


def _answer(saying: str, request: ReceivedRequest) -> Reply:
    found = _IMAGE.search(json.dumps(request.json))
    if found is None:
        return Reply.json({"error": "no picture"}, 400)
    number = decoded(base64.b64decode(found.group(1))).convert("L").crop((0, 64, 400, 144))  # where it is drawn
    text = Engine().text(number)
    return Reply.stream(responses_stream(saying.format(re.findall(r"\d{5}", text)[-1])))
