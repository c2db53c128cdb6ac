"""Secrets that are known by what stands before them: a label in a form or a configuration, an option on a command
line, the user in an address. What they look like says nothing; "swordfish" may be one.

The value alone is the span, so that a person still sees whose password was redacted.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator

from grokdesk.pictures.read.secret_numbers import Span

_PASSWORDS = (
    # As they are spelled without accents: engines lose these, and ``_plain`` takes the rest of them away.
    r"passwords?|passwor[dt]|pass?wd|passw|pwd?|passphrase|passcode|pass|passkey|kennwort|losung|geheimwort|"
    r"zugangscode|zugangsschlussel|netzwerkschlussel|wlan[- ]?schlussel|sicherheitscode|"
    r"mot[ _-]de[ _-]passe|mdp|motdepasse|code secret|phrase secrete|phrase de passe|"
    r"contrasena|clave|frase de contrasena|palabra clave|senha|palavra[- ]passe|frase[- ]passe|chave de acesso|"
    r"parola(?: d[' ]?ordine)?|frase segreta|codice segreto|codice di accesso|"
    r"wachtwoord|wachtwoordzin|toegangscode|haslo|heslo|losenord|losen|adgangskode|kodeord|passord|salasana|jelszo|"
    r"sifre|parola|geslo|lozinka|zaporka|parool|slaptazodis|fjalekalimi|mat khau|kata sandi|sandi|"
    r"пароль|пароля|парола|лозинка|кодовое слово|κωδικος|κωδικος προσβασης|συνθηματικο|"
    r"パスワード|パスフレーズ|暗証番号|密码|密碼|口令|密钥|비밀번호|암호|패스워드|"
    r"كلمة المرور|كلمة السر|סיסמה|סיסמא|पासवर्ड|รหัสผ่าน"
)
_TOKENS = (
    r"secret|(?:api|access|secret|private|encryption|signing|auth|account|shared ?access|storage|licen[sc]e|product|"
    r"master|recovery|network|network ?security|wpa2?|wep|wifi|deploy|service|admin|app|application|client|consumer|"
    r"subscription|session|root|sas|hmac|crypto|cipher|jwt|webhook|backup|activation|bot|project|server)[ _-]?"
    r"(?:key|secret|token|code)|token|credentials?|auth|bearer|pat|dsn|"
    r"geheimnis|geheimschlussel|api[- ]?schlussel|zugriffsschlussel|lizenzschlussel|"
    r"wiederherstellungs(?:schlussel|code)|"
    r"cle (?:d[' ]?)?(?:api|secrete|privee|wifi|acces)|jeton(?: d[' ]?acces)?|secreto|"
    r"clave (?:api|secreta|privada|wifi)|"
    r"chave (?:api|secreta|privada|de api)|segredo|chiave (?:api|segreta|privata|wifi)|segreto|api[- ]?sleutel|geheim|"
    r"klucz(?: api| prywatny)?|sekret|api[- ]?nyckel|ключ(?: api)?|секрет|токен|トークン|シークレット|apiキー|"
    r"令牌|密鑰|api密钥|토큰"
)
_NUMBERS = (
    r"pin(?:[- ]?code)?|puk|tan|otp|cvv2?|cvc2?|card security code|one[- ]time (?:code|password)|"
    r"verification code|security code|login code|einmalcode|code pin|codigo pin|codice pin|пин(?:-?код)?|pin番号"
)
_SUFFIX = (
    r"(?:[ _-]?(?:base|value|prod|production|dev|test|staging|old|new|plain|text|root|admin|default|main|ro|rw|\d+))?"
)
_CORE = re.compile(
    rf"(?:(?P<word>{_PASSWORDS})|(?P<key>{_TOKENS})|(?P<number>{_NUMBERS})){_SUFFIX}(?![^\W_]|[_\-][^\W_])"
)
_SPACELESS = re.compile(  # scripts that put no blank between words
    r"(?P<word>パスワード|パスフレーズ|暗証番号|密码|密碼|口令|密钥|비밀번호|암호|패스워드)|(?P<key>トークン|シークレット|令牌|密鑰|토큰)"
)
_QUOTED = r"\"(?P<q1>[^\"\n]{3,200})\"|'(?P<q2>[^'\n]{3,200})'|“(?P<q3>[^”\n]{3,200})”|`(?P<q4>[^`\n]{3,200})`"
_BARE = r"(?P<bare>[^\s\"'“”`<>，、；。][^\s\"“”`<>，；。]{2,200})"
_CLOSED = r"[\"'”’`\])]{0,2}(?: ?[(（][^()（）\n]{1,24}[)）])? ?"
_ASSIGNED = re.compile(
    # JSON, YAML, ini, shells, PHP and Ruby, forms; full-width in Chinese and Japanese.
    rf"{_CLOSED}(?P<join>:=|=>|->|==?|[:：＝→]=?|(?<= )(?:is|ist|lautet|est|es|e|is het|jest|ar|er|on)\b ?:?|"
    rf"は|是|为|為) ?"
    rf"(?:{_QUOTED}|{_BARE})"
)
_NEXT_LINE = re.compile(r" ?[:：]?\n(?P<bare>\S{6,80})(?=\n|$)")
_CELL = re.compile(rf" (?:{_QUOTED}|{_BARE})")
_TAG = re.compile(r"(?: [^<>\n]{0,80})?> ?(?P<bare>[^<>\n]{3,200}?) ?<[/\\1li|]")
_ATTRIBUTE = re.compile(r"[\"'] ?(?:value|content|,) ?=? ?[\"'](?P<bare>[^\"'\n]{3,200})[\"']")
_PHRASE = re.compile(
    r"(?:pass ?phrase|wachtwoordzin|phrase de passe|phrase secrete|frase de contrasena|frase[- ]passe|frase segreta|"
    r"パスフレーズ|seed ?phrase|recovery phrase|backup phrase|mnemonic(?: phrase)?|recovery seed|wallet seed|"
    r"wiederherstellungsphrase|phrase de recuperation|frase de recuperacion|frase di recupero)"
    r"[\"']? ?[:=：] ?[\"']?(?P<bare>[^\s\"'][^\n\"']{5,400})"
)
_SEED = re.compile(
    r"(?:seed(?: ?phrase)?|(?:recovery|backup|secret|wallet) (?:seed|phrase|words)|secret recovery phrase|"
    r"mnemonic(?: phrase)?|wiederherstellungsphrase|phrase de recuperation|frase de recuperacion|frase di recupero)"
    r"\b[^\n]{0,60}\n(?P<bare>(?:[ \n]?(?:\d{1,2}[.):]? ?)?[a-z]{3,8}\b){12,24})"
)
_NUMBERED = re.compile(r"(?P<bare>(?:(?<!\d)\d{1,2}[.):]? ?[a-z]{3,8}[ \n]{1,3}){11,23}\d{1,2}[.):]? ?[a-z]{3,8}\b)")
_WIFI = re.compile(r"wifi:(?:[^\n]{0,200}?;)?p:(?P<bare>(?:\\.|[^;\n\\]){1,63})(?:;|$)", re.IGNORECASE)
_OTPAUTH = re.compile(r"(?P<bare>otpauth(?:-migration)?[:：] ?/ ?/\S{6,2000})", re.IGNORECASE)
_IN_ADDRESS = re.compile(
    r"[a-z][a-z0-9+.\-]{1,20}:/ ?/(?P<user>[^\s/:@]{0,80}):(?P<bare>[^\s/]{3,120}?|[^\s]{3,120})@[a-z0-9\[_]"
)
_BASIC = re.compile(
    r"\b(?:basic|digest|negotiate|token|apikey|aws4-hmac-sha256) (?P<bare>[A-Za-z0-9+/_\-]{8,}={0,2}(?![A-Za-z0-9]))",
    re.IGNORECASE,
)
_AUTHORIZED = re.compile(
    r"authori[sz]ation\b[\"']? ?[:=] ?[\"']?(?:[a-z]{3,20} )?(?P<bare>[^\s\"']{8,})", re.IGNORECASE
)
_HEADER = re.compile(
    r"\bx-[a-z\-]{0,30}(?:key|token|secret|auth|password)[a-z\-]{0,10}[\"']? ?[:=] ?[\"']?(?P<bare>[^\s\"',;]{6,})",
    re.IGNORECASE,
)
_COOKIE = re.compile(
    r"\b(?:session(?:_?id)?|sid|phpsessid|jsessionid|connect\.sid|csrf(?:token|_token)?|xsrf-token|remember_token)=(?P<bare>[^\s;\"',&]{12,})",
    re.IGNORECASE,
)
_VALUE = r"(?:\"(?P<q1>[^\"\n]{2,200})\"|'(?P<q2>[^'\n]{2,200})'|(?P<bare>[^\s\"'|;&<>\-][^\s\"'|;&<>]{1,200}))"
_USER_AND = r"[\"']?[^\s:\"'%]{1,80}[:%]"


def _program(names: str, option: str, value: str = _VALUE) -> re.Pattern[str]:
    """An option of certain programs, somewhere behind their name on one command line."""
    return re.compile(rf"\b(?:{names})(?:\.exe)?\b[^\n|;]{{0,200}}? (?:{option}){value}")


_WITH_USER = rf"{_USER_AND}(?P<bare>[^\s\"'|;&<>]{{2,200}})"
_COMMANDS = (
    _program(
        "curl|wget|http|https|xh|httpie|ab",
        r"(?:-[a-zA-Z]{0,6}?[uUa]|--user|--proxy-user|--auth|--http-user)[ =]?",
        _WITH_USER,
    ),
    _program("mysql|mysqldump|mysqladmin|mysqlimport|mysqlsh|mariadb|mariadb-dump|mycli|7z|7za|7zr|rar|unrar", r"-p"),
    _program(
        "sshpass|docker login|podman login|helm registry login|oc login|az login|mongo|mongosh|mongodump|mongorestore|"
        "skopeo login|buildah login|cqlsh|tsm login",
        r"-p[ =]?",
    ),
    _program("zip|unzip|sqlcmd|bcp|isql|osql|tsql|wget|pscp|plink|psftp", r"-(?:P|pw)[ =]?"),
    _program("redis-cli|valkey-cli", r"(?:-a|--pass)[ =]?"),
    _program("ldapsearch|ldapadd|ldapmodify|ldapwhoami|ldapdelete|kinit|impacket\\S*|rclone", r"-w[ =]?"),
    _program("smbclient|rpcclient|net|smbmap|winexe|mount\\.cifs", r"(?:-[Uu]|--user)[ =]?", _WITH_USER),
    _program("htpasswd", r"-[a-zA-Z]*b[a-zA-Z]* \S+ \S+ "),
    _program("net use|cmdkey", r"(?:/pass:|/user:\S+ )"),
    re.compile(r"\bnet user \S+ (?P<bare>[^\s/]\S{2,120}) /"),
    _program("keytool|jarsigner|apksigner", r"-(?:storepass|keypass|srcstorepass|deststorepass|new)[ =]?"),
    _program("openssl|apksigner|keytool", r"(?:-pass(?:in|out)?|--ks-pass|--key-pass) (?:pass:)?"),
    _program("openssl", r"-(?:k|K|passwd(?: -\S+)?) "),
    re.compile(r"\bpass:(?P<bare>[^\s\"'|;&<>]{3,200})"),
    re.compile(r"\becho [\"']?[^\s:\"']{1,60}:(?P<bare>[^\s\"'|]{3,120})[\"']? ?\| ?(?:sudo )?chpasswd"),
    re.compile(
        r"\becho (?:-\w+ )?[\"']?(?P<bare>[^\s\"'|]{3,120})[\"']? ?\| ?(?:sudo -S|passwd|docker|gh auth|cryptsetup)"
    ),
    re.compile(rf"\bidentified (?:with [\w\"']+ )?by (?:password )?{_VALUE}"),
    re.compile(r"\bpassword\(? ?'(?P<bare>[^'\n]{3,200})'"),
    re.compile(rf"convertto-securestring (?:-string )?{_VALUE}"),
    # Options that are called so whatever the program; a slash on Windows.
    re.compile(
        rf"(?<![\w])(?:--?|/)(?:[a-z0-9]+[_-])*(?:(?P<word>password|passwd|passphrase|pass|pwd|pw|secret|token|pat|"
        rf"(?:api|access|secret|private|auth|account|master|encryption)[_-]?(?:key|token|secret)|client-secret|pin))"
        rf"(?:[ =:] ?){_VALUE}"
    ),
    # ~/.netrc, ~/.pgpass
    re.compile(r"\blogin \S+ password (?P<bare>\S{2,120})"),
    re.compile(r"(?m)^[a-z0-9.\-*]+:(?:\d{2,5}|\*):[\w*]+:\w+:(?P<bare>\S{3,120})$"),
)

_NO_SECRETS = """
required optional forgotten incorrect invalid wrong strong weak hidden none null nil empty reset changed expired
saved protected unknown yes no true false on off set unset enabled disabled undefined missing failed ok default
auto automatic manual never always show hide change generate copy field input please enter type string str text
bool int integer bytes object any number optional[str] str|none string|null secretstr self this env environ
value data name user username admin_password key token secret password passwort pass pwd passwd prompt args
example placeholder redacted masked encrypted hashed plaintext salted here and or the for is not in to of with
your yours my a an mandatory minimum maximum erforderlich vergessen eingeben obligatoire requis oublie olvidada
requerida richiesta obbligatoria obrigatoria vereist wymagane authentication authorization based only policy
manager generator settings length strength confirmation repeat verify successful success basic bearer digest
getpass input() next refresh access count limit usage budget per hash hints hint let const var return if else
"""
_PLACEHOLDERS = frozenset(_NO_SECRETS.split())
_MASKED = re.compile(r"[*•●·∙.xX#_\-…○◦]+")
_REFERENCE = re.compile(
    r"\$\{|\$\(|\$[A-Z_a-z]|%[A-Z_]+%$|\{\{|<[\w -]+>$|@[A-Z]|&[a-z]+;$|vault:|secretref:|arn:|process\.env|os\.|"
    r"env\.|file:|/run/secrets|/etc/"
)
_EXPRESSION = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+[),;:]*|[A-Za-z_][\w.]*[(\[].*")
_TRAILING = ",;:)]}>"


def find_passwords(text: str) -> Iterator[Span]:
    """Behind labels, on command lines, in addresses and headers, and in the QR code of a wireless network.

    https://github.com/zxing/zxing/wiki/Barcode-Contents#wi-fi-network-config-android-ios-11
    """
    for kind in (_in_addresses, _on_command_lines, _labelled):
        yield from kind(text)
    yield from (found.span("bare") for found in _WIFI.finditer(text))


def one_time_codes(text: str) -> Iterator[Span]:
    """What an authenticator is set up with: https://github.com/google/google-authenticator/wiki/Key-Uri-Format"""
    return (found.span() for found in _OTPAUTH.finditer(text))


