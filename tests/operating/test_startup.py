import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from imsinfo.operating import startup
from imsinfo.operating.startup import (
    Environment,
    Given,
    clinic_is_example,
    is_production,
    local_key,
    problems,
    unreadable,
)

GOOD = Given(
    debug=False,
    site_url="https://ims.clinic.test",
    bind="127.0.0.1",
    hosts_also=("www.ims.clinic.test",),
    secret_key="q8Zr2mXw7KpL4vNc9TbY3hJd6GsF1aEuQoRiWxVzMnBtHyUkPe",
    secret_key_fallbacks=(),
    field_keys=("w3Jq0r5m8VZk1bX7cT2nL9yP4dF6gH0sA-uQ_eRiOjM=",),
    trusted_proxies=1,
    hsts_include_subdomains=True,
    tls_certificate="",
    tls_key="",
    email_host="mail.clinic.test",
    email_user="",
    email_password="",
    mail_addresses=("IMS <reception@clinic.test>", "b@clinic.test", ""),
    email_security="starttls",
    clinic_is_example=False,
)
MAKE_SECRET = "make one with python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
WEAK_SECRET = f"SECRET_KEY is weak or an example: {MAKE_SECRET}"
ADDRESS_REPAIR = (
    "write the scheme and the host alone, such as https://ims.clinic.example, "
    "without a path or a final slash."
)
MAKE_KEY_AS_MANY_AT_ONCE = """
import sys
from pathlib import Path
from imsinfo.operating.startup import local_key
print("ready", flush=True)
sys.stdin.readline()
print(local_key(Path(sys.argv[1])))
"""


def test_good_settings_have_no_problem():
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"debug": True}, "DEBUG is on: it shows the site's inside to visitors. Unset it."),
        ({"secret_key": ""}, f"SECRET_KEY is not set: {MAKE_SECRET}"),
        ({"secret_key": "q8Zr2mXw7KpL"}, WEAK_SECRET),
        ({"secret_key": "abcde" * 12}, WEAK_SECRET),
        ({"secret_key": "django-insecure-" + GOOD.secret_key}, WEAK_SECRET),
        ({"secret_key": "Change-Me-" + GOOD.secret_key}, WEAK_SECRET),
        (
            {"secret_key_fallbacks": (GOOD.secret_key, "old")},
            "SECRET_KEY_FALLBACKS: key 2 is weak, and whoever guesses it is believed. Leave it "
            "out.",
        ),
        (
            {"field_keys": ()},
            "FIELD_KEYS is not set: names and messages are encrypted with it. Make one with "
            "python3 -c 'import base64, os; "
            "print(base64.urlsafe_b64encode(os.urandom(32)).decode())'",
        ),
        (
            {"field_keys": (*GOOD.field_keys, "short")},
            "FIELD_KEYS: key 2 is not 32 random bytes in URL-safe base64.",
        ),
        (
            {"field_keys": ("A" * 43 + "=",)},
            "FIELD_KEYS: key 1 is not 32 random bytes in URL-safe base64.",
        ),
        (
            {"field_keys": ("ключ" * 11,)},
            "FIELD_KEYS: key 1 is not 32 random bytes in URL-safe base64.",
        ),
        (
            {"email_host": ""},
            "EMAIL_HOST is not set: staff are told of enquiries by mail. Write the name of your "
            "mail server, such as mail.clinic.example.",
        ),
        (
            {"email_security": "none"},
            "EMAIL_SECURITY is none: the password and the mails would cross the network in the "
            "open. Write starttls or tls.",
        ),
        (
            {"trusted_proxies": None},
            "TRUSTED_PROXIES is not set: write how many proxies of your own stand in front "
            "(1 behind one nginx; 0 where the site serves TLS itself).",
        ),
        (
            {"trusted_proxies": -1},
            "TRUSTED_PROXIES is below 0: write how many proxies of your own stand in front.",
        ),
        (
            {"trusted_proxies": 0},
            "TRUSTED_PROXIES is 0 and TLS_CERTIFICATE is not set: without a proxy the site must "
            "serve TLS itself. Set TLS_CERTIFICATE and TLS_KEY to its files.",
        ),
        (
            {"hsts_include_subdomains": None},
            "HSTS_INCLUDE_SUBDOMAINS is not set: true if every subdomain of this host answers "
            "https, else false.",
        ),
        (
            {"clinic_is_example": True},
            "clinic.yaml is the shipped example: copy it to your own CONTENT_DIR, write your "
            "clinic in it and remove the line 'example: true'.",
        ),
        (
            {"site_url": "http://ims.clinic.test"},
            "SITE_URL begins with http: elsewhere than on this machine the site needs https.",
        ),
    ],
)
def test_unsafe_setting_is_refused_in_its_own_words(changes, told):
    assert problems(replace(GOOD, **changes)) == [told]


