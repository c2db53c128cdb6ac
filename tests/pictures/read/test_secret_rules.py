from __future__ import annotations

import random
import string

import pytest

from grokdesk.pictures.read.secret_numbers import luhn, remainder_97
from grokdesk.pictures.read.secret_rules import rules
from grokdesk.pictures.read.secret_scan import rules_in
from tests.support.images.secret_pages import BENIGN, OWN_WORDS, planted

CHANCE = random.Random(7)  # noqa: S311 - not for secrets


def some(number: int, letters: str = string.ascii_letters + string.digits) -> str:
    return "".join(CHANCE.choice(letters) for _ in range(number))


@pytest.mark.parametrize("number", range(len(planted())))
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_planted_is_found(number: int, seed: int) -> None:
    secret = planted(seed)[number]
    found = rules_in(f"one\n{secret.before}{secret.text}{secret.after}\ntwo", OWN_WORDS)
    assert set(found) & set(secret.rules), f"found {found}"


@pytest.mark.parametrize("line", BENIGN)
def test_ordinary_text_is_left_alone(line: str) -> None:
    wanted: tuple[str, ...] = ("IP address",) if "10.2.4.11" in line and "firmware" not in line else ()
    assert rules_in(line, OWN_WORDS) == wanted


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("paid with 4111 1111 1111 1111 123", "card number"),  # the check value of the card stands beside it
        ("5500-0000-0000-0004", "card number"),
        ("378282246310005", "card number"),
        ("41l1 1111 1111 ll11", "card number"),
        ("4111 1111 1111 1O1l", ""),  # the check digit is wrong
        ("4111 1111 1111 1112", ""),
        ("0000 0000 0000 0000", ""),
        ("DE89 3704 0044 0532 0130 00", "IBAN"),
        ("DE89 37O4 0044 0532 0l30 00", "IBAN"),
        ("GB29NWBK60161331926819", "IBAN"),
        ("IBAN\nNL91 ABNA 0417 1643 00.", "IBAN"),
        ("DE89 3704 0044 0532 0130 01", ""),
        ("XX89 3704 0044 0532 0130 00", ""),
        ("write to jane.doe@example.org.", "e-mail address"),
        ("jane.doe©example.org", "e-mail address"),
        ("a decorator @property and @ home. Please", ""),
        ("call +44 20 7946 0958", "phone number"),
        ("(555) 123-4567", "phone number"),
        ("Tel. 030 1234567", "phone number"),
        ("0171/2345678", "phone number"),
        ("2026-11-25 and 25.11.2026 and 12:30:45", ""),
        ("peer 203.0.113.7", "IP address"),
        ("peer 203.O.113.7", "IP address"),
        ("peer 300.1.1.1, 127.0.0.1 and 0.0.0.0", ""),
        ("fe80::1ff:fe23:4567:890a", "IP address"),
        ("at 12:30:45 in a::b and ::1", ""),
        ("version 10.2.4.11", ""),
        ("Passwort: sommer2026x", "password"),
        ("client_secret = 'a8f5f167f44f4964e6c998dee827110c'", "password"),
        ("Password: required", ""),
        ("password = read(sys.argv[1])", ""),
        ("s[0::2]", ""),
        ("see JANE  D0E there", "own word"),
        ("Jane Doeson", ""),
        ("https://user:pa55word@example.org/x", "basic auth credentials"),
    ],
)
def test_numbers_prove_themselves_and_words_need_a_label(text: str, rule: str) -> None:
    found = rules_in(text, ["Jane Doe"])
    assert (rule in {name.replace("Basic", "basic") for name in found}) if rule else found == ()


def test_letters_taken_for_others_are_borne() -> None:
    key = f"AKIA{some(16, string.ascii_uppercase)}".replace("I", "l", 1)
    assert "AWS access key" in rules_in(key)
    assert "Google API key" in rules_in(f"Alza{some(33)}12")
    assert "xAI key" in rules_in(f"xal-{some(70)}12")
    assert "Stripe key" in rules_in(f"sk live {some(22)}12")


def test_words_of_ones_own_may_be_anything() -> None:
    assert rules_in("STRASSE 5", ["Straße 5"]) == ("own word",)
    assert rules_in("anything", ["", " ", "a"]) == ()
    assert rules_in("naïve ǰ jane", ["jane"]) == ("own word",)


def test_check_digits() -> None:
    assert luhn("79927398713")
    assert not luhn("79927398710")
    assert remainder_97("GB82WEST12345698765432") == 1
    assert remainder_97("GB82west") == 0


def test_each_rule_has_a_name_for_people() -> None:
    names = [rule.name for rule in rules()]
    assert len(set(names)) > 40
    assert all(name == name.strip() and "\0" not in name for name in names)
