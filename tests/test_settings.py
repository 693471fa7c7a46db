import re
import runpy
import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from tests.extent import some
from tests.settings import READ_FROM_ENVIRONMENT

SOURCE = Path(__file__).parent.parent / "imsinfo" / "settings.py"
REFUSED = "The site does not start. To repair:\n"
SIGN_IN = {"EMAIL_USER": "ims", "EMAIL_PASSWORD": "hunter2"}
STAFF = ("a@clinic.test", "b@clinic.test")


@pytest.fixture
def read_settings(monkeypatch, clean_environment):
    def read(**env):
        with monkeypatch.context() as patch:
            patch.setattr("os.environ", clean_environment(**env))
            return runpy.run_path(SOURCE)

    return read


def refusals(text):
    head, *told = re.split(r"^- ", text, flags=re.MULTILINE)
    assert head == REFUSED
    return [line.strip() for line in told]


def test_good_production_environment_starts_clean(run_manage, production):
    done = run_manage("check", "--deploy", "--fail-level", "WARNING", **production)
    assert (done.returncode, done.stderr) == (0, "")


def test_debug_is_refused_with_https(run_manage, production):
    done = run_manage("check", **production | {"DEBUG": "true"})
    told = "DEBUG is on: it shows the site's inside to visitors. Unset it."
    assert (done.returncode, refusals(done.stderr)) == (2, [told])


def test_http_is_refused_elsewhere_than_on_loopback(run_manage, production):
    done = run_manage("check", **production | {"SITE_URL": "http://ims.clinic.test"})
    told = "SITE_URL begins with http: elsewhere than on this machine the site needs https."
    assert (done.returncode, refusals(done.stderr)) == (2, [told])


def test_all_problems_stand_in_one_message_without_a_trace(run_manage):
    done = run_manage("serve", SITE_URL="https://ims.clinic.test", DEBUG="true", HOSTS_ALSO="*")
    names = [told.split()[0].rstrip(":") for told in refusals(done.stderr)]
    assert names == [
        *("HOSTS_ALSO", "SECRET_KEY", "FIELD_KEYS", "EMAIL_HOST", "DEBUG"),
        *("TRUSTED_PROXIES", "HSTS_INCLUDE_SUBDOMAINS", "clinic.yaml"),
    ]


@pytest.mark.parametrize(
    "command", some(["serve", "migrate", "check", "runserver", "no-such-command"], 2)
)
def test_no_command_shows_a_trace_for_a_refused_setting(run_manage, production, command):
    done = run_manage(command, **production | {"TRUSTED_PROXIES": "-1"})
    assert done.returncode == 2
    assert done.stdout + done.stderr == (
        f"{REFUSED}- TRUSTED_PROXIES is below 0: write how many proxies of your own stand in "
        "front.\n"
    )


def test_unreadable_key_file_is_told_with_the_others(read_settings, production):
    del production["SECRET_KEY"]
    with pytest.raises(ImproperlyConfigured) as refused:
        read_settings(**production, SECRET_KEY_FILE="/no/such/file", DEBUG="true")
    assert [told.partition(".")[0] for told in refusals(str(refused.value))] == [
        "SECRET_KEY: there is no file /no/such/file",
        "DEBUG is on: it shows the site's inside to visitors",
    ]


