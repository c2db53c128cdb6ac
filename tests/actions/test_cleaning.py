"""What models put around a result, and what belongs to it."""

from __future__ import annotations

import pytest

from grokdesk.actions.cleaning import cleaned, cleaned_copy

CAT = "A cat sleeps on a red sofa."


@pytest.mark.parametrize(
    "answer",
    [
        CAT,
        f"  {CAT}\n\n",
        f'"{CAT}"',
        f"“{CAT}”",
        f"„{CAT}“",
        f"«{CAT}»",
        f"'{CAT}'",
        f"「{CAT}」",
        f"`{CAT}`",
        f"**{CAT}**",
        f"*{CAT}*",
        f"> {CAT}",
        f"- {CAT}",
        '"A cat sleeps on a red sofa".',
        f"Alt text: {CAT}",
        f"ALT TEXT: {CAT}",
        f"Alt-text: {CAT}",
        f"Alt: {CAT}",
        f"alt={chr(34)}{CAT}{chr(34)}",
        f"**Alt text:** {CAT}",
        f"**Alt text**: {CAT}",
        f"**Alt Text:**\n\n{CAT}",
        f"## Alt text\n\n{CAT}",
        f"Alternative text: {CAT}",
        f"Image description: {CAT}",
        f"Alt text (118 characters): {CAT}",
        f'Alt text: "{CAT}"',
        f'"Alt text: {CAT}"',
        f"Alternativtext: {CAT}",
        f"Alt-Text: {CAT}",
        f"Bildbeschreibung: {CAT}",
        f"Texte alternatif : {CAT}",
        f"Texto alternativo: {CAT}",
        f"Testo alternativo: {CAT}",
        f"Alternatieve tekst: {CAT}",
        f"Tekst alternatywny: {CAT}",
        f"Альтернативный текст: {CAT}",
        f"代替テキスト：{CAT}",
        f"替代文本：{CAT}",
        f"대체 텍스트: {CAT}",
        f"Alternatif metin: {CAT}",
        f"```\n{CAT}\n```",
        f"```text\n{CAT}\n```",
        f"~~~\n{CAT}\n~~~",
        f"```\n{CAT}```",
        f"```\n{CAT}",
        f"Here is the alt text:\n```\n{CAT}\n```",
        f"Here is the alt text for the picture:\n\n{CAT}",
        f"Here's the alternative text: {CAT}",
        f"Sure! Here's an alt text:\n\n{CAT}",
        f"Sure, here you go!\n\n{CAT}",
        f"Certainly. Here is the alternative text for the image:\n\n**{CAT}**",
        f"Hier ist der Alternativtext:\n\n{CAT}",
        f"Voici le texte alternatif :\n\n« {CAT} »",
        f"Aquí tienes el texto alternativo:\n\n{CAT}",
        f"Ecco il testo alternativo:\n\n{CAT}",
        f"{CAT}\n\nLet me know if you need a shorter one!",
        f"{CAT}\n\n(27 characters)",
        f"{CAT} (27 characters)",
        f'{{"alt_text": "{CAT}"}}',
        "A cat sleeps\non a red sofa.",
        "A cat sleeps\r\non a red sofa.",
        "A cat sleeps  \n  on a red sofa.\n",
        "A cat sleeps\u2028on a red sofa.",
    ],
)
def test_what_was_added_goes(answer: str) -> None:
    assert cleaned(answer, title="Alt text", one_line=True) == CAT


@pytest.mark.parametrize(
    "answer",
    [
        '"Save" and "Cancel" buttons below the text "Done"',
        '"Save" button beside "Cancel"',
        "'Yes' and 'No'",
        "“Open” on one door, “Closed” on the other: “Welcome”",
        "Alt key on a keyboard: it is worn.",
        "Descriptions of wines, one per line.",
        "Error dialog: the disk is full.",
        "Here is a street in Paris, wet with rain.",
        "This is fine: a dog sits in a burning room.",
        "Chart: sales rise from 2 to 5 million.",
        "A *very* large dog, and a *small* one",
        "Sure-footed goat on a cliff.",
        "Certain words are underlined: one and two.",
        "OK button, highlighted.",
        "It costs $5 (12 characters wide) in total.",
    ],
)
def test_what_belongs_to_it_stays(answer: str) -> None:
    assert cleaned(answer, title="Alt text", one_line=True) == answer


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ('"A sign says "Open" today."', 'A sign says "Open" today.'),
        ('"A sign says \\"Open\\"."', 'A sign says "Open".'),
        ("'A dog's bowl'", "A dog's bowl"),
        ("「猫が\n寝ている」", "猫が寝ている"),
        ("Alt text:", "Alt text:"),
        ("", ""),
        ("  \n ", ""),
    ],
)
def test_the_rest_of_the_kind(answer: str, result: str) -> None:
    assert cleaned(answer, title="Alt text", one_line=True) == result


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("a,b\r\n1,2  \n", "a,b\n1,2"),
        ("```csv\na,b\n1,2\n```", "a,b\n1,2"),
        ("Here is the table:\n\na,b\n1,2", "a,b\n1,2"),
        ("As CSV: a,b", "a,b"),
        ("Description: it stays\nCaption: too", "Description: it stays\nCaption: too"),
        ("- one\n- two", "- one\n- two"),
    ],
)
def test_lines_stay_where_they_are_wanted(answer: str, result: str) -> None:
    assert cleaned(answer, title="As CSV") == result


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ('"To be"\n', '"To be"'),
        ("Alt text: no\r\n\tmore", "Alt text: no\n\tmore"),
        ("    indented\nline", "    indented\nline"),
        ("```\n  a\tb\n\nc\n```", "  a\tb\n\nc"),
        ("Here is the text:\n\n```text\na\n```", ["Here is the text:", "", "```text", "a", "```"][3]),
        ("Here is the text:\nreally", "Here is the text:\nreally"),
        ("See:\n```\na\n```\nand\n```\nb\n```", "See:\n```\na\n```\nand\n```\nb\n```"),
        ("`code`", "`code`"),
    ],
)
def test_copied_text_loses_only_a_fence_around_it(answer: str, result: str) -> None:
    assert cleaned_copy(answer) == result


def test_a_long_answer_takes_no_time() -> None:
    for long in ("a: " * 200_000, "```\n" * 100_000, '"' * 200_000, "\n" * 300_000 + "x", "here is " * 100_000):
        assert cleaned(long, title="Alt text", one_line=True) is not None
        assert cleaned_copy(long) is not None
