from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "imsinfo.articles"

    def ready(self):
        # Both need the models; the checks register themselves.
        from imsinfo.articles import checks, upkeep_views  # noqa: F401, PLC0415

        upkeep_views.register()
