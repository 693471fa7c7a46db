from django.urls import path

from imsinfo.articles import views
from imsinfo.articles.bibliography import views as bibliography
from imsinfo.articles.leaflets import views as leaflets
from imsinfo.articles.machines import views as machines
from imsinfo.articles.search.views import search

app_name = "articles"

urlpatterns = [
    path("", views.page, name="home"),
    path("style-guide/", views.style_guide, name="style-guide"),
    path("style-guide/<slug:entry_id>/", views.style_guide, name="style-guide-entry"),
    path("search/", search, name="search"),
    path("changes/", machines.changes, name="changes"),
    path("references/", bibliography.index, name="references"),
    path("references/<slug:group_id>/", bibliography.part, name="references-part"),
    path("references/<slug:group_id>/<int:number>/", bibliography.part, name="references-part"),
    path("leaflets/", leaflets.index, name="leaflets"),
    path("leaflets/questions-to-ask/", leaflets.questions, name="questions-to-ask"),
    path("feed.xml", machines.feed, name="feed"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("robots.txt", machines.robots, name="robots"),
    path(".well-known/security.txt", machines.security, name="security"),
    path("<path:path>", views.page, name="page"),
]
