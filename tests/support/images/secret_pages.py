"""Pages with planted secrets, and pages that only look like it, drawn with real typefaces. No secret is a real one."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

LETTERS = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
OWN_WORDS = ("Aurora Nightfall", "K-4711-Q")
_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("/Library/Fonts"),
    Path("/System/Library/Fonts"),
    Path("C:/Windows/Fonts"),
)
TYPEFACES = {
    "sans": ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "NotoSans-Regular.ttf", "arial.ttf", "Arial.ttf"),
    "mono": ("DejaVuSansMono.ttf", "LiberationMono-Regular.ttf", "NotoSansMono-Regular.ttf", "consola.ttf"),
    "serif": ("DejaVuSerif.ttf", "LiberationSerif-Regular.ttf", "NotoSerif-Regular.ttf", "times.ttf"),
    "condensed": ("DejaVuSansCondensed.ttf", "NotoSansDisplay-Regular.ttf", "NimbusSansNarrow-Regular.otf"),
}
LIGHT, DARK = ("#1a1a1a", "#ffffff"), ("#d4d4d4", "#1e1e1e")


@dataclass(frozen=True, slots=True)
class Planted:
    """One secret in one line of a page, or in several when ``text`` has line breaks."""

    rules: tuple[str, ...]
    """Any of these names is right."""
    before: str
    text: str
    after: str = ""


def planted(seed: int = 1) -> tuple[Planted, ...]:
    """One of each kind that the rules promise; other ones for another seed."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets

    def some(number: int, letters: str = LETTERS) -> str:
        return "".join(chance.choice(letters) for _ in range(number))

    def digits(number: int) -> str:
        return some(number, string.digits)

    def key(*names: str) -> tuple[str, ...]:
        return (*names, "API key", "long random text", "password")

    block = "\n".join(some(64, LETTERS + "+/") for _ in range(6))
    return (
        Planted(key("xAI key"), "XAI_API_KEY=", f"xai-{some(80)}"),
        Planted(key("OpenAI key"), "export OPENAI_API_KEY=", f"sk-proj-{some(48)}"),
        Planted(key("Anthropic key"), "key: ", f"sk-ant-api03-{some(60)}"),
        Planted(key("GitHub token"), "remote uses ", f"ghp_{some(36)}", " since May"),
        Planted(key("AWS access key"), "aws_access_key_id = ", f"AKIA{some(16, string.ascii_uppercase + '234567')}"),
        Planted(key("Google API key"), "maps?key=", f"AIza{some(35)}"),
        Planted(key("Slack token"), "bot token ", f"xoxb-{digits(12)}-{digits(12)}-{some(24)}"),
        Planted(key("Stripe key", "Stripe access key"), "secret ", f"sk_live_{some(24)}"),
        Planted(key("Hugging Face token"), "login with ", f"hf_{some(34)}"),
        Planted(key("JSON Web token"), "Cookie: ", f"eyJ{some(33)}.eyJ{some(40)}.{some(43)}"),
        Planted(
            ("private key", "long random text"),
            "",
            f"-----BEGIN RSA PRIVATE KEY-----\n{block}\n-----END RSA PRIVATE KEY-----",
        ),
        Planted(("password",), "Password: ", f"{some(6, string.ascii_lowercase)}{digits(3)}!{some(3)}"),
        Planted(("card number",), "Visa ", _spaced(_card(chance, "4", 16), 4), "  12/27"),
        Planted(("card number",), "Card no. ", _spaced(_card(chance, "53", 16), 4).replace(" ", "-")),
        Planted(("IBAN",), "IBAN: ", _spaced(_iban("DE", digits(18)), 4)),
        Planted(("IBAN",), "to account ", _iban("FR", digits(10) + some(11, string.ascii_uppercase) + digits(2)), "."),
        Planted(("e-mail address",), "From: ", f"{some(5, HEX[10:])}.smith{digits(2)}@mail.example.org"),
        Planted(("phone number",), "call ", f"+49 {chance.choice('123')}0 {digits(4)} {digits(4)}", " after nine"),
        Planted(("phone number",), "Phone: ", f"({chance.randint(201, 989)}) 555-0{digits(3)}"),
        Planted(
            ("IP address",), "host ", f"{chance.randint(11, 99)}.{chance.randint(10, 250)}.7.{digits(2)}", " is up"
        ),
        Planted(("own word",), "Project ", OWN_WORDS[0], " begins in May"),
        Planted(("own word",), "case ", OWN_WORDS[1], " was closed"),
        Planted(key("AWS secret"), "AWS_SECRET_ACCESS_KEY=", some(40)),
        Planted(("password",), "DB_PASSWORD=", f"{some(7, string.ascii_lowercase)}{digits(2)}"),
        Planted(("password",), "  dbPassword: ", f"{some(5)}{digits(2)}{some(3)}"),
        Planted(key(), "MY_TOKEN=", f"{some(8, HEX)}-{some(4, HEX)}-{some(4, HEX)}-{some(12, HEX)}"),
        Planted(("password",), '"password": "', f"{some(6, string.ascii_lowercase)}.{some(4)}", '",'),
        Planted(("password",), "<password>", f"{some(5)}{digits(3)}", "</password>"),
        Planted(
            ("password", "Basic auth credentials"), "postgres://app:", f"{some(6)}{digits(3)}", "@db.example.org/x"
        ),
        Planted(("password",), "curl -u admin:", f"{some(6)}{digits(3)}", " https://example.org"),
        Planted(("password",), "mysql -u root -p", f"{some(6)}{digits(3)}", " shop"),
        Planted(("password",), "tool --password ", f"{some(6)}{digits(3)}", " --verbose"),
        Planted(("password",), "Passwort: ", f"{some(6, string.ascii_lowercase)}{digits(3)}"),
        Planted(("password",), "Mot de passe : ", f"{some(6, string.ascii_lowercase)}{digits(3)}"),
    )


