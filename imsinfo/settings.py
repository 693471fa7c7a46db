"""All settings, read from the environment. What is wrong is told at once, in one message.

Without any setting the site runs for this machine alone (`make run`). SITE_URL=https://… makes
it a real site, which then demands every setting that has no safe default.
"""

import os
from pathlib import Path
from typing import cast
from urllib.parse import quote

from django.core.exceptions import ImproperlyConfigured
from environs import EnvValidationError, validate

from imsinfo.operating import logs, startup
from imsinfo.operating.databases import database, database_problems
from imsinfo.operating.places import Places, place_problems, sqlite_file, sqlite_name

BASE_DIR = Path(__file__).resolve().parent.parent
env = startup.Environment(eager=False, strip_whitespace=True)

# Which of the three modes: develop, try, or a real site.
DEBUG = env.bool("DEBUG", False)
PORT = env.int("PORT", 8000, validate=validate.Range(1, 65535)) or 8000
BIND = env.str("BIND", "127.0.0.1")
SITE_URL = env.str("SITE_URL", f"http://127.0.0.1:{PORT}")
HOSTS_ALSO: tuple[str, ...] = tuple(env.list("HOSTS_ALSO", []) or [])
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", None)
HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", None)
TLS_CERTIFICATE = env.str("TLS_CERTIFICATE", "")
TLS_KEY = env.str("TLS_KEY", "")
PRODUCTION = startup.is_production(SITE_URL)
HTTPS = SITE_URL.startswith("https://")

# Where things lie. A clinic's own content folder lies over the shipped one, file by file.
VAR_DIR = env.path("VAR_DIR", BASE_DIR / "var").absolute()
# Whoever makes the backups puts them here; the staff's overview tells how old the newest is.
BACKUP_DIR = env.path("BACKUP_DIR", VAR_DIR / "backups").absolute()
# What was erased, for restores: apart from the backups, which know nothing of it.
ERASURE_JOURNAL = env.path("ERASURE_JOURNAL", VAR_DIR / "erasures.journal").absolute()
CONTENT_DIR = env.path("CONTENT_DIR", None)
CONTENT_DIR = CONTENT_DIR and CONTENT_DIR.absolute()
CONTENT_ROOTS = [BASE_DIR / "content", *([CONTENT_DIR] if CONTENT_DIR else [])]

# Whether pages are rendered once, ahead of their readers. Without it Django renders each visit.
PREPARED = env.bool("PREPARED", True)

# Keys. On one's own machine they are made on first start; a real site is given them.
SECRET_KEY = env.str("SECRET_KEY", "")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
FIELD_KEYS: tuple[str, ...] = tuple(env.list("FIELD_KEYS", []) or [])
# Whether the site may run although no key opens what is stored, because those keys are gone.
OLD_KEYS_LOST = env.bool("OLD_KEYS_LOST", False)
problems: list[str] = []
if not PRODUCTION:
    try:
        SECRET_KEY = SECRET_KEY or startup.local_key(VAR_DIR / "keys" / "secret_key")
        FIELD_KEYS = FIELD_KEYS or (startup.local_key(VAR_DIR / "keys" / "field_key"),)
    except OSError as error:
        problems.append(
            f"VAR_DIR is {VAR_DIR}: keys cannot be kept there ({error.strerror}). "
            "Name a folder that this user may write."
        )

# How long enquiries are kept; the consent text and the form say the same numbers.
days = validate.Range(1, 3650)
KEEP_CLOSED_DAYS = env.int("KEEP_CLOSED_DAYS", 90, validate=days)
KEEP_AT_MOST_DAYS = env.int("KEEP_AT_MOST_DAYS", 365, validate=days)
KEEP_SPAM_DAYS = env.int("KEEP_SPAM_DAYS", 30, validate=days)
# How long the audit is kept, and when staff are warned of an enquiry that is still open.
KEEP_AUDIT_DAYS = env.int("KEEP_AUDIT_DAYS", 730, validate=days)
WARN_OPEN_DAYS = env.int("WARN_OPEN_DAYS", 180, validate=days)
# Whether a second manager must confirm an erasure on request.
ERASE_NEEDS_SECOND = env.bool("ERASE_NEEDS_SECOND", False)

# How often one sender may write; counted per IPv4 address, or per /64 network of IPv6.
times = validate.Range(1, 100_000)
ENQUIRIES_IN_TEN_MINUTES = env.int("ENQUIRIES_IN_TEN_MINUTES", 5, validate=times) or 5
ENQUIRIES_IN_A_DAY = env.int("ENQUIRIES_IN_A_DAY", 30, validate=times) or 30

# Mail. Without a server a site on this machine writes its mails into a folder.
EMAIL_HOST = env.str("EMAIL_HOST", "")
EMAIL_SECURITY = env.str("EMAIL_SECURITY", "starttls", validate=validate.OneOf(startup.MAIL_PORTS))
EMAIL_PORT = env.int("EMAIL_PORT", None, validate=validate.Range(1, 65535))
EMAIL_PORT = EMAIL_PORT or startup.MAIL_PORTS.get(EMAIL_SECURITY or "", 0)
EMAIL_HOST_USER = env.str("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_PASSWORD", "")
EMAIL_USE_TLS = EMAIL_SECURITY == "starttls"
EMAIL_USE_SSL = EMAIL_SECURITY == "tls"
EMAIL_TIMEOUT = 10  # Seconds for each step of sending; the lease of a mail is longer than all.
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
# Whether `manage.py serve` sends the mails too; false where a service of its own does.
MAIL_LOOP = env.bool("MAIL_LOOP", True)
# Where they are empty, the clinic's own address from clinic.yaml stands in.
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", "")
STAFF_EMAILS: list[str] = env.list("STAFF_EMAILS", []) or []

