"""``grokdesk models``: what a server can answer with, which of it sees, and what it costs."""

from __future__ import annotations

import argparse
from dataclasses import replace

from grokdesk.cancel import CancelSwitch
from grokdesk.cli.connection import add_connection_arguments, named_profile, usual_profile
from grokdesk.cli.interrupts import interrupts_throw
from grokdesk.cli.session import Session
from grokdesk.errors import EXIT_OK, UsageError
from grokdesk.providers.models.models import ModelInfo
from grokdesk.translation import N_, _

_SUPPORT = {True: N_("vision"), False: N_("text only"), None: N_("unknown")}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--refresh", action="store_true", help=_("reload the list, which is cached for a day"))
    parser.add_argument("--probe", metavar="ID", help=_("test this model's image support"))
    parser.add_argument("--json", action="store_true", help=_("print JSON"))
    add_connection_arguments(parser)


def run(options: argparse.Namespace, session: Session) -> int:
    services, terminal, cancel = session.services(), session.terminal, CancelSwitch()
    settings = services.settings.load()
    profile = named_profile(options, settings) or usual_profile(None, services, settings, terminal)
    if profile.dialect == "on-this-computer":
        raise UsageError(_("Reading on this computer needs no model."), _("Choose another profile with --profile."))
    model_id = options.probe or options.model
    provider = services.remote(replace(profile, model=""))
    with interrupts_throw(cancel):
        if options.probe:
            from grokdesk.providers.vision_probe import find_out

            terminal.status(_("Testing image support of {probe}…").format(probe=options.probe))
            find_out(provider, options.probe, cancel)
        terminal.status(_("Loading models of {name}…").format(name=profile.name))
        models = provider.models(cancel, afresh=options.refresh)
    if model_id:
        found = [model for model in models if model_id in (model.id, *model.aliases)]
        models = tuple(found) or (provider.memory.settled(profile, ModelInfo(model_id)),)
    if options.json:
        terminal.object([object_of(model) for model in models])
    else:
        width = max((len(model.id) for model in models), default=0)
        for model in models:
            terminal.line(f"{model.id:{width}}  {'  '.join(_about(model))}".rstrip())
        if not models:
            terminal.say(_("{name} lists no models.").format(name=profile.name))
    return EXIT_OK


def object_of(model: ModelInfo) -> dict[str, object]:
    prices = model.prices
    return {
        "id": model.id,
        "aliases": list(model.aliases),
        "supports_images": model.supports_images,
        "context": model.context,
        "usd_per_million": None
        if prices is None
        else {
            "input": float(prices.input),
            "output": float(prices.output),
            "cached": None if prices.cached is None else float(prices.cached),
        },
    }


def _about(model: ModelInfo) -> list[str]:
    width = max(len(_(word)) for word in _SUPPORT.values())
    words = [f"{_(_SUPPORT[model.supports_images]):{width}}"]
    if model.context:
        words.append(_("{count:,} tokens").format(count=model.context))
    if model.prices is not None:
        words.append(
            _("${input:f} in, ${output:f} out per million tokens").format(
                input=model.prices.input, output=model.prices.output
            )
        )
    return words
