import time
from uuid import uuid4

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from imsinfo.enquiries import storing
from imsinfo.enquiries.models import KEPT, Enquiry, LookupHash, OutgoingMail
from imsinfo.enquiries.spam import Verdict
from imsinfo.enquiries.storing import SAME_FOR, OtherAnswers, Submission, store
from imsinfo.staff.models import AuditEvent
from imsinfo.throttle import Limit, ThrottleFault, TooMany
from tests.at_once import at_once

pytestmark = pytest.mark.db


def cleaned(**changes):
    given = {
        "submission_id": uuid4(),
        "area": "neck",
        "duration": "over-a-year",
        "caution": "no",
        "name": "Zora Quillfeather",
        "reply_by": "email",
        "email": "zora@example.org",
        "place": "clinic",
    }
    return given | changes


def send(answers, **changes):
    given = {"consent_version": "2026-11", "consent_text": "I agree.", "verdict": Verdict(())}
    return store(Submission(answers, **given | changes), time.monotonic())


@pytest.mark.django_db(transaction=True)
def test_store_keeps_every_answer():
    answers = cleaned(message="Zwölf Jahre 👍", doctor_first=True, doctor_first_signs=["a"])
    enquiry = Enquiry.objects.get(pk=send(answers).pk)
    given = {name: answers[name] for name in KEPT if name in answers}
    assert {name: getattr(enquiry, name) for name in given} == given


@pytest.mark.django_db(transaction=True)
def test_the_same_id_and_answers_give_the_same_enquiry():
    answers = cleaned()
    assert [send(answers).pk for _ in range(3)] == [Enquiry.objects.get().pk] * 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["name", "email", "area", "message", "help_needed"])
def test_the_same_id_with_other_answers_is_not_taken_for_the_first(name):
    answers = cleaned()
    first = send(answers)
    with pytest.raises(OtherAnswers) as caught:
        send(answers | {name: "something else"})
    assert caught.value.existing == first


@pytest.mark.django_db(transaction=True)
def test_a_correction_names_the_enquiry_that_it_corrects():
    first = send(cleaned())
    second = send(cleaned(corrects=first.submission_id))
    assert second.corrects == first


@pytest.mark.django_db(transaction=True)
def test_a_reference_that_is_taken_is_drawn_again(monkeypatch):
    field = Enquiry._meta.get_field("reference")
    monkeypatch.setattr(field, "_get_default", lambda: "CCC-CCC-CCCC", raising=False)
    monkeypatch.setattr(storing, "new_reference", lambda: "DDD-DDD-DDDD")
    references = [send(cleaned(message=str(each))).reference for each in range(2)]
    assert references == ["CCC-CCC-CCCC", "DDD-DDD-DDDD"]


