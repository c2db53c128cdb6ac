"""That every sentence passes gettext, and can be found by its tools."""

from __future__ import annotations

import argparse
import ast
import gettext
import importlib
import re
import string
from collections.abc import Iterator

import pytest

from grokdesk import errors, translation
from grokdesk.cli.command_line import ALIASES, VERBS
from grokdesk.store.settings.profiles import PRESETS
from grokdesk.store.settings.settings import SETTINGS
from grokdesk.translation import N_, _, ngettext
from tests.test_architecture import modules

MARKS = {"_", "N_", "ngettext"}


class Upper(gettext.NullTranslations):
    """A language in capitals, so that a sentence that was passed by is in small letters."""

    def gettext(self, message: str) -> str:
        return re.sub(r"\{.*?\}|[^{]+", lambda part: part[0] if part[0][0] == "{" else part[0].upper(), message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


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


def test_gettext_can_find_the_sentence_and_a_translator_can_move_its_parts() -> None:
    """Only a literal can be found, and placeholders need names, since their order differs by language."""
    found = []
    for name, tree in modules().items():
        for call, sentence in marked(tree) if name != "translation" else ():
            if isinstance(sentence, ast.Name | ast.Attribute | ast.Subscript) and ast.unparse(call.func) == "_":
                continue  # a constant that is marked with N_ where it stands
            if not (isinstance(sentence, ast.Constant) and isinstance(sentence.value, str)):
                found.append(f"{name}, line {call.lineno}: no literal")
            elif "" in [field for _text, field, _spec, _how in string.Formatter().parse(sentence.value)]:
                found.append(f"{name}, line {call.lineno}: a placeholder without a name")
    assert not found


def test_no_function_hides_the_one_that_translates() -> None:
    """``for _ in ...`` makes ``_`` a local name of the whole function, and ``_("...")`` in it fails."""
    found = []
    for name, function in ((module, node) for module, tree in modules().items() for node in ast.walk(tree)):
        if isinstance(function, ast.FunctionDef):
            uses = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == "_"]
            called = {id(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
            hides = [node.lineno for node in uses if isinstance(node.ctx, ast.Store)]
            if hides and any(id(node) in called for node in uses):
                found.append(f"{name}, line {hides}: name it otherwise")
    assert not found


# --- nothing is forgotten ---------------------------------------------------------------------------------------------

TO_MODELS_AND_SERVERS = {
    "pictures.decode.probe",
    "providers.dialects.concurred_vision",
    "providers.dialects.openai_family",
    "providers.http.connection_check",
    "providers.vision_probe",
    "questions.connection_test",
    "questions.context.weighing",
    "questions.judge",
}
"""With words that no person reads: prompts, and lines of a protocol."""

NAMES = re.compile(
    r"Could not load|(Concurred|Secret|DejaVu|Tesseract|RapidOCR|Run|Chrome|Ctrl|On this) \S+( computer)?"
    r"|[A-Z]\w+( \w+)? (key|token|secret|API key)"  # whose secret was found
)
NO_PERSON_READS = re.compile(
    r"^(log|logging)\b|\.(debug|exception|startswith|endswith|compile|fullmatch|match|search|sub|split|encode|execute"
    r"|executemany|executescript|setObjectName|setProperty|setStyleSheet|getLogger|replace|get|OpenKey)$"
    r"|^(re\.\w+|\w*Error|TypeVar|NewType|getattr|hasattr|setattr|BusRefused|BusClosed)$|^(_|N_|ngettext)$"
)


def unmarked(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every constant that reads like a sentence and passes no mark on its way up."""
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in above:
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            continue
        text = node.value.strip()
        if re.match(r"[A-Z][a-z]+,? \S", text) and not NAMES.fullmatch(text) and not is_silent(node, above):
            yield node.lineno, node.value


def is_silent(node: ast.AST, above: dict[ast.AST, ast.AST]) -> bool:
    while (up := above.get(node)) is not None:
        if isinstance(up, ast.Call) and node is not up.func and NO_PERSON_READS.search(ast.unparse(up.func)):
            return True
        if isinstance(up, ast.Expr) and isinstance(node, ast.Constant):
            return True  # a docstring
        if isinstance(up, ast.Compare | ast.Subscript | ast.arg | ast.AnnAssign) and node is not getattr(
            up, "value", 0
        ):
            return True
        node = up
    return False


def test_every_sentence_is_marked() -> None:
    read = [(name, tree) for name, tree in modules().items() if name not in TO_MODELS_AND_SERVERS]
    assert not [f"{name}, line {line}: {text}" for name, tree in read for line, text in unmarked(tree)]


@pytest.mark.parametrize(
    ("code", "sentences"),
    [
        ('label.setText("Try again")', ["Try again"]),
        ('WHY = "No display here."', ["No display here."]),
        ('raise NotAPicture(f"The link {url} is long.")', ["The link "]),
        ('log.info("Could not load")\nraise ValueError("Too large a number")', []),
        ('"""What it is."""\nx = _("Try again") + N_("Not now")', []),
    ],
)
def test_what_counts_as_forgotten(code: str, sentences: list[str]) -> None:
    assert [sentence for _line, sentence in unmarked(ast.parse(code))] == sentences


# --- what is marked is also translated where it is shown --------------------------------------------------------------


@pytest.mark.usefixtures("upper")
@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_every_command_is_translated(verb: str) -> None:
    parser = argparse.ArgumentParser(add_help=False)
    importlib.import_module(f"grokdesk.cli.{verb}").add_arguments(parser)
    helps = [action.help for action in parser._actions if action.help not in (None, argparse.SUPPRESS)]
    assert helps or verb == "actions"
    small = [text for text in (*helps, parser.epilog or "") if text and is_small(text)]
    assert not small


def is_small(text: str) -> bool:
    return re.sub(r"\{\w+.*?\}", "", text).upper() != re.sub(r"\{\w+.*?\}", "", text)


def test_the_constants_of_tables_are_marked() -> None:
    """What is in a table is translated by whoever shows it, so it has to be among the messages."""
    messages = {
        word.value
        for tree in modules().values()
        for _call, word in marked(tree)
        if isinstance(word, ast.Constant) and isinstance(word.value, str)
    }
    shown = [*VERBS.values(), *(remedy.value for remedy in errors.Remedy), *(preset.help for preset in PRESETS)]
    shown += [text for setting in SETTINGS for text in (setting.title, setting.help, setting.page) if text]
    assert not [text for text in shown if text not in messages]
    assert set(ALIASES.values()) <= set(VERBS)


@pytest.mark.usefixtures("upper")
def test_errors_that_word_themselves_are_translated() -> None:
    assert str(errors.Cancelled()) == "STOPPED."
    assert errors.bug_of(ZeroDivisionError()).title == "GROKDESK HIT AN INTERNAL ERROR."
