"""Content problems in Django's own check: told, and never in the way of migrate or backup."""

from django.core.checks import Info, register

from imsinfo.articles.library import read_library
from imsinfo.problems import ContentError


@register
def check_content(app_configs, **kwargs):
    try:
        problems = read_library().problems
    except ContentError as error:
        problems = error.problems
    return [Info(str(problem), id="articles.I001") for problem in problems]