@pytest.mark.django_db(transaction=True)
def test_eight_sends_at_once_are_one_enquiry():
    answers = cleaned()
    references = at_once(8, lambda: [send(answers).reference])
    assert references == [Enquiry.objects.get().reference] * 8


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_correction", [False, True])
def test_the_same_answers_that_another_worker_stores_meanwhile_are_one(monkeypatch, is_correction):
    answers = cleaned()
    if is_correction:
        answers |= {"corrects": send(cleaned()).submission_id, "area": "hand"}
    inserted, other = storing._inserted, []

    def late(enquiry, limits):
        # Nothing was found, and the other worker is first to write.
        monkeypatch.setattr(storing, "_inserted", inserted)
        again = Submission(answers | {"submission_id": uuid4()}, "2026-11", "I agree.", Verdict(()))
        other.append(storing._stored(again, ()))
        return inserted(enquiry, limits)

    monkeypatch.setattr(storing, "_inserted", late)
    assert send(answers) == other[0]
    assert Enquiry.objects.filter(area=answers["area"]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_answers_sent_at_once_under_eight_ids_are_one_enquiry():
    answers = cleaned()
    references = at_once(8, lambda: [send(answers | {"submission_id": uuid4()}).reference])
    assert (len(references), len(set(references)), Enquiry.objects.count()) == (8, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_store_has_committed_when_it_returns():
    reference = send(cleaned()).reference
    assert not connection.in_atomic_block
    connection.close()
    assert Enquiry.objects.get().reference == reference


@pytest.mark.django_db(transaction=True)
def test_all_that_belongs_to_an_enquiry_is_stored_with_it():
    enquiry = send(cleaned(phone="604 555 0177", wants_receipt=True))
    [event] = AuditEvent.objects.all()
    assert (event.reference, event.action, event.user) == (enquiry.reference, "received", None)
    assert sorted(enquiry.mails.values_list("kind", flat=True)) == ["receipt", "staff"]
    assert sorted(enquiry.hashes.values_list("kind", flat=True)) == [
        *("answers", "email", "name", "name", "phone")
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("model", [LookupHash, OutgoingMail, AuditEvent])
def test_an_enquiry_is_stored_with_all_that_belongs_to_it_or_not_at_all(monkeypatch, model):
    def fail(*args, **kwargs):
        raise OperationalError("disk full")

    monkeypatch.setattr(model.objects, "bulk_create", fail)
    monkeypatch.setattr(model.objects, "create", fail)
    with pytest.raises(OperationalError):
        send(cleaned())
    assert Enquiry.objects.count() + AuditEvent.objects.count() + OutgoingMail.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_correction_is_told_as_one():
    first = send(cleaned())
    send(cleaned(corrects=first.submission_id))
    assert [event.action for event in AuditEvent.objects.all()] == ["received", "corrected"]


def limit(most):
    return Limit("enquiries", "192.0.2.1", most, 600)


@pytest.mark.django_db(transaction=True)
def test_too_many_of_one_client_are_not_stored():
    send(cleaned(), limits=[limit(1)])
    with pytest.raises(TooMany):
        send(cleaned(message="Another"), limits=[limit(1)])
    assert Enquiry.objects.count() == OutgoingMail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_only_stored_enquiries_count():
    answers = cleaned()
    references = {send(answers, limits=[limit(1)]).reference for _ in range(3)}
    assert len(references) == 1


@pytest.mark.django_db(transaction=True)
def test_an_enquiry_is_stored_although_the_counting_fails(monkeypatch):
    def fail(*args):
        raise ThrottleFault

    monkeypatch.setattr(storing.throttle, "count", fail)
    assert send(cleaned(), limits=[limit(1)]) == Enquiry.objects.get()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fault", [OperationalError, InterfaceError])
def test_a_failing_database_is_asked_once_more(monkeypatch, fault):
    tries = []
    inserted = storing._inserted

    def fail_once(*args):
        tries.append(args)
        if len(tries) == 1:
            raise fault("gone")
        return inserted(*args)

    monkeypatch.setattr(storing, "_inserted", fail_once)
    assert (send(cleaned()), len(tries)) == (Enquiry.objects.get(), 2)


@pytest.mark.django_db(transaction=True)
def test_the_verdict_on_spam_is_stored_and_turns_nobody_away():
    enquiry = send(cleaned(), verdict=Verdict(("trap", "link")))
    stored = Enquiry.objects.get(pk=enquiry.pk)
    assert (stored.suspected_spam, stored.spam_reasons) == (True, "trap link")


@pytest.mark.django_db(transaction=True)
def test_all_the_same_answers_under_a_new_id_are_the_same_enquiry():
    first = send(cleaned(message="Zwölf Jahre", doctor_first_signs=["a", "b"]))
    again = send(cleaned(message="Zwölf Jahre", doctor_first_signs=["a", "b"]))
    assert (again, Enquiry.objects.count(), AuditEvent.objects.count()) == (first, 1, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("changes", [{"message": "x"}, {"phone": "604 555 0177"}, {"area": "hip"}])
def test_other_answers_under_a_new_id_are_another_enquiry(changes):
    send(cleaned())
    send(cleaned(**changes))
    assert Enquiry.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "changes",
    [
        {"received_at": timezone.now() - SAME_FOR},
        {"state": "closed", "closed_reason": "spam", "closed_at": timezone.now()},
    ],
)
def test_the_same_answers_later_or_after_the_end_are_another_enquiry(changes):
    send(cleaned())
    Enquiry.objects.update(**changes)
    send(cleaned())
    assert Enquiry.objects.count() == 2
