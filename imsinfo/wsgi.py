"""The application a server calls: headers, one edition of the content, the door, then Django."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from imsinfo.workers import end_at_once_while_starting, end_with_server

end_at_once_while_starting()
# What the site writes, its own user alone may read.
os.umask(0o077)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imsinfo.settings")
django_application = get_wsgi_application()

from imsinfo.articles.library import get_library  # noqa: E402 -- Django is set up above
from imsinfo.content import build_everything, in_force  # noqa: E402
from imsinfo.door import Door, Rules  # noqa: E402
from imsinfo.errors import error_page  # noqa: E402
from imsinfo.following import OneEdition, follow  # noqa: E402
from imsinfo.headers import SecurityHeaders, security_headers  # noqa: E402
from imsinfo.health import HEALTH_CHECKS  # noqa: E402
from imsinfo.red_flags import get_red_flags  # noqa: E402

# With the views comes everything that is built from content.
import_module(settings.ROOT_URLCONF)
follow()
if not settings.DEBUG:
    build_everything(in_force())
    # A fault in what every page needs stops the start, not the first visitor.
    get_library()
    get_red_flags()

end_with_server()

application = SecurityHeaders(
    OneEdition(
        Door(
            django_application,
            Rules(settings.ALLOWED_HOSTS, settings.HTTPS, settings.TRUSTED_PROXIES or 0),
            error_page,
            HEALTH_CHECKS,
        )
    ),
    security_headers(settings.HTTPS, bool(settings.HSTS_INCLUDE_SUBDOMAINS)),
    lambda: error_page(500),
)