def _labelled(text: str) -> Iterator[Span]:
    """The values of labels: ``DB_PASSWORD=…``, ``"dbPassword": "…"``, ``Contraseña: …``, ``<password>…</password>``."""
    lowered = _plain(text).lower()
    for label in _labels(text, lowered):
        for pattern in (_TAG, _ATTRIBUTE, _ASSIGNED, _NEXT_LINE, _CELL):
            found = pattern.match(lowered, label.end())
            if found and (pattern is not _TAG or _TAG_HEAD.search(lowered, 0, label.start())):
                span = _checked(label, found, text)
                if span is not None:
                    yield span
                    break
    for pattern in (_PHRASE, _SEED, _NUMBERED):
        for found in pattern.finditer(lowered):
            words = found["bare"].split()
            if len(words) >= 2 and words[0] not in _PLACEHOLDERS:
                yield found.span("bare")


_TAG_HEAD = re.compile(r"<(?:[a-z0-9_.\-]+:)?[a-z0-9_.\-]{0,40}\Z")


_LONG_LABEL = 8


def _labels(text: str, lowered: str) -> Iterator[re.Match[str]]:
    """What names a secret, alone or as the last part of a name: behind a sign, or with a capital (``dbPassword``)."""
    at = 0
    while found := _CORE.search(lowered, at):
        start = found.start()
        before = lowered[start - 1 : start]
        is_joined = len(found[0]) >= _LONG_LABEL  # PGPASSWORD, Administratorkennwort
        if not before.isalnum() or is_joined or (text[start].isupper() and not text[start - 1].isupper()):
            yield found
            at = found.end()
        else:
            at = start + 1
    yield from _SPACELESS.finditer(lowered)