@pytest.mark.parametrize("host", ["*", "*.clinic.test", ".clinic.test", "https://clinic.test"])
def test_host_that_is_not_one_full_name_is_refused(host):
    assert problems(replace(GOOD, hosts_also=("www.clinic.test", host))) == [
        f"HOSTS_ALSO holds {host!r}: name each host in full, without * or scheme."
    ]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ims.clinic.test",
        "ftp://ims.clinic.test",
        "https://",
        "https://ims.clinic.test/",
        "https://ims.clinic.test/ims",
        "https://ims.clinic.test?a=b",
        "https://ims.clinic.test#top",
        "https://[ims.clinic.test",
        "https://ims.clinic.test:port",
        "https://staff@ims.clinic.test",
        "HTTPS://ims.clinic.test",
    ],
)
def test_address_that_is_not_scheme_and_host_is_refused(url):
    assert problems(replace(GOOD, site_url=url)) == [f"SITE_URL is {url!r}: {ADDRESS_REPAIR}"]


def test_every_problem_is_told():
    bad = Given(
        debug=True,
        site_url="http://ims.clinic.test",
        bind="127.0.0.1",
        hosts_also=("*",),
        secret_key="",
        secret_key_fallbacks=("old",),
        field_keys=("short",),
        trusted_proxies=None,
        hsts_include_subdomains=None,
        tls_certificate="",
        tls_key="",
        email_host="",
        email_security="none",
        email_user="reception",
        email_password="",
        mail_addresses=("reception",),
        clinic_is_example=True,
    )
    names = [told.split()[0].rstrip(":") for told in problems(bad)]
    assert names == [
        *("SITE_URL", "HOSTS_ALSO", "FIELD_KEYS", "SECRET_KEY", "SECRET_KEY_FALLBACKS"),
        "EMAIL_HOST",
        *("EMAIL_USER", "MAIL_FROM"),
        *("DEBUG", "TRUSTED_PROXIES", "HSTS_INCLUDE_SUBDOMAINS", "clinic.yaml"),
    ]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_mail_may_go_in_the_open_to_a_server_on_this_machine(host):
    assert problems(replace(GOOD, email_host=host, email_security="none")) == []


@pytest.mark.parametrize("address", ["reception", "a@b@c", "a b@clinic.test", "@clinic.test"])
def test_what_is_no_address_receives_and_sends_no_mail(address):
    [told] = problems(replace(GOOD, mail_addresses=("reception@clinic.test", address)))
    assert told.startswith(f"MAIL_FROM or STAFF_EMAILS holds {address!r}: write email addresses")


@pytest.mark.parametrize("given", [{"email_user": "ims"}, {"email_password": "key"}])
def test_a_mail_user_and_a_password_belong_together(given):
    [told] = problems(replace(GOOD, **given))
    assert told.startswith("EMAIL_USER and EMAIL_PASSWORD belong together")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_to_another_machine_over_tls(security):
    assert problems(replace(GOOD, email_security=security)) == []


def test_field_key_that_is_the_secret_key_is_refused():
    [key] = GOOD.field_keys
    assert problems(replace(GOOD, secret_key=key + "=" * 6, field_keys=(key + "=" * 6,))) == [
        "FIELD_KEYS: key 1 is the SECRET_KEY; they must differ."
    ]


def test_proxies_may_be_none_where_the_site_serves_tls():
    own_tls = {"tls_certificate": "/etc/ims/cert.pem", "tls_key": "/etc/ims/key.pem"}
    assert problems(replace(GOOD, trusted_proxies=0, **own_tls)) == []


def test_own_machine_demands_nothing():
    assert (
        problems(
            replace(
                GOOD,
                debug=True,
                site_url="http://127.0.0.1:8000",
                bind="127.0.0.1",
                secret_key="",
                field_keys=(),
                trusted_proxies=None,
                hsts_include_subdomains=None,
                email_host="",
                email_security="none",
                clinic_is_example=True,
            )
        )
        == []
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8000", False),
        ("http://localhost", False),
        ("https://localhost", True),
        ("http://[::1]:8000", False),
        ("http://[::1]", False),
        ("https://ims.clinic.test", True),
        ("http://127.0.0.1.clinic.test", True),
        ("http://localhost.clinic.test:8000", True),
        ("http://127.0.0.1:80@ims.clinic.test", True),
        ("http://[::1", True),
        ("", True),
    ],
)
def test_only_loopback_is_no_production(url, expected):
    assert is_production(url) is expected


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (None, True),
        ("name: Ours\n", False),
        ("example: false\n", False),
        ("example: true\n", True),
        ("example: [\n", False),
        ("- example\n", False),
    ],
)
def test_example_is_the_clinic_in_force(tmp_path, own, expected):
    shipped, clinic = tmp_path / "shipped", tmp_path / "clinic"
    for folder in (shipped, clinic):
        folder.mkdir()
    (shipped / "clinic.yaml").write_text("example: true\n")
    if own is not None:
        (clinic / "clinic.yaml").write_text(own)
    assert clinic_is_example([shipped, clinic]) is expected


