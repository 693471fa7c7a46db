from django.apps import AppConfig


class EnquiriesConfig(AppConfig):
    name = "imsinfo.enquiries"

    def ready(self):
        # Both need the models; the checks register themselves.
        from imsinfo.enquiries import checks, overview_views  # noqa: F401, PLC0415

        overview_views.register()
