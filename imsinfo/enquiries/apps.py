from django.apps import AppConfig


class EnquiriesConfig(AppConfig):
    name = "imsinfo.enquiries"

    def ready(self):
        # All need the models; the checks register themselves.
        from imsinfo.enquiries import checks, keys, overview_views  # noqa: F401, PLC0415
        from imsinfo.operating.readiness import add_need  # noqa: PLC0415

        overview_views.register()
        add_need(keys.keys_fault)