DATABASES = {
    "default": database(
        env.dj_db_url("DATABASE_URL", f"sqlite:///{quote(str(VAR_DIR / 'imsinfo.sqlite3'))}")
        or {"ENGINE": ""}
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "imsinfo.apps.ImsinfoConfig",
    "imsinfo.articles",
    "imsinfo.enquiries",
    "imsinfo.staff",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "crispy_forms",
    "imsinfo.staff.admin_config.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
# Security headers are not here: imsinfo.wsgi adds them around all of it, to every response.
MIDDLEWARE = [
    "imsinfo.errors.ErrorPages",
    "imsinfo.web.static.StaticFiles",
    "imsinfo.web.compression.Compression",
    "imsinfo.web.whitespace.Trimmed",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "imsinfo.staff.middleware.StaffPages",
]
ROOT_URLCONF = "imsinfo.urls"
WSGI_APPLICATION = "imsinfo.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "imsinfo.context.site",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "ims"
CRISPY_TEMPLATE_PACK = "ims"
CRISPY_FAIL_SILENTLY = False

# Hosts and cookies follow from SITE_URL. Readers get no cookie; these are for staff.
ALLOWED_HOSTS = [startup.site_host(SITE_URL), *HOSTS_ALSO] if PRODUCTION else list(startup.LOOPBACK)
SESSION_COOKIE_NAME = "__Host-staff" if HTTPS else "staff"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
LOGIN_REDIRECT_URL = "/admin/"
# The default would keep its own cookie; this one needs none.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "imsinfo.staff.middleware.csrf_failure"
SILENCED_SYSTEM_CHECKS = [
    "security.W001",  # headers.py and door.py do its work, for static files too.
    "security.W002",  # X-Frame-Options stands in headers.py.
]

# A form has about 30 fields and no files. The door has refused larger bodies before this.
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
DATA_UPLOAD_MAX_NUMBER_FILES = 0

# Codes are counted as passwords are, by throttle.py, and before they are looked at.
OTP_TOTP_THROTTLE_FACTOR = OTP_STATIC_THROTTLE_FACTOR = 0
PASSWORD_HASHERS = ["imsinfo.staff.hashers.SparingArgon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

LANGUAGE_CODE = "en-ca"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "imsinfo.web.static.OneStylesheet"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Lines for people, or JSON for what collects them; either without anything that was typed.
LOG_FORMAT = env.str("LOG_FORMAT", "text", validate=validate.OneOf(logs.FORMATTERS)) or "text"
LOGGING = logs.configuration(LOG_FORMAT)

unread: dict[str, list[str]] = {}
try:
    env.seal()
except EnvValidationError as error:
    unread = cast("dict[str, list[str]]", error.error_messages)
    problems += [f"{name}: {' '.join(told)}" for name, told in unread.items()]
if DATABASES["default"]["ENGINE"]:
    problems += database_problems(DATABASES["default"], PRODUCTION)
problems += place_problems(
    Places(
        var_dir=VAR_DIR,
        content_dir=CONTENT_DIR,
        sqlite=sqlite_name(DATABASES["default"]),
        own=(
            *(("VAR_DIR", VAR_DIR), ("BACKUP_DIR", BACKUP_DIR)),
            *(("ERASURE_JOURNAL", ERASURE_JOURNAL), *sqlite_file(DATABASES["default"])),
        ),
        public=(BASE_DIR / "static", STATIC_ROOT),
        read=(("TLS_CERTIFICATE", TLS_CERTIFICATE), ("TLS_KEY", TLS_KEY)),
    ),
    os.geteuid(),
)
if ERASURE_JOURNAL.resolve().is_relative_to(BACKUP_DIR.resolve()):
    problems.append(
        f"ERASURE_JOURNAL is {ERASURE_JOURNAL}, which lies in BACKUP_DIR: whatever takes the "
        "backups would take it too. Name a file elsewhere, best on another disk."
    )
if not problems and KEEP_CLOSED_DAYS > KEEP_AT_MOST_DAYS:
    problems.append("KEEP_CLOSED_DAYS is more than KEEP_AT_MOST_DAYS: make it the same or less.")
problems += startup.problems(
    startup.Given(
        debug=DEBUG,
        site_url=SITE_URL,
        bind=BIND,
        hosts_also=HOSTS_ALSO,
        secret_key=SECRET_KEY,
        secret_key_fallbacks=tuple(SECRET_KEY_FALLBACKS or ()),
        field_keys=FIELD_KEYS,
        trusted_proxies=TRUSTED_PROXIES,
        hsts_include_subdomains=HSTS_INCLUDE_SUBDOMAINS,
        tls_certificate=TLS_CERTIFICATE,
        tls_key=TLS_KEY,
        email_host=EMAIL_HOST,
        email_security=EMAIL_SECURITY or "",
        email_user=EMAIL_HOST_USER,
        email_password=EMAIL_HOST_PASSWORD,
        mail_addresses=(DEFAULT_FROM_EMAIL, *STAFF_EMAILS),
        clinic_is_example=PRODUCTION and startup.clinic_is_example(CONTENT_ROOTS),
    )
)
# What cannot be read is not missing: nobody may make a new key in its place.
problems = [each for each in problems if each.partition(" is ")[0] not in unread]
if problems:
    raise ImproperlyConfigured(
        "The site does not start. To repair:\n" + "\n".join(f"- {problem}" for problem in problems)
    )
