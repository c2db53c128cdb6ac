"""What models leave in their answers: thinking and marks, in every spelling, cut anywhere."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.providers.formats.thinking import AnswerText


def split(*pieces: str) -> tuple[str, str]:
    """The reasoning and the answer."""
    whole = AnswerText()
    reasoning = answer = ""
    for part in (*map(whole.split, pieces), whole.rest()):
        answer = ("" if part.taken_back else answer) + part.text
        reasoning += part.reasoning
    assert "".join(whole.given) == answer
    return reasoning, answer


def check_every_cut(text: str, reasoning: str, answer: str) -> None:
    assert split(text) == (reasoning, answer)
    assert split(*text) == (reasoning, answer)
    for cut in range(len(text)):
        assert split(text[:cut], text[cut:]) == (reasoning, answer), cut


@pytest.mark.parametrize(
    ("text", "reasoning", "answer"),
    [
        ("plain", "", "plain"),
        ("  plain", "", "  plain"),
        ("<think>why</think>because", "why", "because"),
        ("\n<think>why\n</think>\n\nbecause </think> so", "why\n", "because </think> so"),
        ("<think>never closed", "never closed", ""),
        ("<think>a </thin b", "a </thin b", ""),
        ("<think></think>x", "", "x"),
        ("<thinner>", "", "<thinner>"),
        ("<thi", "", "<thi"),
        ("say <think>no</think>", "", "say <think>no</think>"),
        ("", "", ""),
        ("<think>a</think>\n<think>b</think>\nc", "ab", "c"),
    ],
)
def test_every_cut_gives_the_same(text: str, reasoning: str, answer: str) -> None:
    check_every_cut(text, reasoning, answer)


PAIRS = [
    *(("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<thought>", "</thought>"), ("<Think>", "</THINK>")),
    *(("<reasoning>", "</reasoning>"), ("<THINKING>", "</THINKING>"), ("<seed:think>", "</seed:think>")),
    *(
        ("[THINK]", "[/THINK]"),
        ("[think]", "[/think]"),
        ("◁think▷", "◁/think▷"),
        ("<longcat_think>", "</longcat_think>"),
    ),
    *(("<|begin_of_thought|>", "<|end_of_thought|>"), ("<|START_THINKING|>", "<|END_THINKING|>")),
    *(("<unused94>thought", "<unused95>"), ("<|channel>thought", "<channel|>"), ("<thinking>", "</think>")),
]


@pytest.mark.parametrize(("opening", "closing"), PAIRS)
def test_thinking_in_every_spelling(opening: str, closing: str) -> None:
    check_every_cut(f"{opening}\nA ball?{closing}\n\nTwo pears.", "\nA ball?", "Two pears.")
    check_every_cut(f"{opening}{closing}Two pears.", "", "Two pears.")


@pytest.mark.parametrize("closing", [*dict.fromkeys(closing for _, closing in PAIRS)])
def test_a_closing_mark_alone_ends_a_thought(closing: str) -> None:
    check_every_cut(f"I see a ball.\n{closing}\n\nTwo pears.", "I see a ball.\n", "Two pears.")
    check_every_cut(f"I see a ball.{closing}Two pears.", "I see a ball.", "Two pears.")
    check_every_cut(f"\n{closing}\n\nTwo pears.", "", "Two pears.")


@pytest.mark.parametrize(
    "text",
    [
        "The mark `</think>` ends it.",
        "```\nx</think>\ny\n```\nThat is all.",
        "Between <think> and </think>, it thinks.",
        "It ends with </think>, as usual.",
        'The mark "</think>" ends it.',
        "A list: [think] of it, [/INST] and <s>this</s>.",
        "`a<|im_end|>`",
        "Write <|im_end|> behind each turn.",
        "<s>old</s> new",
        "new <s>old</s>",
        "- [ ] one\n- [x] two [t",
        "a < b, a << b, x[1] and <b>bold</b> <",
        "analysis of the picture: two pears",
        "Analysis: two pears",
        "◁ and ▷",
        "</answer>",
        "Sure.\n<answer>x</answer>",
    ],
)
def test_what_an_answer_says_of_marks_stays(text: str) -> None:
    check_every_cut(text, "", text)


ANALYSIS, FINAL = "<|channel|>analysis<|message|>", "<|channel|>final<|message|>"
CALL = "<|start|>assistant<|channel|>commentary to=functions.look <|constrain|>json<|message|>{}<|call|>"
FRONT = [
    *(
        "<|im_start|>assistant\n",
        "<s> ",
        "<bos>",
        "<|begin_of_text|>",
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
    ),
    *("<｜begin▁of▁sentence｜>", "<|assistant|>\n", "<start_of_turn>model\n", "[/INST] ", "<|begin_of_box|>"),
    *("<|START_RESPONSE|>", "<|channel|>final<|message|>", "<|start|>assistant<|channel|>final<|message|>"),
]
BACK = [
    *("</s>", "<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<end_of_turn>", "<eos>", "<|end_of_box|>", "<|return|>"),
    *("<｜end▁of▁sentence｜>", "<|end|>", "<|END_RESPONSE|>", "<|im_end|>\n<|endoftext|>", " </s>", "\n\n<|im_end|>\n"),
    *("<|end_of_text|>", "<|eom_id|>", "<turn|>", "<|user|>", "</s></s>"),
]


@pytest.mark.parametrize("front", ["", *FRONT])
@pytest.mark.parametrize("back", ["", *BACK])
def test_marks_of_the_format_are_no_part_of_the_answer(front: str, back: str) -> None:
    text = f"{front}Two `pears`.{back}"
    answer = f"Two `pears`.{back[: len(back) - len(back.lstrip())]}"
    assert split(text) == ("", answer)
    assert split(*text) == ("", answer)


@pytest.mark.parametrize("mark", [*FRONT, *BACK])
def test_marks_alone_are_no_answer(mark: str) -> None:
    assert split(mark)[1].strip() == ""
    assert split(*mark)[1].strip() == ""


@pytest.mark.parametrize(
    ("text", "reasoning", "answer"),
    [
        (
            f"{ANALYSIS}A ball?<|end|><|start|>assistant{FINAL}Two pears.<|return|>",
            "A ball?",
            "Two pears.",
        ),
        (
            f"<|start|>assistant{ANALYSIS}A<|end|>{CALL}<|start|>assistant{FINAL}Two pears.",
            "A{}",
            "Two pears.",
        ),
        (f"{ANALYSIS}A{FINAL}Two pears.", "A", "Two pears."),
        ("analysisWe see a ball.assistantfinalTwo pears.", "We see a ball.", "Two pears."),
        ("<think>A ball?</think>\n<answer>\nTwo pears.\n</answer>\n", "A ball?", "Two pears.\n"),
        (
            "<think>A</think><|begin_of_box|>Two<|end_of_box|> pears, <|begin_of_box|>so<|end_of_box|>.",
            "A",
            "Two pears, so.",
        ),
        ("<|im_start|>assistant\nA ball?</think>Two pears.<|im_end|>", "A ball?", "Two pears."),
    ],
)
def test_several_marks_at_once(text: str, reasoning: str, answer: str) -> None:
    check_every_cut(text, reasoning, answer)


def test_what_only_looks_like_a_channel_is_an_answer() -> None:
    assert split("analysisIsOneWord")[1] == "analysisIsOneWord"
    assert split("<|channel|>" + "x" * 300)[1] == "<|channel|>" + "x" * 300


MARKS = [
    "<think>",
    "</think>",
    "[/THINK]",
    "<",
    "/",
    "think",
    ">",
    " ",
    "\n",
    "a",
    "`",
    "</s>",
    "<|im_end|>",
    "<|",
    "|>",
]


@given(st.lists(st.sampled_from([*MARKS, *FRONT, *BACK]), max_size=10))
def test_any_pieces_of_a_text_are_one_answer(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert split(*pieces) == split(text) == split(*text)


@pytest.mark.parametrize(
    "piece", ["</think>", "<think>", " </think> ", "</s>", "</s> a ", "<|im_end|>", "[", "` </think> ", "<s>"]
)
def test_any_number_of_marks_takes_no_longer_than_they_are_long(piece: str) -> None:
    def seconds(text: str) -> float:
        began = time.process_time()
        split("a " + text)
        split(*[text[at : at + 7] for at in range(0, len(text), 7)])
        return time.process_time() - began

    short = piece * (40_000 // len(piece))
    assert seconds(short * 4) < 10 * seconds(short) + 0.2
