"""Passwords have no looks: they are found by what stands before them, in every notation that screens show."""

from __future__ import annotations

import pytest

from grokdesk.pictures.read.secret_labels import find_passwords
from grokdesk.pictures.read.secret_scan import rules_in

NUMBERED = (
    "1. apple 2. brave 3. crane 4. delta 5. eagle 6. frost 7. grape 8. house 9. ivory 10. joker 11. karma 12. lemon"
)


def found_in(text: str) -> list[str]:
    """The values, the longest one where several begin at the same place."""
    spans = sorted(set(find_passwords(text)), key=lambda span: (span[0], -span[1]))
    kept: list[tuple[int, int]] = []
    for span in spans:
        if not kept or span[1] > kept[-1][1]:
            kept.append(span)
    return [text[slice(*span)] for span in kept]


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        # Names of variables, as environments and programs have them.
        ("DB_PASSWORD=hunter2x", "hunter2x"),
        ("POSTGRES_PASSWORD: s3cr3tpw", "s3cr3tpw"),
        ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"),
        ("MY_TOKEN=a1b2c3d4e5", "a1b2c3d4e5"),
        ("dbPassword: Tr0ub4dor", "Tr0ub4dor"),
        ("myApiKey = 'q8w7e6r5t4'", "q8w7e6r5t4"),
        ("export PGPASSWORD=swordfish", "swordfish"),
        ("MYSQL_ROOT_PASSWORD=correcthorse", "correcthorse"),
        ("spring.datasource.password=swordfish", "swordfish"),
        ("DJANGO_SECRET_KEY='abcdefghij'", "abcdefghij"),
        ("SECRET_KEY_BASE=abcdefghijkl", "abcdefghijkl"),
        ("smtpPassword1: Winter24", "Winter24"),
        ("$env:CLIENT_SECRET = \"abc8Q~defgh\"", "abc8Q~defgh"),
        ("ENV REDIS_PASS sup3rs3cret", "sup3rs3cret"),
        # Notations.
        ('"password": "swordfish"', "swordfish"),
        ('"password": "lzulmj.DMvI",', "lzulmj.DMvI"),
        ("'db_password' => 'swordfish',", "swordfish"),
        ("define('DB_PASSWORD', 'swordfish');", "swordfish"),
        ("  password: swordfish", "swordfish"),
        ("password = swordfish", "swordfish"),
        ("<password>swordfish</password>", "swordfish"),
        ("<db:adminPassword>sword fish</db:adminPassword>", "sword fish"),
        ('<add key="SmtpPassword" value="swordfish" />', "swordfish"),
        ("password := \"open sesame\"", "open sesame"),
        ("//registry.example.org/:_authToken=abcd1234efgh", "abcd1234efgh"),
        ("Server=db;User Id=sa;Password=Str0ng!pw;Encrypt=no", "Str0ng!pw"),
        ("jdbc:mysql://h/db?user=u&password=Str0ngpw&ssl=1", "Str0ngpw"),
        ("AccountName=a;AccountKey=abcd1234EFGH/+==;EndpointSuffix=x", "abcd1234EFGH/+=="),
        ("postgres://app:swordfish@db.example.org/app", "swordfish"),
        ("redis://:swordfish@cache:6379/0", "swordfish"),
        ("mongodb+srv://u:p@ssw0rd!@c0.example.org", "p@ssw0rd!"),
        ("Authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA=="),
        ("X-Api-Key: abcd1234efgh", "abcd1234efgh"),
        ("Cookie: sessionid=abcd1234efgh5678; theme=dark", "abcd1234efgh5678"),
        # Command lines.
        ("curl -u admin:swordfish https://example.org", "swordfish"),
        ("curl -sSu admin:swordfish https://example.org", "swordfish"),
        ("curl --user 'admin:sword fish' https://example.org", "sword"),
        ("mysql -u root -pswordfish shop", "swordfish"),
        ("mysqldump -h db -uroot -p'swordfish' shop", "swordfish"),
        ("psql --password swordfish", "swordfish"),
        ("tool --db-password=swordfish run", "swordfish"),
        ("docker login -u me -p swordfish", "swordfish"),
        ("sshpass -p swordfish ssh host", "swordfish"),
        ("redis-cli -h cache -a swordfish ping", "swordfish"),
        ("wget --user=me --password=swordfish https://e.org", "swordfish"),
        ("openssl rsa -passin pass:swordfish -in k.pem", "swordfish"),
        ("gh auth login --with-token --token abcdefgh", "abcdefgh"),
        ("7z x -pswordfish a.7z", "swordfish"),
        ("smbclient //srv/share -U bob%swordfish", "swordfish"),
        ("echo root:swordfish | chpasswd", "swordfish"),
        ("ALTER USER bob IDENTIFIED BY 'swordfish';", "swordfish"),
        ("CREATE ROLE bob LOGIN PASSWORD 'swordfish';", "swordfish"),
        ("machine example.org login bob password swordfish", "swordfish"),
        ("db.example.org:5432:shop:bob:swordfish", "swordfish"),
        ("gpg --batch --passphrase swordfish -c file", "swordfish"),
        # Forms, in several languages; engines may lose the accents.
        ("Password: swordfish", "swordfish"),
        ("Password: p@ssword", "p@ssword"),
        ("Password\nhunter2x", "hunter2x"),
        ("Password hunter2x", "hunter2x"),
        ("Your password is hunter2x", "hunter2x"),
        ("Password (again): hunter2x", "hunter2x"),
        ("PIN: 4711", "4711"),
        ("Passwort: Sommer2026", "Sommer2026"),
        ("Das Kennwort lautet: Sommer2026", "Sommer2026"),
        ("WLAN-Schlüssel: Sommer2026", "Sommer2026"),
        ("Mot de passe : Soleil2026", "Soleil2026"),
        ("Contraseña: Verano2026", "Verano2026"),
        ("Contrasena: Verano2026", "Verano2026"),
        ("Clave: Verano2026", "Verano2026"),
        ("La password è: Estate2026", "Estate2026"),
        ("Parola d'ordine: Estate2026", "Estate2026"),
        ("Senha: Verao2026", "Verao2026"),
        ("Palavra-passe: Verao2026", "Verao2026"),
        ("Wachtwoord: Zomer2026", "Zomer2026"),
        ("Hasło: Lato2026", "Lato2026"),
        ("Lösenord: Sommar2026", "Sommar2026"),
        ("Adgangskode: Sommer2026", "Sommer2026"),
        ("Salasana: Kesa2026", "Kesa2026"),
        ("Şifre: Yaz20266", "Yaz20266"),
        ("Пароль: Leto2026", "Leto2026"),
        ("パスワード：Natsu2026", "Natsu2026"),
        ("初期パスワードはNatsu2026です", "Natsu2026です"),
        ("密码：Xiatian2026", "Xiatian2026"),
        ("비밀번호: Yeoreum2026", "Yeoreum2026"),
        ("Passphrase: correct horse battery staple", "correct horse battery staple"),
        ("Recovery phrase\napple brave crane delta eagle frost grape house ivory joker karma lemon",
         "apple brave crane delta eagle frost grape house ivory joker karma lemon"),
        (NUMBERED,
         NUMBERED),
        # Split by a blank that is none.
        ("Password: hunt3r -x9!", "hunt3r -x9!"),
        ("DB_PASSWORD=kT9. wq2Z", "kT9. wq2Z"),
        ("password: abc d3f!", "abc d3f!"),
        # Codes.
        ("WIFI:T:WPA;S:home;P:swordfish;;", "swordfish"),
        ("WIFI:S:home;T:WPA;P:sword\\;fish;H:true;;", "sword\\;fish"),
    ],
)  # fmt: skip
def test_the_value_is_found_and_nothing_else(text: str, secret: str) -> None:
    assert found_in(text) == [secret]
    assert rules_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "Password: required",
        "Passwort vergessen?",
        "Password must have 8 characters",
        "Password: changed 3 days ago",
        "Password expires 2026-11-25",
        "password = read(sys.argv[1])",
        "password = getpass.getpass()",
        "self.password = password",
        "password: str | None = None",
        "def login(user: str, password: str) -> Token:",
        'password=os.environ["DB_PASSWORD"]',
        "DB_PASSWORD=${DB_PASSWORD}",
        "DB_PASSWORD=$(cat /run/secrets/db)",
        "password: ********",
        "Password: ••••••••",
        "token: null",
        "MY_TOKEN=<your token>",
        "max_tokens: 4096",
        "Tokens: 1,203 in, 456 out",
        "PRIMARY KEY (id)",
        "password_min_length: 12",
        "Secret Santa: everybody.",
        "The pass is closed: take the tunnel.",
        "compass: N42E7",
        "keyboard: qwerty123",
        "Basic knowledge of Python",
        "a basic example2 follows",
        "tar -pxzf archive.tgz",
        "mkdir -p some/folder1",
        "ssh -p 2222 host",
        "docker run -p 8080:80 nginx",
        "curl -fsSL https://example.org/install.sh",
        "grep -p pattern file",
        "https://example.org:8080/path@2x",
        "see https://example.org/@name and git@github.com:a/b",
        "pin: GPIO17",
        "Tan: brown, otherwise black",
        "1. apples 2. pears 3. plums",
        "WIFI:S:cafe;T:nopass;;",
        "Sign in with your password or a passkey",
        "Token refresh is done every 30 minutes",
        "Forgot password? Reset password",
    ],
)
def test_what_only_speaks_of_secrets_is_left_alone(text: str) -> None:
    assert found_in(text) == []


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("otpauth://totp/Shop:bob?secret=JBSWY3DPEHPK3PXP&issuer=Shop", True),
        ("otpauth-migration://offline?data=CjEKCkhlbGxv", True),
        ("otp authentication", False),
        ("arn:aws:lambda:eu-west-1:123456789012:function-resize-images-for-web-pages", False),
        ("123456789:AAabcdefGHIJKLmnopQRSTuvwxyz0123456", True),
        ("x = eyJab.cd", False),
        ("cookie eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmN", True),
    ],
)
def test_shapes_that_prove_themselves(text: str, is_found: bool) -> None:
    assert bool(rules_in(text)) == is_found
