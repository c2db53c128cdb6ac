"""What every sentence a person sees passes on its way: ``_("Try again in {seconds} s").format(seconds=12)``.

The sentence is a literal with named placeholders, so that gettext's tools find it and a translator may move its parts;
``ngettext`` chooses between one and many. Constants of a module are marked with ``N_`` and translated where they are
shown, because a module is imported before the language is known. Nothing of Qt is needed, so the core can use it.
"""

from __future__ import annotations

import gettext

_in_use: gettext.NullTranslations = gettext.NullTranslations()


def use(translations: gettext.NullTranslations) -> None:
    """Translate from now on with these; called once, before anything is shown."""
    # The one state that is not passed in: errors are worded deep in the core, where no caller could hand it over.
    global _in_use  # noqa: PLW0603
    _in_use = translations


def _(sentence: str) -> str:
    """The sentence in the person's language, or as it is."""
    return _in_use.gettext(sentence)


def ngettext(one: str, many: str, count: int) -> str:
    """The sentence for ``count`` of a thing, with its placeholders still to be filled."""
    return _in_use.ngettext(one, many, count)


def N_(sentence: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Marks a sentence for the translators and leaves it as it is."""
    return sentence
