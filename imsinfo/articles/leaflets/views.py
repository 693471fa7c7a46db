"""The list of leaflets, and the leaflet of questions."""

from django.http import Http404
from django.shortcuts import render

from imsinfo.articles.leaflets import QUESTIONS_TO_ASK, get_questions, leaflets
from imsinfo.articles.library import get_library
from imsinfo.articles.pages import Crumb
from imsinfo.articles.views import readable_by_all

HOME, LIST = Crumb("Home", "/"), "Leaflets to print"


@readable_by_all
def index(request):
    unavailable = () if get_questions() else (QUESTIONS_TO_ASK.url,)
    context = {
        "leaflets": tuple(leaflets(get_library(), unavailable)),
        "breadcrumbs": (HOME, Crumb(LIST, "")),
    }
    return render(request, "articles/leaflets.html", context)


@readable_by_all
def questions(request):
    body = get_questions()
    if body is None:
        raise Http404("No such page.")
    title = QUESTIONS_TO_ASK.title
    context = {
        "leaflet": QUESTIONS_TO_ASK,
        "body": body,
        "breadcrumbs": (HOME, Crumb(LIST, "/leaflets/"), Crumb(title, "")),
    }
    return render(request, "articles/questions_to_ask.html", context)