def test_no_clinic_is_no_example(tmp_path):
    assert clinic_is_example([tmp_path]) is False


def test_local_key_is_made_for_its_owner_alone(tmp_path):
    path = tmp_path / "keys" / "secret_key"
    local_key(path)
    modes = [stat.S_IMODE(place.stat().st_mode) for place in (path, path.parent)]
    assert modes == [0o600, 0o700]


def test_local_key_is_made_once(tmp_path):
    path = tmp_path / "keys" / "secret_key"
    assert local_key(path) == local_key(path)


def test_local_keys_differ(tmp_path):
    assert local_key(tmp_path / "secret_key") != local_key(tmp_path / "field_key")


def test_local_key_leaves_no_draft(tmp_path):
    local_key(tmp_path / "secret_key")
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_local_key_keeps_the_one_that_another_process_made_first(tmp_path, monkeypatch):
    path = tmp_path / "secret_key"

    def overtaken():
        path.write_text("theirs")
        return b"ours"

    monkeypatch.setattr(startup.Fernet, "generate_key", overtaken)
    assert (local_key(path), path.read_text()) == ("theirs", "theirs")


def test_local_key_is_one_for_eight_processes_at_a_time(tmp_path):
    command = [sys.executable, "-c", MAKE_KEY_AS_MANY_AT_ONCE, tmp_path / "keys" / "secret_key"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(command, **pipes) for _ in range(8)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    keys = {process.communicate(timeout=30)[0] for process in processes}
    assert keys == {(tmp_path / "keys" / "secret_key").read_text() + "\n"}
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["secret_key"]


@pytest.fixture
def environment():
    return Environment(eager=False, strip_whitespace=True)


def test_environment_reads_a_value_from_its_file(tmp_path, monkeypatch, environment):
    (tmp_path / "key").write_text("from the file\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    assert environment.str("SECRET_KEY", "") == "from the file"


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("missing", "there is no file {}. Put it back from its copy, or mend the name."),
        *(
            (odd, "{} is no file with text. Put it back from its copy, or mend the name.")
            for odd in ("", "noise/below", "noise")
        ),
    ],
)
def test_environment_collects_an_unreadable_file(tmp_path, monkeypatch, environment, place, told):
    (tmp_path / "noise").write_bytes(b"\xff\xfe")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / place))
    value = environment.str("SECRET_KEY", "")
    expected = {"SECRET_KEY": [told.format(tmp_path / place)]}
    assert (value, environment._errors) == ("", expected)


def test_file_that_the_sites_user_may_not_read_is_to_be_made_readable(tmp_path, monkeypatch):
    def refuse(self):
        raise PermissionError

    monkeypatch.setattr(Path, "read_text", refuse)
    told = unreadable(str(tmp_path / "key"))
    assert told.startswith(f"the site's user may not read {tmp_path / 'key'}. What it holds is")
    assert f"chmod 640 {tmp_path / 'key'}" in told


def test_clinic_folder_that_may_not_be_read_is_told_by_who_reads_it_in_earnest(monkeypatch):
    def refuse(self):
        raise PermissionError

    monkeypatch.setattr(Path, "is_file", refuse)
    assert clinic_is_example([Path("content")]) is False


@pytest.mark.parametrize("given", [{"tls_certificate": "/cert.pem"}, {"tls_key": "/key.pem"}])
def test_certificate_and_key_belong_together(given):
    [told] = problems(replace(GOOD, **given))
    assert told.startswith("TLS_CERTIFICATE and TLS_KEY belong together")


@pytest.mark.parametrize("address", ["https://*", "https://.clinic.test", "https://ims.test:8443"])
def test_an_address_that_names_no_single_host_is_refused(address):
    [told] = problems(replace(GOOD, site_url=address))
    assert told.startswith("SITE_URL holds ")


@pytest.mark.parametrize(
    ("bind", "count"),
    [("0.0.0.0", 1), ("192.168.1.5", 1), ("127.0.0.1", 0), ("::1", 0)],  # noqa: S104
)
def test_a_site_without_https_serves_its_own_machine_alone(bind, count):
    assert len(problems(replace(GOOD, site_url="http://127.0.0.1:8000", bind=bind))) == count