def test_nobody_is_told_to_make_a_new_key_in_place_of_one_that_cannot_be_read(
    read_settings, production
):
    del production["FIELD_KEYS"]
    with pytest.raises(ImproperlyConfigured) as refused:
        read_settings(**production, FIELD_KEYS_FILE="/no/such/file")
    [told] = refusals(str(refused.value))
    assert told.startswith("FIELD_KEYS: there is no file /no/such/file. Put it back from its copy")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("DEBUG", "ture", "DEBUG: Not a valid boolean."),
        ("PORT", "eighty", "PORT: Not a valid integer."),
        ("KEEP_CLOSED_DAYS", "long", "KEEP_CLOSED_DAYS: Not a valid integer."),
        ("EMAIL_PORT", "smtp", "EMAIL_PORT: Not a valid integer."),
        ("EMAIL_PORT", "0", "EMAIL_PORT: Must be greater than or equal to 1 "),
        ("EMAIL_SECURITY", "ssl", "EMAIL_SECURITY: Must be one of: starttls, tls, none."),
        ("LOG_FORMAT", "xml", "LOG_FORMAT: Must be one of: text, json."),
        ("DATABASE_URL", "clinic.sqlite3", "DATABASE_URL: "),
        ("SITE_URL", "https://[ims.clinic.test", "SITE_URL is 'https://[ims.clinic.test': "),
    ],
)
def test_misspelt_value_is_told_by_name(read_settings, production, name, value, told):
    with pytest.raises(ImproperlyConfigured) as refused:
        read_settings(**production | {name: value})
    [only] = refusals(str(refused.value))
    assert only.startswith(told)


@pytest.mark.parametrize(
    ("port", "told"),
    [
        ("eighty", "PORT: Not a valid integer."),
        (
            "70000",
            "PORT: Must be greater than or equal to 1 and less than or equal to 65535.",
        ),
    ],
)
def test_wrong_port_is_not_told_as_a_wrong_address(read_settings, port, told):
    with pytest.raises(ImproperlyConfigured) as refused:
        read_settings(PORT=port)
    assert refusals(str(refused.value)) == [told]


def test_secrets_are_not_in_the_message(read_settings, production):
    with pytest.raises(ImproperlyConfigured) as refused:
        read_settings(**production | {"SECRET_KEY": "hunter2hunter2", "FIELD_KEYS": "hunter2"})
    assert [told[:10] for told in refusals(str(refused.value))] == ["FIELD_KEYS", "SECRET_KEY"]
    assert "hunter2" not in str(refused.value)


def test_keys_of_ones_own_machine_are_made_once(read_settings):
    first, second = read_settings(), read_settings()
    assert (first["SECRET_KEY"], first["FIELD_KEYS"]) == (
        second["SECRET_KEY"],
        second["FIELD_KEYS"],
    )


def test_keys_of_ones_own_machine_are_its_owners_alone(read_settings):
    keys = read_settings()["VAR_DIR"] / "keys"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in keys.iterdir()}
    assert modes == {"secret_key": 0o600, "field_key": 0o600}


def test_given_keys_are_used_and_none_made(read_settings):
    newer, older = (Fernet.generate_key().decode() for _ in range(2))
    values = read_settings(SECRET_KEY="given", FIELD_KEYS=f"{newer},{older}")
    assert (values["SECRET_KEY"], values["FIELD_KEYS"]) == ("given", (newer, older))
    assert not (values["VAR_DIR"] / "keys").exists()


def test_production_makes_no_keys(read_settings, production):
    assert not (read_settings(**production)["VAR_DIR"] / "keys").exists()


def test_key_may_come_from_a_file(read_settings, production, tmp_path):
    (tmp_path / "key").write_text(production["SECRET_KEY"] + "\n")
    values = read_settings(**production | {"SECRET_KEY": "", "SECRET_KEY_FILE": f"{tmp_path}/key"})
    assert values["SECRET_KEY"] == production["SECRET_KEY"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ALLOWED_HOSTS", ["ims.clinic.test", "www.ims.clinic.test"]),
        ("DEBUG", False),
        ("HTTPS", True),
        ("SESSION_COOKIE_NAME", "__Host-staff"),
        ("SESSION_COOKIE_SECURE", True),
        ("CSRF_COOKIE_NAME", "__Host-csrf"),
        ("CSRF_COOKIE_SECURE", True),
        ("CSRF_COOKIE_HTTPONLY", True),
    ],
)
def test_production_follows_from_the_address(read_settings, production, name, expected):
    values = read_settings(
        **production | {"SITE_URL": "https://IMS.clinic.test", "HOSTS_ALSO": "www.ims.clinic.test"}
    )
    assert values[name] == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SITE_URL", "http://127.0.0.1:8123"),
        ("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"]),
        ("DEBUG", False),
        ("HTTPS", False),
        ("SESSION_COOKIE_NAME", "staff"),
        ("SESSION_COOKIE_SECURE", False),
        ("CSRF_COOKIE_NAME", "csrf"),
        ("CSRF_COOKIE_SECURE", False),
    ],
)
def test_own_machine_follows_from_nothing(read_settings, name, expected):
    assert read_settings(PORT="8123")[name] == expected


