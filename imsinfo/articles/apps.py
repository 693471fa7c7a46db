from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "imsinfo.articles"

    def ready(self):
        from imsinfo.articles import checks  # noqa: F401, PLC0415 -- registers its check
