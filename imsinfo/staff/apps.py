import time

from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "imsinfo.staff"

    def ready(self):
        from django.contrib.auth.signals import user_logged_in  # noqa: PLC0415 -- needs the models

        user_logged_in.connect(_begin, dispatch_uid="imsinfo.staff.begin")


def _begin(sender, request, **kwargs):
    """Whoever signs in with a password begins anew, also in a browser that had signed in before."""
    from imsinfo.staff import sessions  # noqa: PLC0415 -- needs the models

    sessions.begin(request.session, time.time())