def _on_command_lines(text: str) -> Iterator[Span]:
    """Passwords and tokens that are given to programs: ``curl -u user:…``, ``mysql -p…``, ``--password …``."""
    plain = _plain(text)
    lowered = plain.lower()
    for pattern in _COMMANDS:
        for found in pattern.finditer(plain if "-P" in pattern.pattern or "[uUa]" in pattern.pattern else lowered):
            start, end = _span_of(found, text)
            value = text[start:end].strip("\"'")
            if value and not _is_no_secret(value) and not value.startswith("-"):
                yield start, end


def _in_addresses(text: str) -> Iterator[Span]:
    """The password in ``scheme://user:password@host``, and what proves who asks in headers and cookies."""
    for pattern in (_IN_ADDRESS, _BASIC, _AUTHORIZED, _HEADER, _COOKIE):
        for found in pattern.finditer(_plain(text) if pattern is not _IN_ADDRESS else _plain(text).lower()):
            value = text[slice(*found.span("bare"))]
            if pattern is _BASIC and not (value.endswith("=") or _has_hump(value)):
                continue
            if pattern is _IN_ADDRESS and re.match(r"\d{2,5}/", value):  # a port, and an @ in the path
                continue
            if pattern is _AUTHORIZED and not any(map(str.isdigit, value)) and not _is_encoded(value):
                continue
            if not _is_no_secret(value):
                yield found.span("bare")


