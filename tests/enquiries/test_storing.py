import threading
from uuid import uuid4

import pytest
from django.db import connection, connections

from imsinfo.enquiries import storing
from imsinfo.enquiries.models import Enquiry
from imsinfo.enquiries.storing import KEPT, OtherAnswers, store

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


@pytest.mark.django_db(transaction=True)
def test_store_keeps_every_answer():
    answers = cleaned(message="Zwölf Jahre 👍", doctor_first=True, doctor_first_signs=["a"])
    enquiry = Enquiry.objects.get(pk=store(answers, "2026-11", "I agree.").pk)
    given = {name: answers[name] for name in KEPT if name in answers}
    assert {name: getattr(enquiry, name) for name in given} == given


@pytest.mark.django_db(transaction=True)
def test_the_same_id_and_answers_give_the_same_enquiry():
    answers = cleaned()
    assert [store(answers, "2026-11", "I agree.").pk for _ in range(3)] == [
        Enquiry.objects.get().pk
    ] * 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["name", "email", "area", "message", "help_needed"])
def test_the_same_id_with_other_answers_is_not_taken_for_the_first(name):
    answers = cleaned()
    first = store(answers, "2026-11", "I agree.")
    with pytest.raises(OtherAnswers) as caught:
        store(answers | {name: "something else"}, "2026-11", "I agree.")
    assert caught.value.existing == first


@pytest.mark.django_db(transaction=True)
def test_a_correction_names_the_enquiry_that_it_corrects():
    first = store(cleaned(), "2026-11", "I agree.")
    second = store(cleaned(corrects=first.submission_id), "2026-11", "I agree.")
    assert second.corrects == first


@pytest.mark.django_db(transaction=True)
def test_a_reference_that_is_taken_is_drawn_again(monkeypatch):
    field = Enquiry._meta.get_field("reference")
    monkeypatch.setattr(field, "_get_default", lambda: "CCC-CCC-CCCC", raising=False)
    monkeypatch.setattr(storing, "new_reference", lambda: "DDD-DDD-DDDD")
    references = [store(cleaned(), "2026-11", "I agree.").reference for _ in range(2)]
    assert references == ["CCC-CCC-CCCC", "DDD-DDD-DDDD"]


@pytest.mark.django_db(transaction=True)
def test_eight_sends_at_once_are_one_enquiry():
    answers, references, start = cleaned(), [], threading.Barrier(8)

    def send():
        start.wait()
        try:
            references.append(store(answers, "2026-11", "I agree.").reference)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert references == [Enquiry.objects.get().reference] * 8


@pytest.mark.django_db(transaction=True)
def test_store_has_committed_when_it_returns():
    reference = store(cleaned(), "2026-11", "I agree.").reference
    assert not connection.in_atomic_block
    connection.close()
    assert Enquiry.objects.get().reference == reference
