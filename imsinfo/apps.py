from django.apps import AppConfig


class ImsinfoConfig(AppConfig):
    name = "imsinfo"

    def ready(self):
        # All need the settings; the checks register themselves.
        from django.contrib import admin  # noqa: PLC0415

        from imsinfo.operating import databases, postgresql_checks  # noqa: F401, PLC0415
        from imsinfo.operating.operator_warning import operator_warning  # noqa: PLC0415

        admin.site.warn_of(operator_warning)  # type: ignore[attr-defined]
