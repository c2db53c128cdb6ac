"""What counts as a secret in a text: the rules of detect-secrets, the keys it does not know, and personal data.

A rule is a name in a person's words and a function that finds spans. Rules that come first win where several find
the same place. Used in the reading process alone: see decision 13.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from grokdesk.pictures.read.secret_labels import find_passwords, one_time_codes
from grokdesk.pictures.read.secret_numbers import Span, addresses, cards, ibans, phones
from grokdesk.translation import N_

Find = Callable[[str], Iterable[Span]]

OWN_WORD, ANY_KEY, LABELLED = N_("own word"), N_("API key"), N_("password")
TOKEN, RANDOM = N_("access token"), N_("long random text")
BY_LOOKS = (ANY_KEY, LABELLED, TOKEN, RANDOM)
"""What only looks like a secret; beside a rule that knows it, it is more of the same."""


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    find: Find


_KEYS = {
    # The beginnings that the providers give their keys, and how many letters follow at least.
    "xAI key": (("xai-", 24), ("xai-token-", 24)),
    "Anthropic key": (("sk-ant-", 24),),
    "OpenRouter key": (("sk-or-", 24),),
    "OpenAI key": (("sk-proj-", 24), ("sk-svcacct-", 24), ("sk-admin-", 24)),
    "Google API key": (("AIza", 30),),
    "Google OAuth secret": (("GOCSPX-", 20),),
    "GitHub token": (("ghp_", 30), ("gho_", 30), ("ghu_", 30), ("ghs_", 30), ("ghr_", 30), ("github_pat_", 30)),
    "GitLab token": (("glpat-", 18),),
    "AWS access key": (("AKIA", 14), ("ASIA", 14)),
    "Slack token": (("xoxb-", 20), ("xoxp-", 20), ("xapp-", 20), ("xoxe-", 20)),
    "Stripe key": (("sk_live_", 16), ("sk_test_", 16), ("rk_live_", 16), ("rk_test_", 16), ("whsec_", 20)),
    "Hugging Face token": (("hf_", 28),),
    "Groq key": (("gsk_", 30),),
    "Concurred key": (("ck_", 24),),
    "NPM token": (("npm_", 30),),
    "PyPI token": (("pypi-", 40),),
    "SendGrid key": (("SG.", 40),),
    "Perplexity key": (("pplx-", 30),),
    "Replicate token": (("r8_", 30),),
    "DigitalOcean token": (("dop_v1_", 40),),
    "Shopify token": (("shpat_", 26), ("shpss_", 26)),
    "Tailscale key": (("tskey-", 20),),
    "Linear key": (("lin_api_", 30),),
    "Notion token": (("ntn_", 30),),
    "Databricks token": (("dapi", 30),),
    "Vault token": (("hvs.", 24),),
    "JSON Web token": (("eyJ", 30),),
    ANY_KEY: (("sk-", 24), ("pk-", 24), ("key-", 28)),
}
_LOOKALIKES = ("0OoQD", "1lIi|!", "5Ss", "8B", "2Zz", "6G", "_-–—~", ".,", "uvV", "4A", "Jj])")
_BODY = r"[A-Za-z0-9_\-–—+/=.|]"

_MAIL = re.compile(r"(?<![\w.@])[A-Za-z0-9][A-Za-z0-9._%+\-]*[@©][A-Za-z0-9](?:[A-Za-z0-9\-]*\.)+[A-Za-z]{2,18}(?!\w)")
_PRIVATE_KEY = re.compile(
    r"BEG[I1l]N(?: [A-Z0-9]{2,9}){0,3} PR[I1l]VATE KEY[^\n]*"
    r"(?:(?:\n[^\n]*){0,120}?\n?[^\n]*END[^\n]{0,30}KEY[^\n]*|(?:\n[^\n]{24,})*)"
    r"|PuTTY-User-Key-File-\d[^\n]*(?:\n[^\n]{24,})*"
)
_BEARER = re.compile(r"(?i)\bBearer ([A-Za-z0-9._~+/=\-]{16,})")
_LONG = re.compile(r"(?<![A-Za-z0-9_.\-])[A-Za-z0-9_+/\-]{24,}={0,2}(?![A-Za-z0-9])")
_RANDOM_BITS = 4.0
"""Of entropy a letter; words and paths have less, base64 of random bytes has more."""


def rules(own_words: Sequence[str] = ()) -> Iterator[Rule]:
    """Every rule, the most telling ones first. Raises ImportError without the rule set."""
    yield Rule(OWN_WORD, _finder_of_words(own_words))
    yield Rule(N_("private key"), _finder_of(_PRIVATE_KEY))
    for name, shapes in _KEYS.items():
        yield Rule(name, _finder_of_keys(shapes))
    yield from _established()
    yield Rule(N_("one-time code secret"), one_time_codes)
    yield Rule(N_("card number"), cards)
    yield Rule(N_("IBAN"), ibans)
    yield Rule(N_("e-mail address"), _finder_of(_MAIL))
    yield Rule(N_("IP address"), addresses)
    yield Rule(N_("phone number"), phones)
    yield Rule(TOKEN, _finder_of(_BEARER, 1))
    yield Rule(LABELLED, find_passwords)
    yield Rule(RANDOM, _random_texts)


def _established() -> Iterator[Rule]:
    """Of detect-secrets, what is found by its shape. Its private keys, public addresses and random texts are left out:
    here, they are searched in a way that bears the errors of reading."""
    from detect_secrets.plugins import (
        artifactory,
        aws,
        azure_storage_key,
        basic_auth,
        cloudant,
        discord,
        github_token,
        gitlab_token,
        ibm_cloud_iam,
        ibm_cos_hmac,
        jwt,
        mailchimp,
        npm,
        openai,
        pypi_token,
        sendgrid,
        slack,
        softlayer,
        square_oauth,
        stripe,
        telegram_token,
        twilio,
    )

    for kind in (
        artifactory.ArtifactoryDetector,
        aws.AWSKeyDetector,
        azure_storage_key.AzureStorageKeyDetector,
        basic_auth.BasicAuthDetector,
        cloudant.CloudantDetector,
        discord.DiscordBotTokenDetector,
        github_token.GitHubTokenDetector,
        gitlab_token.GitLabTokenDetector,
        ibm_cloud_iam.IbmCloudIamDetector,
        ibm_cos_hmac.IbmCosHmacDetector,
        jwt.JwtTokenDetector,
        mailchimp.MailchimpDetector,
        npm.NpmDetector,
        openai.OpenAIDetector,
        pypi_token.PypiTokenDetector,
        sendgrid.SendGridDetector,
        slack.SlackDetector,
        softlayer.SoftlayerDetector,
        square_oauth.SquareOAuthDetector,
        stripe.StripeDetector,
        telegram_token.TelegramBotTokenDetector,
        twilio.TwilioKeyDetector,
    ):
        patterns: Any = kind.denylist  # the base class declares a property
        yield Rule(_title(str(kind.secret_type)), _finder_of_patterns(tuple(patterns)))


def _title(kind: str) -> str:
    """Its name in the way of a sentence: names keep their capitals, the words around them do not."""
    common = r"\b(?:Access|Account|API Key|Bot|Credentials|Key|OAuth Secret|Secret|Tokens?|Auth)\b"
    lowered = re.sub(common, lambda word: word[0].replace("API", "\0").lower().replace("\0", "API"), kind)
    return re.sub(r"tokens\b", "token", lowered).replace("oauth", "OAuth")


def _finder_of(pattern: re.Pattern[str], group: int = 0) -> Find:
    return lambda text: (found.span(group) for found in pattern.finditer(text))


def _finder_of_patterns(patterns: Sequence[re.Pattern[str]]) -> Find:
    """These patterns are written for exact text, so letters that are often taken for each other are tried too."""
    swaps = [str.maketrans(*pair) for pair in (("lI", "Il"), ("l1|", "III"), ("I1|", "lll"), ("O", "0"), ("0", "O"))]

    def find(text: str) -> Iterator[Span]:
        for spelled in dict.fromkeys([text, *(text.translate(swap) for swap in swaps)]):
            for pattern in patterns:
                for found in pattern.finditer(spelled):
                    if _is_whole(found) and _is_long_enough(found[0]):
                        yield found.span()

    return find


def _is_whole(found: re.Match[str]) -> bool:
    """Not the tail of a longer word: the account in the name of a cloud resource ends like the head of a bot token."""
    start, end = found.span()
    text, first, last = found.string, found[0][:1], found[0][-1:]
    begins = not (first.isalnum() and text[start - 1 : start].isalnum())
    return begins and (
        ":" not in found[0] or "//" in found[0] or not (last.isalnum() and text[end : end + 1].isalnum())
    )


_SHORTEST_JWT = 36
"""A header alone, ``{"alg":"none"}`` in base64, has 20 letters; three of them in a row prove nothing."""


def _is_long_enough(word: str) -> bool:
    return not word.startswith("eyJ") or len(word) >= _SHORTEST_JWT


def _finder_of_keys(shapes: Sequence[tuple[str, int]]) -> Find:
    patterns = [
        re.compile(rf"(?<![A-Za-z0-9]){''.join(map(_alike, head))}(?P<body>{_BODY}{{{least},}})", re.IGNORECASE)
        for head, least in shapes
    ]

    def find(text: str) -> Iterator[Span]:
        for pattern in patterns:
            yield from (found.span() for found in pattern.finditer(text) if _looks_made_up(found["body"]))

    return find


def _alike(letter: str) -> str:
    for alike in _LOOKALIKES:
        if letter in alike:
            # What joins words is easily overlooked, or taken for a blank.
            return f"[{re.escape(alike)} ]?" if letter in "_-." else f"[{re.escape(alike)}]"
    return re.escape(letter)


def _looks_made_up(body: str) -> bool:
    """Letters and digits mixed, as no word is."""
    return sum(letter.isdigit() for letter in body) >= 2 and sum(letter.isalpha() for letter in body) >= 4


def _random_texts(text: str) -> Iterator[Span]:
    for found in _LONG.finditer(text):
        word = found[0]
        kinds = any(map(str.isupper, word)), any(map(str.islower, word)), sum(map(str.isdigit, word)) >= 3
        if all(kinds) and word.count("/") <= len(word) / 16 and _entropy(word) >= _RANDOM_BITS:
            yield found.span()


def _entropy(word: str) -> float:
    shares = [count / len(word) for count in Counter(word).values()]
    return -sum(share * math.log2(share) for share in shares)


def _finder_of_words(words: Sequence[str]) -> Find:
    """Whole words, however they are written, also when a letter was taken for one that looks like it."""
    wanted = {folded: word for word in words if len(folded := _folded(word)) > 1}

    def find(text: str) -> Iterator[Span]:
        kept = [at for at, letter in enumerate(text) if not letter.isspace()]
        run = _folded(text)
        if len(run) != len(kept):  # a letter that folds into two; then letter by letter
            run = "".join(_folded(text[at])[:1] or "?" for at in kept)
        for word in wanted:
            at = run.find(word)
            while at >= 0:
                start, end = kept[at], kept[at + len(word) - 1] + 1
                if not text[start - 1 : start].isalnum() and not text[end : end + 1].isalnum():
                    yield start, end
                at = run.find(word, at + 1)

    return find


_FOLDED = str.maketrans("01|!i5", "olllls")


def _folded(text: str) -> str:
    return "".join(text.split()).casefold().translate(_FOLDED)
