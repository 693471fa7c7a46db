from django.apps import AppConfig


class EnquiriesConfig(AppConfig):
    name = "imsinfo.enquiries"

    def ready(self):
        from imsinfo.enquiries import checks  # noqa: F401, PLC0415 -- registers its check
