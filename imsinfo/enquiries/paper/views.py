"""The enquiry for pen and paper. Nothing is sent from this page, and nothing is stored."""

from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from imsinfo.enquiries import wording
from imsinfo.enquiries.paper import paper_sections, sign_lists, who_question
from imsinfo.enquiries.views import published


# Exempt, because nothing here changes anything: a POST is told 405, not 403. Search engines may
# lead here: unlike the later steps of the form, this page asks for the warning signs itself.
@csrf_exempt
@require_safe
@published
def paper(request):
    emergency, today, doctor_first = sign_lists()
    context = {
        "ask_for_signs": wording.SIGNS,
        "emergency": emergency,
        "today": today,
        "doctor_first": doctor_first,
        "who": who_question(),
        "sections": paper_sections(),
    }
    return render(request, "enquiries/paper.html", context)
