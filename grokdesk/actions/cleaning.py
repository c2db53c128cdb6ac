"""Makes of an answer the result that was asked for: without quotation marks, label, fence, preamble and line ends.

Models add these although they are asked not to, and they would stand in every place where the result is pasted. What is
not plainly an addition stays: a result that begins with a quotation is not one in quotation marks.
"""

from __future__ import annotations

import json
import re

_FENCE = re.compile(r"^(?P<mark>`{3,}|~{3,})[^\n`]*\n(?P<body>.*?)\n?^(?P=mark)[ \t]*$", re.DOTALL | re.MULTILINE)
_ROUNDS = 8
"""A label in bold in quotation marks in a fence takes four."""

# What alternative text is called, as a label before it or in a sentence that announces it.
_ALT_TEXT = (
    r"(?:image |img |html )?alt(?:ernat(?:iv)?e)?[ \-_]*(?:text|tag|attribute|description)?"
    r"|(?:image|picture|photo|visual) (?:alt[ \-]?text|description|caption)|text alternative|description|caption"
    r"|alt(?:ernativ)?[ \-]?text|bild(?:beschreibung|unterschrift)|beschreibung(?: des bildes)?"
    r"|texte? alt(?:ernatif)?|texte de remplacement|description (?:de l.image|alternative)|légende"
    r"|texto alt(?:ernativo)?|descripción(?: de la imagen| alternativa)?|descrição(?: da imagem)?"
    r"|testo alt(?:ernativo)?|descrizione(?: dell.immagine)?"
    r"|alternatieve tekst|alt[ \-]?tekst|(?:afbeeldings)?beschrijving|alternativ te[kx]s?t"
    r"|bildbeskrivning"
    r"|billedbeskrivelse|bildebeskrivelse|vaihtoehtoinen teksti|alt[ \-]?teksti|kuvaus"
    r"|alternativ(?:ní|ny) text|popis(?: obrázku)?"
    r"|tekst alternatywny|opis(?: obrazu)?|alternatív szöveg|helyettesítő szöveg|text alternativ|descriere"
    r"|альтернативн(?:ый|ий) текст|альт[ \-]?текст|описание(?: изображения)?|опис(?: зображення)?"
    r"|εναλλακτικό κείμενο|περιγραφή|alternatif metin|alt metin|açıklama|teks alternatif|deskripsi|văn bản thay thế"
    r"|代替テキスト|代替文|alt ?テキスト|画像の説明|説明|替代文[本字]|替換文字"
    r"|图片描述|圖片描述|描述|대체 ?텍스트|이미지 설명|설명"
    r"|النص البديل|نص بديل|טקסט חלופי|वैकल्पिक पाठ"
)
_LABEL = (
    r"\A[\s>#*_]*(?:{names})(?:[ ]*[(（][^)）\n]{{0,60}}[)）])?"
    r"(?:[*_ ]*[:：][*_]*\s*|[ ]*=[ ]*(?=[\"'“])|[ ]+[–—][ ]+|[*_ ]*\n+)"
)
_OPENERS = (
    r"(?:(?:sure|certainly|of course|absolutely|okay|ok|great|here(?:['’]s| is| are| you go)|below is|the following is"
    r"|this is|based on the (?:image|picture)|natürlich|gerne?|klar|hier (?:ist|sind|kommt)|voici|voilà"
    r"|bien sûr|d['’]accord"
    r"|aquí (?:está|tienes)|claro|por supuesto|aqui está|ecco|certo|certamente|natuurlijk|hier is|självklart|här är"
    r"|her er|selvfølgelig|oto|oczywiście|jasne|zde je|tady je|вот|конечно|ось|звичайно|elbette|işte|tentu|berikut)\b"
    r"|もちろん|承知|はい|以下|当然|好的|這是|这是|물론|다음은|بالطبع|إليك|כמובן|הנה)"
)
_PREAMBLE = re.compile(
    rf"\A{_OPENERS}(?:[^\n:：]{{0,200}}[:：][*_]*[ \t]*\n+|[!,.。！，、][^\n:：]{{0,160}}[:：!。！.]?[ \t]*\n\s*\n)",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(
    rf"\A{_OPENERS}[^\n:：.]{{0,80}}?(?<![a-z])(?:{_ALT_TEXT})(?![a-z])[^\n:：.]{{0,80}}[:：][*_]*\s*(?=\S)",
    re.IGNORECASE,
)
_AFTERWORD = re.compile(
    r"\s*\n\s*\n\s*[*_(]*(?:let me know|would you like|feel free|i hope|if you(?:['’]d| would| need| want)|note:"
    r"|\(?\d+ (?:characters|zeichen|caractères|caracteres|caratteri)|character count|(?:sag|lass) (?:mir|mich)"
    r"|falls du|möchtest du|n['’]hésite|si vous|si quieres|fammi sapere)[^\n]*\Z",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\s*[(\[]\d+ (?:characters|chars|zeichen|caractères|caracteres|caratteri)[)\]]\Z", re.IGNORECASE)
_QUOTES = {
    '"': '"', "'": "'", "“": "”", "„": "“”", "‟": "”", "”": "”", "‘": "’", "‚": "‘’", "«": "»", "»": "«", "‹": "›",
    "›": "‹", "「": "」", "『": "』", "《": "》", "〈": "〉", "＂": "＂",
}  # fmt: skip
_WIDE = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
"""Letters that are written without blanks between them."""


def cleaned(text: str, *, title: str = "", one_line: bool = False) -> str:
    """The result of an answer: of "**Alt text:** "A cat."" that is "A cat.".

    ``title`` is what its action is called, which may stand before it as a label. With ``one_line`` lines are joined.
    """
    result = _with_plain_line_ends(text).strip()
    names = "|".join(filter(None, (_ALT_TEXT if one_line else "", re.escape(title))))
    label = re.compile(_LABEL.format(names=names), re.IGNORECASE) if names else None
    for _ in range(_ROUNDS):
        before = result
        result = _unfenced(_PREAMBLE.sub("", result)).strip()
        if one_line:
            result = _AFTERWORD.sub("", _ANNOUNCED.sub("", result))
            result = _of_object(_COUNTED.sub("", result))
        if label is not None:
            result = label.sub("", result, count=1)
        result = _unmarked(_unquoted(result.strip()), one_line=one_line).strip()
        if result == before:
            break
    if not result:
        return text.strip()
    return _joined(result) if one_line else "\n".join(line.rstrip() for line in result.split("\n"))


def cleaned_copy(text: str) -> str:
    """Text that was copied out of a picture: what stands there may be a quotation, a label or a list, and stays.

    Only a fence around the whole goes, with the line before it, and blank lines around it.
    """
    result = _with_plain_line_ends(text).strip("\n")
    return _unfenced(result).strip("\n").rstrip() or text.strip()


def _with_plain_line_ends(text: str) -> str:
    return re.sub(r"\r\n?|[\u2028\u2029\x85]", "\n", text)


def _unfenced(text: str) -> str:
    """What is in the fence, if that is all there is beside a line that announces it and one that follows."""
    found = list(_FENCE.finditer(text))
    if len(found) != 1:
        return _without_open_fence(text)
    before, after = text[: found[0].start()].strip(), text[found[0].end() :].strip()
    is_announced = not before or ("\n" not in before and before.endswith((":", "：")))
    return found[0]["body"] if is_announced and (not after or _AFTERWORD.match(f"\n\n{after}")) else text


def _without_open_fence(text: str) -> str:
    """An answer that was cut off, or has its closing fence behind its last word."""
    opened = re.match(r"(`{3,}|~{3,})[\w-]*\n(?=\S)", text)
    if opened is None or opened[1] in text[opened.end() :].rstrip().removesuffix(opened[1]):
        return text
    return text[opened.end() :].rstrip().removesuffix(opened[1])


def _of_object(text: str) -> str:
    """The one text of a JSON object."""
    if not text.startswith("{"):
        return text
    try:
        table = json.loads(text)
    except (ValueError, RecursionError):
        return text
    values = list(table.values()) if isinstance(table, dict) else []
    return values[0] if len(values) == 1 and isinstance(values[0], str) else text


def _unquoted(text: str) -> str:
    """Without quotation marks around the whole."""
    end = ""
    if len(text) > 2 and text[-1] in ".。" and text[-2] in "".join(_QUOTES.values()):
        text, end = text[:-1], "" if len(text) > 3 and text[-3] in ".!?。！？" else text[-1]
    if len(text) < 3 or text[-1] not in _QUOTES.get(text[0], ""):
        return text + end
    inner, opening, closing = text[1:-1], text[0], text[-1]
    if inner.startswith("\\") or not inner.strip() or not _is_one_quotation(inner, opening, closing):
        return text + end
    return inner.replace(f"\\{closing}", closing) + end


def _is_one_quotation(inner: str, opening: str, closing: str) -> bool:
    """Whether no quotation mark inside closes what the first one has opened."""
    depth = 0
    for before, mark, behind in zip(f" {inner}", inner, f"{inner[1:]} ", strict=False):
        if mark not in (opening, closing) or before == "\\" or (before.isalnum() and behind.isalnum()):
            continue  # escaped, or an apostrophe
        if opening != closing:
            depth += 1 if mark == opening else -1
        else:
            is_opening = depth == 0 and (before.isspace() or before in "([–—-")
            depth = 1 if is_opening else depth - 1
        if depth < 0:
            return False
    return depth == 0


def _unmarked(text: str, *, one_line: bool) -> str:
    """Without Markdown around the whole."""
    for mark in ("**", "__", "*", "_", "`"):
        inner = text[len(mark) : -len(mark)]
        if text.startswith(mark) and text.endswith(mark) and inner.strip() and mark[0] not in inner:
            return inner
    if one_line and re.match(r"(?:[-*•>]|#+)\s", text) and not re.search(r"\n\s*[-*•]\s", text):
        return re.sub(r"(?m)^\s*(?:[-*•>]|#+)\s+", "", text)
    return text


def _joined(text: str) -> str:
    """In one line; between letters that are written without blanks there is none."""
    lines = [" ".join(line.split()) for line in text.split("\n") if line.strip()]
    joined = lines[0]
    for line in lines[1:]:
        joined += line if _WIDE.match(joined[-1]) and _WIDE.match(line[0]) else f" {line}"
    return joined
