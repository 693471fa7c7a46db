from django.urls import path

from imsinfo.enquiries import views
from imsinfo.enquiries.paper.views import paper

app_name = "enquiries"
someone = {"for_someone": True}
flagged = {"is_doctor_first": True}

urlpatterns = [
    path("", views.start, name="start"),
    path("on-paper/", paper, name="paper"),
    # Where a sign or an answer ends the enquiry.
    path("emergency/", views.stop, {"name": "emergency"}, name="emergency"),
    path("today/", views.stop, {"name": "today"}, name="today"),
    path("under-18/", views.stop, {"name": "under_18"}, name="under_18"),
    path("agreement/", views.stop, {"name": "agreement"}, name="agreement"),
    # Where it goes on.
    path("doctor-first/", views.doctor_first, name="doctor_first"),
    path("doctor-first/someone/", views.doctor_first, someone, name="doctor_first_for_someone"),
    path("questions/", views.questions, name="questions"),
    path("questions/someone/", views.questions, someone, name="questions_for_someone"),
    path("questions/doctor-first/", views.questions, flagged, name="flagged_questions"),
    path(
        "questions/doctor-first/someone/",
        views.questions,
        someone | flagged,
        name="flagged_questions_for_someone",
    ),
    path("check/", views.check, name="check"),
    path("send/", views.send, name="send"),
    path("sent/", views.sent, name="sent"),
]
