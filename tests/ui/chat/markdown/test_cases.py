"""What Markdown looks like, case by case, whole and as it comes."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from grokdesk.ui.chat.markdown.blocks import BlockSplitter, split_whole
from grokdesk.ui.chat.markdown.open_marks import certain
from grokdesk.ui.chat.markdown.pieces import BOLD, CODE, ITALIC, LINK, STRUCK, Piece, Run, Table

HTTPS = "https://example.com"

CASES: dict[str, list[tuple[str, str]]] = {
    "emphasis": [
        ("**bold** and *it*", "<b>bold</b> and <i>it</i>"),
        ("__bold__ and _it_", "<b>bold</b> and <i>it</i>"),
        ("***both***", "<i><b>both</b></i>"),
        ("**a *b* c**", "<b>a </b><i><b>b</b></i><b> c</b>"),
        ("snake_case_name and __init__.py", "snake_case_name and <b>init</b>.py"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("a*b*c", "a<i>b</i>c"),
        ("\\*no\\*", "*no*"),
        ("** no **", "** no **"),
        ("**one\ntwo**", "<b>one two</b>"),
        ("~~gone~~", "<s>gone</s>"),
        ("**~~both~~**", "<b><s>both</s></b>"),
        ("**a `b` c**", "<b>a <c>b</c> c</b>"),
        ("*(see **this**)*", "<i>(see <b>this</b>)</i>"),
        ("**Note:** text", "<b>Note:</b> text"),
        ("foo**bar**baz", "foo<b>bar</b>baz"),
        ("\"**quoted**\"", '"<b>quoted</b>"'),
        ("**unclosed", "**unclosed"),
        ("*unclosed", "*unclosed"),
        ("a ** b", "a ** b"),
    ],
    "beside CJK marks": [
        ("**重要。**今天很好", "<b>重要。</b>今天很好"),
        ("他说**“你好”**然后走了", "他说<b>“你好”</b>然后走了"),
        ("これは**「重要」**です", "これは<b>「重要」</b>です"),
        ("**太字（注）**の後", "<b>太字（注）</b>の後"),
        ("文**(a)**字", "文<b>(a)</b>字"),
        ("한국어**(중요)**입니다", "한국어<b>(중요)</b>입니다"),
        ("*重要！*次", "<i>重要！</i>次"),
        ("~~旧。~~新", "<s>旧。</s>新"),
        ("**`code`**函数", "<b><c>code</c></b>函数"),
        ("请用**Ctrl+C**。", "请用<b>Ctrl+C</b>。"),
        ("**100%**的人", "<b>100%</b>的人"),
        ("**注意：**不要", "<b>注意：</b>不要"),
    ],
    "code spans": [
        ("`a`", "<c>a</c>"),
        ("``a`b``", "<c>a`b</c>"),
        ("`` ` ``", "<c>`</c>"),
        ("`**a**`", "<c>**a**</c>"),
        ("`a\nb`", "<c>a b</c>"),
        ("a ` b", "a ` b"),
        ("`\\`", "<c>\\</c>"),
        ("`<br>`", "<c><br></c>"),
        ("`~/a` ~/b", "<c>~/a</c> ~/b"),
        ("`https://example.com`", "<c>https://example.com</c>"),
    ],
    "tildes": [
        ("`~/.bashrc` or ~/.bashrc to ~/.zshrc", "<c>~/.bashrc</c> or ~/.bashrc to ~/.zshrc"),
        ("~/.bashrc to ~/.zshrc", "~/.bashrc to ~/.zshrc"),
        ("~$5 or ~$6", "~$5 or ~$6"),
        ("about ~5 to ~6 px", "about ~5 to ~6 px"),
        ("~one~", "~one~"),
        ("H~2~O", "H~2~O"),
        ("~~a~ b~~", "<s>a~ b</s>"),
        ("cp ~/a ~/b && cd ~", "cp ~/a ~/b && cd ~"),
    ],
    "mathematics": [
        ("\\(a^2\\) and \\(b_1\\)", "\\(a^2\\) and \\(b_1\\)"),
        ("so \\[x^* + y^*\\] holds", "so \\[x^* + y^*\\] holds"),
        ("\\[\nx = y\n\\]", "\\[⏎x = y⏎\\]"),
        ("\\[\na\n= b\n- c\n\\]", "\\[⏎a⏎= b⏎- c⏎\\]"),
        ("where\n$$\na_1 * b_1 * c\n$$\nholds", "where|$$⏎a_1 * b_1 * c⏎$$|holds"),
        ("$$x^*$$ and $$y^*$$", "$$x^*$$ and $$y^*$$"),
        ("$x^*$ to $y^*$", "$x^*$ to $y^*$"),
        ("$a_{i}*b_{i}*c$", "$a_{i}*b_{i}*c$"),
        ("x^* and y^*", "x^* and y^*"),
        ("\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}", "\\begin{align}⏎a &= b \\\\⏎c &= d⏎\\end{align}"),
        ("- item \\(a_1 * b * c\\)", "- item \\(a_1 * b * c\\)"),
        ("| a |\n|---|\n| \\(x_1 * y_1 * z\\) |", "[a]/[\\(x_1 * y_1 * z\\)]"),
        ("**\\(x\\)**", "<b>\\(x\\)</b>"),
        ("`\\(x\\)`", "<c>\\(x\\)</c>"),
        ("\\\\(not)", "\\(not)"),
        ("\\(unclosed", "(unclosed"),
        ("1. Use\n   $$\n   x < y\n   $$\n2. Next", "1. Use|  $$⏎x ‹ y⏎$$|2. Next"),
        ("\\(\\frac{1}{2}\\)", "\\(\\frac{1}{2}\\)"),
        ("\\[ \\{a, b\\} \\]", "\\[ \\{a, b\\} \\]"),
        ("> \\[\n> x_1*y*z\n> \\]", "> \\[⏎x_1*y*z⏎\\]"),
    ],
    "money": [
        ("From $5 to $10", "From $5 to $10"),
        ("**$5** or *$6*", "<b>$5</b> or <i>$6</i>"),
        ("$5 for **two** and $6 for _three_", "$5 for <b>two</b> and $6 for <i>three</i>"),
        ("US$5, \\$6", "US$5, $6"),
        ("$20-$30", "$20-$30"),
        ("costs $1,000 * 2 = $2,000", "costs $1,000 * 2 = $2,000"),
    ],
    "addresses": [
        (f"{HTTPS}", f"<a {HTTPS}>{HTTPS}</a>"),
        (f"see {HTTPS}.", f"see <a {HTTPS}>{HTTPS}</a>."),
        (f"{HTTPS}/a,b;c!d", f"<a {HTTPS}/a,b;c!d>{HTTPS}/a,b;c!d</a>"),
        (f"{HTTPS}/a, then", f"<a {HTTPS}/a>{HTTPS}/a</a>, then"),
        ("http://localhost:3000/x", "<a http://localhost:3000/x>http://localhost:3000/x</a>"),
        ("http://127.0.0.1:8080", "<a http://127.0.0.1:8080>http://127.0.0.1:8080</a>"),
        (f"{HTTPS}:8443/#/r?a=1&b=2", f"<a {HTTPS}:8443/#/r?a=1&b=2>{HTTPS}:8443/#/r?a=1&b=2</a>"),
        (f"{HTTPS}/@user/post", f"<a {HTTPS}/@user/post>{HTTPS}/@user/post</a>"),
        (f"{HTTPS}/A_(b)", f"<a {HTTPS}/A_(b)>{HTTPS}/A_(b)</a>"),
        (f"({HTTPS}/A_(b))", f"(<a {HTTPS}/A_(b)>{HTTPS}/A_(b)</a>)"),
        (f"({HTTPS}/a)", f"(<a {HTTPS}/a>{HTTPS}/a</a>)"),
        (f"见{HTTPS}/a。然后", f"见<a {HTTPS}/a>{HTTPS}/a</a>。然后"),
        (f"{HTTPS}/a、{HTTPS}/b", f"<a {HTTPS}/a>{HTTPS}/a</a>、<a {HTTPS}/b>{HTTPS}/b</a>"),
        (f"（{HTTPS}/a）", f"（<a {HTTPS}/a>{HTTPS}/a</a>）"),
        (f"「{HTTPS}」", f"「<a {HTTPS}>{HTTPS}</a>」"),
        (f"**{HTTPS}/a**", f"<a {HTTPS}/a><b>{HTTPS}/a</b></a>"),
        (f"<{HTTPS}/a>", f"<a {HTTPS}/a>{HTTPS}/a</a>"),
        (f"{HTTPS}/a_b_c", f"<a {HTTPS}/a_b_c>{HTTPS}/a_b_c</a>"),
        (f"{HTTPS}/?q=a*b*c", f"<a {HTTPS}/?q=a*b*c>{HTTPS}/?q=a*b*c</a>"),
        ("www.example.com/x", "<a http://www.example.com/x>www.example.com/x</a>"),
        ("main.py and README.md", "main.py and README.md"),
        ("me@example.com", "<a mailto:me@example.com>me@example.com</a>"),
        ("@user and a@b", "@user and a@b"),
        (f'"{HTTPS}/a"', f'"<a {HTTPS}/a>{HTTPS}/a</a>"'),
        (f"{HTTPS}/a~b", f"<a {HTTPS}/a~b>{HTTPS}/a~b</a>"),
        (f"| a |\n|---|\n| {HTTPS}/a |", f"[a]/[<a {HTTPS}/a>{HTTPS}/a</a>]"),
    ],
    "links": [
        (f"[text]({HTTPS})", f"<a {HTTPS}>text</a>"),
        (f'[text]({HTTPS} "title")', f"<a {HTTPS}>text</a>"),
        (f"[a **b**]({HTTPS})", f"<a {HTTPS}>a </a><a {HTTPS}><b>b</b></a>"),
        (f"[{HTTPS}]({HTTPS}/x)", f"<a {HTTPS}/x>{HTTPS}</a>"),
        (f"[a]({HTTPS}/A_(b))", f"<a {HTTPS}/A_(b)>a</a>"),
        ("[a][1]\n\n[1]: https://example.com\n", f"<a {HTTPS}>a</a>"),
        ("[a] and [b](", "[a] and [b]("),
        ("array[0] = [1, 2]", "array[0] = [1, 2]"),
        ("[x](javascript:alert(1))", "<a javascript:alert(1)>x</a>"),
        (f"![alt]({HTTPS}/p.png)", f"<a {HTTPS}/p.png>[picture: alt]</a>"),
        (f"![]({HTTPS}/p.png)", f"<a {HTTPS}/p.png>[picture]</a>"),
        (f"[![alt]({HTTPS}/p.png)]({HTTPS})", f"<a {HTTPS}>[picture: alt]</a>"),
        ("![alt](data:image/png;base64,AAAA)", "[picture: alt]"),
        ("![][image1]\n\n[image1]: <data:image/png;base64,iVBORw0KGgo=>", "[picture]"),
    ],
    "HTML": [
        ("a<br>b<br/>c<br />d", "a⏎b⏎c⏎d"),
        ("| a<br>b |\n|---|\n| c<br>d |", "[a⏎b]/[c⏎d]"),
        ("<b>bold</b>", "<b>bold</b>".replace("<", "‹").replace(">", "›")),
        ("<script>x</script>", "‹script›x‹/script›"),
        ("&lt;i&gt; &amp; &copy;", "‹i› & ©"),
        ("x < y > z", "x ‹ y › z"),
        ("<details>\n<summary>a</summary>", "‹details› ‹summary›a‹/summary›"),
        ("<!-- gone? -->", "‹!-- gone? --›"),
    ],
    "breaks": [
        ("a\nb", "a b"),
        ("a  \nb", "a⏎b"),
        ("a\\\nb", "a⏎b"),
        ("a\n\nb", "a|b"),
        ("a\r\nb\r\n\r\nc", "a b|c"),
    ],
    "headings and rules": [
        ("# A\n## B\n###### F", "h1 A|h2 B|h6 F"),
        ("# A #", "h1 A"),
        ("#no", "#no"),
        ("#", ""),
        ("A\n===", "h1 A"),
        ("A\n---", "h2 A"),
        ("A\n\n---\n\nB", "A|---|B"),
        ("A\n***\nB", "A|---|B"),
        ("- - -", "---"),
        ("A\n- b", "A|- b"),
        ("A\n-b", "A -b"),
        ("A\n=b", "A =b"),
        ("## `code` and **b**", "h2 <c>code</c> and <b>b</b>"),
        ("####### seven", "####### seven"),
    ],
    "lists": [
        ("- a\n- b", "- a|- b"),
        ("* a\n+ b", "- a|- b"),
        ("1. a\n2. b", "1. a|2. b"),
        ("3) a\n4) b", "3) a|4) b"),
        ("1. a\n1. b", "1. a|2. b"),
        ("- a\n  - b\n    - c\n- d", "- a|-- b|--- c|- d"),
        ("1. a\n   - b\n2. c", "1. a|-- b|2. c"),
        ("- a\n\n  more\n- b", "- a|  more|- b"),
        ("- [ ] a\n- [x] b\n- [X] c", "- ☐ a|- ☑ b|- ☑ c"),
        ("- [ ]", "- [ ]"),
        ("- [x]a", "- [x]a"),
        ("1. [ ] a", "1. ☐ a"),
        ("- [link](https://example.com)", f"- <a {HTTPS}>link</a>"),
        ("-a", "-a"),
        ("2026. A year", "2026. A year"),
        ("14 men\n15. Sept", "14 men 15. Sept"),
        ("- a\n\n\n- b", "- a|- b"),
        ("- **a**: b", "- <b>a</b>: b"),
        ("- a\n\ntext", "- a|text"),
        ("1. a\n\n   ```\n   x\n   ```\n2. b", "1. a|  ¶x|2. b"),
        ("- ```\n  x\n  ```", "- |  ¶x"),
        ("- | a |\n  |---|\n  | b |", "- |  [a]/[b]"),
        ("- # A", "- h1 A"),
        ("-\n- b", "- |- b"),
    ],
    "quotes": [
        ("> a\n> b", "> a b"),
        ("> a\n\nb", "> a|b"),
        ("> > a", ">> a"),
        ("> - a\n> - b", "> - a|> - b"),
        ("> a\nlazy", "> a lazy"),
        ("> ```\n> x\n> ```", "> ¶x"),
        (">a", "> a"),
        ("> # A", "> h1 A"),
    ],
    "code blocks": [
        ("```\nx\n```", "¶x"),
        ("```py\nx\ny\n```\nafter", "¶x|¶y|after"),
        ("~~~\nx\n~~~", "¶x"),
        ("````\n```\nx\n```\n````", "¶```|¶x|¶```"),
        ("```\nx", "¶x"),
        ("    x\n\n    y\n\nz", "¶x|¶|¶y|z"),
        ("text\n```\nx\n```", "text|¶x"),
        ("```\n**x** <br> $y$\n```", "¶**x** ‹br› $y$"),
        ("```\n\nx\n\n```", "¶|¶x|¶"),
        ("```a`b", "```a`b"),
        ("``` x ``` y", "<c>x</c> y"),
        ("  ```\n  x\n   y\n  ```", "¶x|¶ y"),
        ("```\nx\n   ```\nafter", "¶x|after"),
        ("```\nx\n    ```\n```", "¶x|¶    ```"),
    ],
    "fences in fences": [
        (
            "```markdown\nSee:\n```python\nx\n```\nmore\n```\nrest",
            "¶See:|¶```python|¶x|¶```|¶more|rest",
        ),
        ("~~~md\n~~~py\nx\n~~~\n~~~\nrest", "¶~~~py|¶x|¶~~~|rest"),
        ("```md\n```a\n```b\nx\n```\n```\n```\nrest", "¶```a|¶```b|¶x|¶```|¶```|rest"),
        ("- ```md\n  ```py\n  x\n  ```\n  ```\n- next", "- |  ¶```py|  ¶x|  ¶```|- next"),
        ("```\n``` aaa\n```", "¶``` aaa"),
        ("```\nx\n```py\ny\n```\nrest", "¶x|¶```py|¶y|rest"),
        ("````md\n```py\nx\n```\n````\nrest", "¶```py|¶x|¶```|rest"),
        ("```md\n~~~\nx\n~~~\n```\nrest", "¶~~~|¶x|¶~~~|rest"),
    ],
    "tables": [
        ("| a | b |\n|---|--:|\n| 1 | 2 |", "[a][b]/[1][2]"),
        ("text\n| a | b |\n|---|---|\n| 1 | 2 |", "text|[a][b]/[1][2]"),
        ("a | b\n--|--\n1 | 2", "[a][b]/[1][2]"),
        ("| a |\n|---|", "[a]"),
        ("| a | b |\n|---|---|\n| 1 |", "[a][b]/[1][]"),
        ("| a |\n|---|\n| 1 | 2 |", "[a]/[1]"),
        ("| a \\| b |\n|---|\n| `c \\| d` |", "[a | b]/[<c>c | d</c>]"),
        ("| **a** |\n|:-:|\n| *b* |", "[<b>a</b>]/[<i>b</i>]"),
        ("| a |\n|---|\n| b |\n\nafter", "[a]/[b]|after"),
        ("| a |\n|---|\n| b |\n> q", "[a]/[b]|> q"),
        ("| a |\n|---|\n| b |\n```\nx\n```", "[a]/[b]|¶x"),
        ("| no table |", "| no table |"),
        ("| a | b |\n|---|", "| a | b | |---|"),
        ("> | a |\n> |---|\n> | b |", "> [a]/[b]"),
        ("**Table:**\n\n| a |\n|---|\n| b |", "<b>Table:</b>|[a]/[b]"),
        ("| a |\n| --- |\n| b |\n| c |", "[a]/[b]/[c]"),
    ],
}  # fmt: skip

ALL = [
    pytest.param(text, wanted, id=f"{kind}: {text[:40]!r}") for kind, cases in CASES.items() for text, wanted in cases
]


UNDECIDED = ("**unclosed", "*unclosed", "\\(unclosed", "```\nx\n```py\ny\n```\nrest")
"""What they are is only known at their end, because the usual case is another one."""


def notation(pieces: list[Piece]) -> str:
    return "|".join(_piece(piece) for piece in pieces)


def _piece(piece: Piece) -> str:
    quotes = ">" * piece.quotes + (" " if piece.quotes else "") + "  " * piece.indent
    if isinstance(piece, Table):
        rows = ["".join(f"[{_text(cell)}]" for cell in row) for row in piece.rows]
        return quotes + "/".join(rows)
    text = _text(piece.runs)
    if piece.kind == "rule":
        return quotes + "---"
    if piece.kind == "code":
        return f"{quotes}¶{text}"
    if piece.item is not None:
        number = piece.item.number
        mark = "-" * piece.item.depth if number is None else f"{number}{piece.item.delimiter}"
        task = {None: "", True: "☑ ", False: "☐ "}[piece.item.checked]
        quotes += f"{mark} {task}"
    return quotes + (f"h{piece.level} " if piece.level else "") + text


def _text(runs: tuple[Run, ...]) -> str:
    return "".join(_run(run) for run in runs).replace("\u2028", "⏎")


def _run(run: Run) -> str:
    text = run.text if run.style & CODE else run.text.replace("<", "‹").replace(">", "›")
    for style, tag in ((CODE, "c"), (STRUCK, "s"), (BOLD, "b"), (ITALIC, "i")):
        if run.style & style:
            text = f"<{tag}>{text}</{tag}>"
    return f"<a {run.address}>{text}</a>" if run.style & LINK else text


def merged(text: str) -> str:
    """``</b><b>`` says nothing."""
    before = ""
    while before != text:
        before, text = text, re.sub(r"</(\w)><\1>", "", text)
    return text


def one(text: str) -> str:
    return merged(notation([piece for block in split_whole(text) for piece in block]))


@pytest.mark.parametrize(("text", "wanted"), ALL)
def test_markdown_is_shown_as_it_is_meant(text: str, wanted: str) -> None:
    assert one(text) == wanted


def steps(text: str) -> list[list[Piece]]:
    """What is shown after each character, and at the end."""
    splitter, references, finished, seen = BlockSplitter(), {}, [], []  # type: ignore[var-annotated]
    for letter in text:
        for block in splitter.feed(letter):
            finished += block.pieces(references)
        opened = splitter.open_block()
        if opened.kind != "code":
            opened = replace(opened, text=certain(opened.text))
        seen.append([*finished, *opened.pieces(dict(references), is_open=True)])
    seen.append([piece for block in split_whole(text) for piece in block])
    return seen


def plain(pieces: list[Piece]) -> str:
    parts = []
    for piece in pieces:
        cells = [cell for row in piece.rows for cell in row] if isinstance(piece, Table) else [piece.runs]
        parts.append(" ".join("".join(run.text for run in runs) for runs in cells))
    return " ".join(" ".join(parts).split())


@pytest.mark.parametrize(("text", "wanted"), [case for case in ALL if case.values[0] not in UNDECIDED])
def test_no_mark_is_seen_that_vanishes(text: str, wanted: str) -> None:
    """What was shown stays, but for the words of a step that are not decided yet."""
    seen = steps(text)
    last = plain(seen[-1])
    for number, step in enumerate(seen):
        shown = plain(step)
        lost = [mark for mark in ("**", "`", "](", "|", "~~", "==", "--", "$$") if shown.count(mark) > last.count(mark)]
        assert not lost, (text[: number + 1], shown, last)
