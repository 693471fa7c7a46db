"""The application a server calls: a shortcut, the log, headers, the door, pages, then Django."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from imsinfo.operating.workers import SERVER, end_at_once_while_starting, end_with_server

end_at_once_while_starting()
# What the site writes, its own user alone may read.
os.umask(0o077)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imsinfo.settings")
django_application = get_wsgi_application()

from imsinfo.articles.outline import get_outline  # noqa: E402 -- Django is set up above
from imsinfo.content import build_everything, in_force  # noqa: E402
from imsinfo.editions.following import OneEdition, follow, prepared_pages  # noqa: E402
from imsinfo.errors import error_page  # noqa: E402
from imsinfo.operating.health import HEALTH_CHECKS  # noqa: E402
from imsinfo.operating.logs import log_what_nobody_catches  # noqa: E402
from imsinfo.operating.proxies import ProxyWatch, proxies_folder  # noqa: E402
from imsinfo.operating.request_log import RequestLog  # noqa: E402
from imsinfo.red_flags import get_red_flags  # noqa: E402
from imsinfo.web.door import Door, Rules  # noqa: E402
from imsinfo.web.headers import SecurityHeaders, security_headers  # noqa: E402
from imsinfo.web.prepared_pages import PreparedPages, Shortcut  # noqa: E402
from imsinfo.web.slow_connections import watch_connections  # noqa: E402
from imsinfo.web.static import StaticAtTheDoor  # noqa: E402
from imsinfo.web.whole_bodies import WholeBodies  # noqa: E402

# With the views comes everything that is built from content.
import_module(settings.ROOT_URLCONF)
follow()
if not settings.DEBUG:
    build_everything(in_force())
    # A fault in what every page needs stops the start, not the first visitor.
    get_outline()
    get_red_flags()

end_with_server()
if os.environ.get(SERVER):
    log_what_nobody_catches()
    watch_connections(settings.PORT)

rules = Rules(tuple(settings.ALLOWED_HOSTS), settings.HTTPS, settings.TRUSTED_PROXIES or 0)
answering = SecurityHeaders(
    Door(
        PreparedPages(
            OneEdition(StaticAtTheDoor(WholeBodies(django_application, error_page))),
            prepared_pages,
        ),
        rules,
        error_page,
        HEALTH_CHECKS,
    ),
    security_headers(settings.HTTPS, bool(settings.HSTS_INCLUDE_SUBDOMAINS)),
    lambda: error_page(500),
)
proxies = ProxyWatch(proxies_folder(settings.VAR_DIR), rules.trusted_proxies, rules.https)
logged = RequestLog(answering, proxies, HEALTH_CHECKS)
application = Shortcut(logged, rules, prepared_pages, logged.begin, answering.completed_once)