BENIGN = (
    "The quick report shows that version 3.14.2 of the client could not connect.",
    "Please restart the application, then open Settings and choose Network.",
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8 Fix the build on 2026-11-25",
    "drwxr-xr-x 2 root root 4096 Nov 25 02:30 /usr/lib/python3.11/site-packages",
    "Total amount due: 1,249.50 EUR before March 27, 2026 (invoice no. 20260417-0042).",
    "def prepare(picture: Picture, limits: ImageLimits, *, lossless: bool = False):",
    "id 550e8400-e29b-41d4-a716-446655440000 took 12:30:45.123 of 1699999999999 ms",
    "https://example.org/articles/2026/11/how-to-write-a-long-path?page=2&sort=newest",
    "QAbstractItemModel::data(const QModelIndex &index, int role = Qt::DisplayRole)",
    "Order 4711 0815 1234 5678 shipped; parcel 1Z 999 AA1 01 2345 6784; 0.75 kg",
    "Password: required. Tokens: 1,203 in, 456 out. Secret Santa: everybody.",
    "listening on 127.0.0.1:8080, pid 20417, 3 workers, firmware 10.2.4.11",
)


def typeface(kind: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """A typeface of this computer; Pillow's own where it has none of the kind."""
    for folder in _FOLDERS:
        for name in TYPEFACES[kind]:
            for file in folder.rglob(name) if folder.is_dir() else ():
                return ImageFont.truetype(str(file), size)
    return ImageFont.load_default(size)


def page(
    lines: Sequence[str], kind: str, size: int, colours: tuple[str, str], width: int | None = None
) -> tuple[Image.Image, list[tuple[int, int, int, int]]]:
    """The lines as a picture, wide enough for them, and the box of each line's ink."""
    face, step = typeface(kind, size), round(size * 1.5)
    width = width or 60 + max(round(face.getlength(line)) for line in lines)
    image = Image.new("RGB", (width, 40 + step * len(lines)), colours[1])
    draw = ImageDraw.Draw(image)
    boxes = []
    for number, line in enumerate(lines):
        place = (30, 20 + step * number)
        draw.text(place, line, colours[0], face)
        left, top, right, bottom = draw.textbbox(place, line, face)
        boxes.append((round(left), round(top), round(right), round(bottom)))
    return image, boxes


@dataclass(frozen=True, slots=True)
class SecretPage:
    """A page with one secret between lines that hold none; ``boxes`` is where its letters are, line by line."""

    secret: Planted
    image: Image.Image
    boxes: tuple[tuple[int, int, int, int], ...]


def secret_pages(
    kind: str, size: int, colours: tuple[str, str], seed: int = 1, beside: int = 60
) -> Iterator[SecretPage]:
    """``beside``: letters of the line above and of the line below, which cost as much to read as the secret."""
    for number, secret in enumerate(planted(seed)):
        around = (BENIGN[number % len(BENIGN)][:beside], BENIGN[(number + 5) % len(BENIGN)][:beside])
        inside = f"{secret.before}{secret.text}{secret.after}".split("\n")
        image, ink = page([around[0], *inside, around[1]], kind, size, colours)
        face = typeface(kind, size)
        boxes = list(ink[1 : 1 + len(inside)])
        left = boxes[0][0] + round(face.getlength(secret.before))
        boxes[0] = (left, boxes[0][1], left + round(face.getlength(secret.text.split("\n")[0])), boxes[0][3])
        # The first and the last line of a key file tell nothing.
        kept = [box for box, line in zip(boxes, inside, strict=True) if not line.startswith("-----")]
        yield SecretPage(secret, image, tuple(kept))


def hidden_share(page_: SecretPage, covers: Sequence[tuple[int, int, int, int]]) -> float:
    """The share of the secret's ink boxes, column by column, that the boxes cover at their middle height."""
    columns = covered = 0
    for left, top, right, bottom in page_.boxes:
        middle = (top + bottom) / 2
        for column in range(left + 1, right - 1):
            columns += 1
            covered += any(x <= column < x + width and y <= middle < y + height for x, y, width, height in covers)
    return covered / max(1, columns)


def _spaced(text: str, group: int) -> str:
    return " ".join(text[at : at + group] for at in range(0, len(text), group))


def _card(chance: random.Random, head: str, length: int) -> str:
    body = head + "".join(chance.choice(string.digits) for _ in range(length - len(head) - 1))
    total = sum(sum(divmod(int(digit) * (2 if at % 2 == 0 else 1), 10)) for at, digit in enumerate(reversed(body)))
    return body + str(-total % 10)


def _iban(country: str, account: str) -> str:
    turned = "".join(str(int(letter, 36)) for letter in f"{account}{country}00")
    return f"{country}{98 - int(turned) % 97:02}{account}"