def _checked(label: re.Match[str], found: re.Match[str], text: str) -> Span | None:
    start, end = _span_of(found, text)
    value, pattern = text[start:end], found.re
    is_quoted = end == found.end() - 1 or pattern is _ATTRIBUTE
    if not value or _is_no_secret(value, is_literal=is_quoted or pattern is _TAG):
        return None
    if pattern is _NEXT_LINE or pattern is _CELL:
        # Nothing joins the two, so the value has to look like one.
        return (start, end) if _is_mixed(value) and len(value) >= 6 and not _is_number(value) else None
    if pattern is _ASSIGNED and not is_quoted and text[label.start() - 1 : label.start()] != "-":
        end = _with_split_parts(text, start, end)
        value = text[start:end]
    join = found["join"] if pattern is _ASSIGNED else ""
    is_name = pattern is _TAG or _is_name_in_code(label, join, text[found.end("join") :][:1] if join else "", text)
    is_alone = not text[end:].split("\n", 1)[0].strip()
    if join.strip(" :").isalpha() and not _is_mixed(value):
        return None
    return (start, end) if _may_be_value(label, value, is_given=is_quoted or is_name, is_alone=is_alone) else None


def _may_be_value(label: re.Match[str], value: str, *, is_given: bool, is_alone: bool) -> bool:
    """``is_given``: in quotes or behind a name of a program, so that any word may be one."""
    if label.groupdict().get("number"):
        return bool(re.fullmatch(r"\d(?:[ -]?\d){2,9}", value))
    has_letter, has_digit = any(map(str.isalpha, value)), any(map(str.isdigit, value))
    is_password = label.groupdict().get("word") is not None
    if len(value) >= 6 and ((has_letter and has_digit) or len(set(value)) > 15):
        return True
    if not is_password:
        return is_given and has_letter and len(value) >= 8
    if not has_letter:
        return has_digit and len(value) >= 4
    if is_given or (not value.isalnum() and not _reads_like_words(value)):
        return len(value) >= 4
    # "Password: swordfish" in a form: one word, and nothing behind it.
    return is_alone and len(value) >= 5 and value.isalnum()


