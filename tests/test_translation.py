"""That every sentence passes gettext, and can be found by its tools."""

from __future__ import annotations

import ast
import gettext
import string
from collections.abc import Iterator

import pytest

from grokdesk import translation
from grokdesk.translation import N_, _, ngettext
from tests.test_architecture import MODULES

MARKS = {"_", "N_", "ngettext"}


class Upper(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return message.upper()

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return (msgid1 if n == 1 else msgid2).upper()


@pytest.fixture
def upper() -> Iterator[None]:
    translation.use(Upper())
    yield
    translation.use(gettext.NullTranslations())


@pytest.mark.usefixtures("upper")
def test_sentences_are_translated_where_they_are_used_and_marks_leave_them() -> None:
    assert (_("Retry"), N_("Retry")) == ("RETRY", "Retry")
    assert [ngettext("one", "many", count) for count in (0, 1, 2)] == ["MANY", "ONE", "MANY"]


def marked(tree: ast.Module) -> Iterator[tuple[ast.Call, ast.expr]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            yield from ((node, word) for word in node.args[: 2 if node.func.id == "ngettext" else 1])


@pytest.mark.parametrize("name", [name for name in MODULES if name != "translation"])
def test_gettext_can_find_the_sentence_and_a_translator_can_move_its_parts(name: str) -> None:
    for call, sentence in marked(MODULES[name]):
        if isinstance(sentence, ast.Name | ast.Attribute | ast.Subscript) and ast.unparse(call.func) == "_":
            continue  # a constant that is marked with N_ where it stands
        assert isinstance(sentence, ast.Constant), f"line {call.lineno}: only a literal can be found by gettext"
        assert isinstance(sentence.value, str)
        fields = [field for _text, field, _spec, _how in string.Formatter().parse(sentence.value) if field is not None]
        assert all(fields), f"line {call.lineno}: placeholders need names, since their order differs by language"


@pytest.mark.parametrize("name", MODULES)
def test_no_function_hides_the_one_that_translates(name: str) -> None:
    """``for _ in ...`` makes ``_`` a local name of the whole function, and ``_("...")`` in it fails."""
    for function in ast.walk(MODULES[name]):
        if isinstance(function, ast.FunctionDef):
            uses = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == "_"]
            called = {id(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
            hides = [node.lineno for node in uses if isinstance(node.ctx, ast.Store)]
            assert not hides or not any(id(node) in called for node in uses), f"line {hides}: name it otherwise"
