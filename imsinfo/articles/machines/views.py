"""The addresses that programs ask for, and the page of changes that people read."""

from itertools import groupby

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from imsinfo.articles.library import get_library
from imsinfo.articles.machines.changes import change_notes
from imsinfo.articles.machines.feed import atom_feed
from imsinfo.articles.machines.sitemap import SiteMap
from imsinfo.articles.machines.texts import robots_text, security_text
from imsinfo.articles.pages import Crumb
from imsinfo.articles.views import readable_by_all
from imsinfo.clinic import get_clinic
from imsinfo.today import clinics_date

PLAIN_TEXT = "text/plain; charset=utf-8"


@readable_by_all
def changes(request):
    notes = change_notes(get_library())
    context = {
        "days": [(day, list(found)) for day, found in groupby(notes, lambda note: note.date)],
        "breadcrumbs": (Crumb("Home", "/"), Crumb("Changes", "")),
    }
    return render(request, "articles/changes.html", context)


@readable_by_all
def feed(request):
    text = atom_feed(get_library(), get_clinic(), settings.SITE_URL)
    return HttpResponse(text, content_type="application/atom+xml; charset=utf-8")


@readable_by_all
def sitemap(request):
    urls = SiteMap(get_library(), settings.SITE_URL).get_urls()
    return render(request, "sitemap.xml", {"urlset": urls}, content_type="application/xml")


@readable_by_all
def robots(request):
    return HttpResponse(robots_text(settings.SITE_URL), content_type=PLAIN_TEXT)


@readable_by_all
def security(request):
    text = security_text(get_clinic().security_uri, settings.SITE_URL, clinics_date())
    return HttpResponse(text, content_type=PLAIN_TEXT)
