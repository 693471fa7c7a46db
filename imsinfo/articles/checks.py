"""Content problems in Django's own check: told, and never in the way of migrate or backup."""

from django.core.checks import Info, register

from imsinfo.today import clinics_date


@register
def check_content(app_configs, **kwargs):
    """Warnings are left to manage.py check_content: they would stand at every start."""
    from imsinfo.articles.proofreading import proofread  # noqa: PLC0415 -- no visit needs it

    faults = (problem for problem in proofread(clinics_date()) if not problem.is_warning)
    return [Info(str(fault), id="articles.I001") for fault in faults]
