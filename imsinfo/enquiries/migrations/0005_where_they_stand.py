from datetime import timedelta

from django.db import migrations
from django.db.models import F


def stand(apps, schema_editor):
    """Give those that were stored before owners and due days a place in the queue.

    The due day counts days as they come, without clinic.yaml: early rather than late.
    """
    Enquiry = apps.get_model("enquiries", "Enquiry")
    Enquiry.objects.update(state_since=F("received_at"))
    Enquiry.objects.exclude(closed_at=None).update(state_since=F("closed_at"))
    for enquiry in Enquiry.objects.exclude(state="closed").only(
        "doctor_first", "caution", "state", "received_at"
    ).iterator():
        flagged = enquiry.doctor_first or enquiry.caution != "no"
        state = "awaiting-clinician" if flagged and enquiry.state == "new" else enquiry.state
        due_on = enquiry.received_at.date() + timedelta(days=1 if flagged else 2)
        Enquiry.objects.filter(pk=enquiry.pk).update(state=state, due_on=due_on)


class Migration(migrations.Migration):

    dependencies = [("enquiries", "0004_desk")]

    operations = [migrations.RunPython(stand, migrations.RunPython.noop)]
