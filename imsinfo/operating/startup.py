"""What a start refuses, and the keys that a first start on one's own machine makes."""

import os
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from cryptography.fernet import Fernet
from environs import FileAwareEnv

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
# How a connection to the mail server is secured, with the port that is usual for it.
MAIL_PORTS = {"starttls": 587, "tls": 465, "none": 25}
WEAK_KEY_WORDS = ("django-insecure", "change", "example", "secret", "password")


@dataclass(frozen=True)
class Given:
    """The settings that decide whether the site may start, as the operator gave them."""

    debug: bool
    site_url: str
    bind: str
    hosts_also: tuple[str, ...]
    secret_key: str
    secret_key_fallbacks: tuple[str, ...]
    field_keys: tuple[str, ...]
    trusted_proxies: int | None
    hsts_include_subdomains: bool | None
    tls_certificate: str
    tls_key: str
    email_host: str
    email_security: str
    email_user: str
    email_password: str
    mail_addresses: tuple[str, ...]
    clinic_is_example: bool


class Environment(FileAwareEnv):
    """Collects an unreadable NAME_FILE with the other faults instead of stopping at it."""

    def _get_value(self, env_key: str, default: Any) -> Any:
        try:
            return super()._get_value(env_key, default)
        except (ValueError, OSError):
            self._errors[env_key].append(unreadable(os.environ[f"{env_key}_FILE"]))
            return default


def unreadable(name: str) -> str:
    """Return why a file that holds a setting cannot be read, and what to do about it.

    Whoever made a new key in its place would lose what the old one opens.
    """
    path = Path(name)
    try:
        path.read_text()
    except FileNotFoundError:
        return f"there is no file {path}. Put it back from its copy, or mend the name."
    except PermissionError:
        return (
            f"the site's user may not read {path}. What it holds is still there: let the user's "
            f"group read it (chgrp imsinfo {path}; chmod 640 {path})."
        )
    except (OSError, ValueError):
        pass
    return f"{path} is no file with text. Put it back from its copy, or mend the name."


def is_production(site_url: str) -> bool:
    """Any address but loopback over http is a real site, with everything that follows."""
    return site_host(site_url) not in LOOPBACK or site_url.lower().startswith("https:")


def site_host(site_url: str) -> str:
    """Return the host without its port, in small letters; "" where no host can be read."""
    try:
        netloc = urlsplit(site_url).netloc
    except ValueError:
        return ""
    return re.sub(r":\d*$", "", netloc).lower()


def problems(given: Given) -> list[str]:
    """Return every reason not to start, each with its repair; empty when all is well."""
    found = [*_address_problems(given), *_field_key_problems(given)]
    if is_production(given.site_url):
        found += _key_problems(given)
        found += [*_mail_problems(given), *_mail_address_problems(given)]
        found += _exposure_problems(given)
    return found


def _address_problems(given: Given) -> Iterable[str]:
    if not _is_scheme_and_host(given.site_url):
        yield (
            f"SITE_URL is {given.site_url!r}: write the scheme and the host alone, "
            "such as https://ims.clinic.example, without a path or a final slash."
        )
    elif given.site_url.startswith("http:") and is_production(given.site_url):
        yield "SITE_URL begins with http: elsewhere than on this machine the site needs https."
    elif given.site_url.startswith("https:") and urlsplit(given.site_url).port:
        yield "SITE_URL holds a port: https readers are sent to its own port; leave the port out."
    named = [
        ("SITE_URL", site_host(given.site_url)),
        *(("HOSTS_ALSO", h) for h in given.hosts_also),
    ]
    for setting, host in named:
        if "*" in host or "/" in host or host.startswith("."):
            yield f"{setting} holds {host!r}: name each host in full, without * or scheme."
    if not is_production(given.site_url) and given.bind not in {"127.0.0.1", "::1", "localhost"}:
        yield f"BIND is {given.bind!r}: without SITE_URL=https://… it must be this machine alone."


def _is_scheme_and_host(site_url: str) -> bool:
    try:
        parts = urlsplit(site_url)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    alone = f"{parts.scheme}://{parts.netloc}" == site_url
    return named and alone and parts.scheme in {"http", "https"} and "@" not in parts.netloc


