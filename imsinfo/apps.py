from django.apps import AppConfig


class ImsinfoConfig(AppConfig):
    name = "imsinfo"

    def ready(self):
        from imsinfo import databases  # noqa: F401, PLC0415 -- registers its check