@pytest.mark.parametrize(
    ("given", "port", "starttls", "tls"),
    [
        ({}, 587, True, False),
        ({"EMAIL_SECURITY": "starttls"}, 587, True, False),
        ({"EMAIL_SECURITY": "tls"}, 465, False, True),
        ({"EMAIL_SECURITY": "none", "EMAIL_HOST": "localhost"}, 25, False, False),
        ({"EMAIL_SECURITY": "tls", "EMAIL_PORT": "2465"}, 2465, False, True),
    ],
)
def test_mail_port_and_tls_follow_from_the_security(
    read_settings, production, given, port, starttls, tls
):
    values = read_settings(**production | given)
    names = ("EMAIL_PORT", "EMAIL_USE_TLS", "EMAIL_USE_SSL")
    assert [values[name] for name in names] == [port, starttls, tls]


@pytest.mark.parametrize(
    ("given", "name", "expected"),
    [
        ({"EMAIL_HOST": "mail.clinic.test"}, "EMAIL_HOST", "mail.clinic.test"),
        (SIGN_IN, "EMAIL_HOST_USER", "ims"),
        (SIGN_IN, "EMAIL_HOST_PASSWORD", "hunter2"),
        ({"MAIL_FROM": "ims@clinic.test"}, "DEFAULT_FROM_EMAIL", "ims@clinic.test"),
        ({"STAFF_EMAILS": "a@clinic.test,b@clinic.test"}, "STAFF_EMAILS", [*STAFF]),
    ],
)
def test_mail_is_set_by_the_environment(read_settings, production, given, name, expected):
    assert read_settings(**production | given)[name] == expected


def test_password_of_the_mail_server_may_come_from_a_file(read_settings, production, tmp_path):
    (tmp_path / "password").write_text("hunter2\n")
    given = {"EMAIL_USER": "ims", "EMAIL_PASSWORD_FILE": f"{tmp_path}/password"}
    values = read_settings(**production | given)
    assert values["EMAIL_HOST_PASSWORD"] == "hunter2"


def test_mail_goes_to_the_server_that_was_named(read_settings, production):
    backend = read_settings(**production)["EMAIL_BACKEND"]
    assert backend == "django.core.mail.backends.smtp.EmailBackend"


def test_mail_is_written_into_a_folder_where_no_server_was_named(read_settings):
    values = read_settings()
    assert values["EMAIL_BACKEND"] == "django.core.mail.backends.filebased.EmailBackend"
    assert values["EMAIL_FILE_PATH"] == values["VAR_DIR"] / "mail"


def test_a_var_dir_that_cannot_be_written_is_told_without_a_trace(run_manage, tmp_path):
    (tmp_path / "file").write_text("")
    done = run_manage("check", VAR_DIR=str(tmp_path / "file" / "var"))
    assert done.returncode == 2
    assert "VAR_DIR is " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["KEEP_CLOSED_DAYS", "KEEP_AT_MOST_DAYS"])
@pytest.mark.parametrize("days", some(["0", "-5", "soon"], 1))
def test_days_to_keep_enquiries_are_a_sensible_number(run_manage, name, days):
    done = run_manage("check", **{name: days})
    assert done.returncode == 2
    assert f"- {name}: " in done.stderr


def test_a_content_dir_that_is_not_there_is_told(run_manage, tmp_path):
    done = run_manage("check", CONTENT_DIR=str(tmp_path / "nowhere"))
    assert "there is no such folder" in done.stderr