def _key_problems(given: Given) -> Iterable[str]:
    key = given.secret_key
    make = "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
    if not key:
        yield f"SECRET_KEY is not set: make one with {make}"
    elif _is_weak(key):
        yield f"SECRET_KEY is weak or an example: make one with {make}"
    for number, fallback in enumerate(given.secret_key_fallbacks, start=1):
        if _is_weak(fallback):
            yield (
                f"SECRET_KEY_FALLBACKS: key {number} is weak, and whoever guesses it is believed. "
                "Leave it out."
            )
    if not given.field_keys:
        yield (
            "FIELD_KEYS is not set: names and messages are encrypted with it. Make one with "
            "python3 -c 'import base64, os; "
            "print(base64.urlsafe_b64encode(os.urandom(32)).decode())'"
        )
    for number, field_key in enumerate(given.field_keys, start=1):
        if field_key == key:
            yield f"FIELD_KEYS: key {number} is the SECRET_KEY; they must differ."


def _field_key_problems(given: Given) -> Iterable[str]:
    """Elsewhere than in production too: with such a key no enquiry could be stored."""
    for number, field_key in enumerate(given.field_keys, start=1):
        if not _is_field_key(field_key):
            yield f"FIELD_KEYS: key {number} is not 32 random bytes in URL-safe base64."


def _is_weak(key: str) -> bool:
    is_example = any(word in key.lower() for word in WEAK_KEY_WORDS)
    return len(key) < 50 or len(set(key)) < 10 or is_example


def _is_field_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return len(set(key)) >= 10


def _mail_problems(given: Given) -> Iterable[str]:
    if not given.email_host:
        yield (
            "EMAIL_HOST is not set: staff are told of enquiries by mail. Write the name of your "
            "mail server, such as mail.clinic.example."
        )
    elif given.email_security == "none" and given.email_host not in LOOPBACK:
        yield (
            "EMAIL_SECURITY is none: the password and the mails would cross the network in the "
            "open. Write starttls or tls."
        )
    if bool(given.email_user) != bool(given.email_password):
        yield "EMAIL_USER and EMAIL_PASSWORD belong together: set both, or neither."


def _mail_address_problems(given: Given) -> Iterable[str]:
    for address in filter(None, map(str.strip, given.mail_addresses)):
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(address)[1]):
            yield (
                f"MAIL_FROM or STAFF_EMAILS holds {address!r}: write email addresses, with commas "
                "between them, such as reception@clinic.example."
            )


def _exposure_problems(given: Given) -> Iterable[str]:
    if given.debug:
        yield "DEBUG is on: it shows the site's inside to visitors. Unset it."
    if given.trusted_proxies is None:
        yield (
            "TRUSTED_PROXIES is not set: write how many proxies of your own stand in front "
            "(1 behind one nginx; 0 where the site serves TLS itself)."
        )
    elif given.trusted_proxies < 0:
        yield "TRUSTED_PROXIES is below 0: write how many proxies of your own stand in front."
    elif given.trusted_proxies == 0 and not given.tls_certificate:
        yield (
            "TRUSTED_PROXIES is 0 and TLS_CERTIFICATE is not set: without a proxy the site must "
            "serve TLS itself. Set TLS_CERTIFICATE and TLS_KEY to its files."
        )
    if bool(given.tls_certificate) != bool(given.tls_key):
        yield "TLS_CERTIFICATE and TLS_KEY belong together: set both, or neither behind a proxy."
    if given.hsts_include_subdomains is None:
        yield (
            "HSTS_INCLUDE_SUBDOMAINS is not set: true if every subdomain of this host answers "
            "https, else false."
        )
    if given.clinic_is_example:
        yield (
            "clinic.yaml is the shipped example: copy it to your own CONTENT_DIR, write your "
            "clinic in it and remove the line 'example: true'."
        )


def clinic_is_example(roots: Sequence[Path]) -> bool:
    """Whether the clinic in force is the shipped example.

    roots: content folders, the clinic's own last. A file that cannot be read is no example:
    reading it properly, with a message for its editor, is another module's work.
    """
    try:
        files = [root / "clinic.yaml" for root in roots if (root / "clinic.yaml").is_file()]
        values = yaml.safe_load(files[-1].read_bytes())
    except (IndexError, OSError, yaml.YAMLError):
        return False
    return isinstance(values, dict) and values.get("example") is True


def local_key(path: Path) -> str:
    """Return the key kept in a file of one's own machine, made with mode 0600 on first use.

    Two processes that start together end with the same key: the first link wins.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(Fernet.generate_key())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text("ascii").strip()