def _span_of(found: re.Match[str], text: str) -> Span:
    groups = found.groupdict()
    for name in ("q1", "q2", "q3", "q4", "define"):
        if groups.get(name):
            return found.span(name)
    start, end = found.span("bare")
    while end > start and text[end - 1] in _TRAILING and not _is_closed(text[start:end]):
        end -= 1
    for stop in (";", "&"):  # the next field of a connection string or a query
        if (at := text.find(stop, start + 1, end)) > 0 and "=" in text[at:end]:
            end = at
    return start, end


def _is_closed(value: str) -> bool:
    """A bracket at the end that was opened inside is a letter of it."""
    pairs = {")": "(", "]": "[", "}": "{", ">": "<"}
    opening = pairs.get(value[-1])
    return opening is not None and value.count(opening) >= value.count(value[-1])


def _with_split_parts(text: str, start: int, end: int) -> int:
    """Where a value ends that the engine split by a false blank: before a plain word, number or date."""
    while True:
        part = re.compile(r" ([^\s\"',;<>]{1,80})").match(text, end)
        if part is None:
            return end
        word = part[1]
        before = text[end - 1]
        joins = before in "-_.+/=@#$%^&*!" or word[0] in "-_.+/=@#$%^&*!"
        if word.endswith(":") or "://" in word or word.startswith(("--", "#", "//")) or not any(map(str.isalnum, word)):
            return end
        if not (_is_mixed(word) and not _is_number(word)) and not (joins and _is_mixed(text[start:end] + word)):
            return end
        end = part.end(1)