def test_closed_enquiries_are_not_kept_longer_than_open_ones(run_manage):
    done = run_manage("check", KEEP_CLOSED_DAYS="500", KEEP_AT_MOST_DAYS="100")
    assert "- KEEP_CLOSED_DAYS is more than KEEP_AT_MOST_DAYS" in done.stderr


def test_the_database_lies_in_its_folder_whatever_its_name(run_manage, tmp_path):
    folder = tmp_path / "a#b?c%20d e"
    # The tables of one app are enough to make the file.
    assert run_manage("migrate", "contenttypes", VAR_DIR=str(folder)).returncode == 0
    assert (folder / "imsinfo.sqlite3").stat().st_mode & 0o777 == 0o600


def test_var_dir_inside_the_content_folder_is_refused(read_settings, tmp_path):
    with pytest.raises(ImproperlyConfigured) as refused:
        read_settings(CONTENT_DIR=str(tmp_path), VAR_DIR=str(tmp_path / "var"))
    assert refusals(str(refused.value)) == [
        "VAR_DIR lies inside CONTENT_DIR: what the site writes there is no content."
    ]


def test_content_folder_has_a_name_wherever_a_command_is_run(read_settings, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert read_settings(CONTENT_DIR=".", VAR_DIR="/nowhere")["CONTENT_ROOTS"][-1] == tmp_path


PUBLIC = str(SOURCE.parent.parent / "static" / "below")
# What must not be, of each setting that can be given such a value; "" is as good as unset.
REFUSED_VALUES = {
    "DEBUG": "true",
    "PORT": "0",
    "SITE_URL": "http://ims.clinic.test",
    "HOSTS_ALSO": "*",
    "TRUSTED_PROXIES": "",
    "HSTS_INCLUDE_SUBDOMAINS": "",
    "TLS_CERTIFICATE": "/no/such/file",
    "TLS_KEY": "/no/such/file",
    "VAR_DIR": PUBLIC,
    "BACKUP_DIR": PUBLIC,
    "ERASURE_JOURNAL": PUBLIC,
    "CONTENT_DIR": "/no/such/folder",
    "SECRET_KEY": "secret",
    "SECRET_KEY_FALLBACKS": "secret",
    "FIELD_KEYS": "key",
    "DATABASE_URL": "sqlite://:memory:",
    "EMAIL_HOST": "",
    "EMAIL_PORT": "0",
    "EMAIL_SECURITY": "none",
    "EMAIL_USER": "ims",
    "EMAIL_PASSWORD": "hunter2",
    "MAIL_FROM": "reception",
    "STAFF_EMAILS": "reception",
    "LOG_FORMAT": "xml",
    "KEEP_CLOSED_DAYS": "0",
    "KEEP_AT_MOST_DAYS": "0",
    "KEEP_SPAM_DAYS": "0",
    "KEEP_AUDIT_DAYS": "0",
    "WARN_OPEN_DAYS": "0",
    "ENQUIRIES_IN_TEN_MINUTES": "0",
    "ENQUIRIES_IN_A_DAY": "0",
}
# A proxy elsewhere needs another BIND, of which a start warns; OLD_KEYS_LOST is told by the status.
SAFE_AS_EITHER = {"BIND", "PREPARED", "ERASE_NEEDS_SECOND", "MAIL_LOOP", "OLD_KEYS_LOST"}


def test_each_setting_has_a_value_that_is_refused_or_is_known_to_have_none():
    assert REFUSED_VALUES.keys() | SAFE_AS_EITHER == READ_FROM_ENVIRONMENT


@pytest.mark.parametrize(("name", "value"), REFUSED_VALUES.items())
def test_an_unsafe_value_is_refused_by_its_name(read_settings, production, name, value):
    with pytest.raises(ImproperlyConfigured) as refused:
        read_settings(**production | {name: value})
    assert any(name in told for told in refusals(str(refused.value)))
