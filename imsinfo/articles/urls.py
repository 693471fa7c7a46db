from django.urls import path

from imsinfo.articles import views

app_name = "articles"

urlpatterns = [
    path("", views.page, name="home"),
    path("<path:path>", views.page, name="page"),
]