def _is_number(word: str) -> bool:
    return bool(
        re.fullmatch(
            r"[(]?[\d.,:/%+\-]+(?:px|ms|s|m|h|d|kb|mb|gb|st|nd|rd|th|x|k|%|am|pm)?[).,;]?|v?\d[\w.]*\d",
            word,
            re.IGNORECASE,
        )
    )


def _is_name_in_code(label: re.Match[str], join: str, behind: str, text: str) -> bool:
    """An identifier as configurations and programs have it, or a value that follows ``=`` without a blank."""
    if not join or join.strip(" :").isalpha():
        return False
    if "=" in join and not behind.isspace():
        return True
    start = label.start()
    while start and (text[start - 1].isalnum() or text[start - 1] in "_-."):
        start -= 1
    name = text[start : label.end()]
    return "_" in name or (name.isupper() and len(name) > 3) or _has_hump(name)


def _has_hump(name: str) -> bool:
    return any(one.islower() and two.isupper() for one, two in itertools.pairwise(name))


def _is_no_secret(value: str, *, is_literal: bool = False) -> bool:
    """A word that stands for one, a reference to where it is, an expression of a program, or dots instead of it."""
    bare = value.strip("\"'`.,;:!?()[]{}<>").lower()
    if not bare or bare in _PLACEHOLDERS or _MASKED.fullmatch(value):
        return True
    if _REFERENCE.match(value) or (not is_literal and _EXPRESSION.fullmatch(value)):
        return not (any(map(str.isdigit, value)) and len(value) > 12 and "(" not in value and "$" not in value[:1])
    return value.startswith(("<", "[", "{", "(")) and not any(map(str.isdigit, value))


def _is_mixed(value: str) -> bool:
    """Letters with digits or signs, as passwords are and words are not."""
    inner = value.strip("\"'`.,;:!?()[]{}<>")
    letters, digits = sum(map(str.isalpha, inner)), sum(map(str.isdigit, inner))
    signs = sum(not letter.isalnum() and letter not in "-_./'’" for letter in inner)
    return letters > 0 and (digits > 0 or signs > 0)


def _reads_like_words(value: str) -> bool:
    """Words joined by hyphens and the like, or ended by a mark: "read-only", "e.g."."""
    return bool(re.fullmatch(r"[^\W\d_]+(?:[-_/.’'][^\W\d_]+)*[.,;:!?)…]*", value))


def _is_encoded(value: str) -> bool:
    """Base64 or a token and no word: capitals within, or digits."""
    return len(value) >= 8 and (
        value.endswith("=") or (any(map(str.isdigit, value)) and any(map(str.isalpha, value))) or _has_hump(value)
    )


_UNACCENTED = {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ı": "i", "İ": "I", "đ": "d", "Đ": "D"}


def _plain(text: str) -> str:
    """Letter by letter without accents, so that places stay the same."""
    if text.isascii():
        return text
    return "".join(_unaccented(letter) for letter in text)


def _unaccented(letter: str) -> str:
    if letter.isascii():
        return letter
    if letter in _UNACCENTED:
        return _UNACCENTED[letter]
    base = unicodedata.normalize("NFD", letter)[0]
    return base if unicodedata.category(base)[0] == "L" and len(base.lower()) == 1 and base < "\u0590" else letter
