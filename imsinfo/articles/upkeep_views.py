"""For editors among the staff: a panel of the overview, and the list of all pages behind it."""

from django.contrib import admin
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from imsinfo.articles.upkeep import SOON, get_upkeep
from imsinfo.charts import Row, bars

PERMISSION = "staff.view_pagereport"
# Below the panels about people.
PLACE = 50


def register() -> None:
    """Put the panel on the overview, and the list at /admin/pages/."""
    admin.site.add_panel(upkeep_panel, PLACE)  # type: ignore[attr-defined]
    admin.site.add_page("pages/", pages, PERMISSION)  # type: ignore[attr-defined]


def upkeep_panel(request):
    if not request.user.has_perm(PERMISSION):
        return ""
    found = get_upkeep()
    parts = tuple(found.count_due(due) for due in ("overdue", "soon", "later"))
    overdue, soon, later = parts
    context = {
        "overdue": overdue,
        "soon": soon,
        "later": later,
        "days": SOON.days,
        "drafts": found.drafts,
        "unsigned": found.unsigned,
        "faults": len(found.faults),
        "chart": bars(
            [Row("Pages", parts, str(sum(parts)))],
            ("Review overdue", f"Due within {SOON.days} days", "Due later"),
        ),
    }
    return render_to_string("articles/admin/upkeep.html", context)


@require_safe
def pages(request):
    """Every page that is served, and every draft, with what there is to do for it."""
    found = get_upkeep()
    context = admin.site.each_context(request) | {
        "title": "Pages",
        "upkeep": found,
        "others": found.others,
    }
    return TemplateResponse(request, "articles/admin/pages.html", context)
