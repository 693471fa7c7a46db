import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import connections
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from imsinfo.enquiries import reassign
from imsinfo.enquiries.models import Enquiry
from imsinfo.enquiries.moves import ChangedMeanwhile, changes_since, take
from imsinfo.enquiries.reassign import (
    Days,
    NotHandedOver,
    givers,
    hand_over,
    left_behind_warning,
)
from imsinfo.enquiries.workflow import Given
from imsinfo.staff.models import Absence, AuditEvent
from imsinfo.today import clinics_date

pytestmark = [pytest.mark.db, pytest.mark.django_db]
PAGE = "/admin/enquiries/enquiry/reassign/"
DAY = timedelta(days=1)


@pytest.fixture
def account(django_user_model):
    """Make an account that may work on enquiries, unless may says otherwise."""

    def make(name, may="work_on_enquiry", **changes):
        user = django_user_model.objects.create_user(name, **changes)
        user.user_permissions.set(Permission.objects.filter(codename=may))
        return user

    return make


@pytest.fixture
def people(account):
    return account("ada", first_name="Ada", last_name="Lane"), account("ben")


@pytest.fixture
def owned(make_enquiry):
    """Store an enquiry that somebody owns, in review unless another state is given."""
    return lambda owner, **changes: make_enquiry(**{"owner": owner, "state": "in-review"} | changes)


def away(user, deputy, first=0, last=0):
    today = clinics_date()
    return Absence.objects.create(
        user=user, deputy=deputy, first_day=today + first * DAY, last_day=today + last * DAY
    )


def closed(at):
    return {"state": "closed", "closed_reason": "withdrew", "closed_at": at}


def owners():
    return list(Enquiry.objects.order_by("pk").values_list("owner__username", flat=True))


def moved(giver, receiver, **changes):
    return hand_over(giver, receiver, None, timezone.now(), **changes)


def test_all_open_enquiries_of_one_go_to_the_other(people, owned):
    ada, ben = people
    for changes in ({}, {"state": "booked"}, {"state": "awaiting-clinician"}):
        owned(ada, **changes)
    assert moved(ada, ben) == reassign.HandedOver(3, ben)
    assert owners() == ["ben"] * 3


def test_closed_ones_and_those_of_others_stay(people, owned, account):
    ada, ben = people
    owned(ada, **closed(timezone.now()))
    owned(account("cy"))
    owned(None)
    assert (moved(ada, ben).count, owners()) == (0, ["ada", "cy", None])


def test_they_go_to_nobody(people, owned):
    owned(people[0])
    assert (moved(people[0], None), owners()) == (reassign.HandedOver(1, None), [None])


def test_nothing_but_the_owner_changes(people, owned):
    pk = owned(people[0], state="awaiting-patient", version=3).pk
    before = Enquiry.objects.values().get(pk=pk)
    moved(*people)
    after = Enquiry.objects.values().get(pk=pk)
    changed = {name: value for name, value in after.items() if value != before[name]}
    assert changed == {"owner_id": people[1].pk, "version": 4}


def test_each_enquiry_has_its_event(people, owned, admin_user):
    ada, ben = people
    references = [owned(ada).reference for _ in range(2)]
    now = timezone.now()
    hand_over(ada, ben, admin_user, now)
    events = AuditEvent.objects.values_list("reference", "action", "user", "detail", "at")
    detail = f"account {ada.pk} → account {ben.pk}"
    assert list(events) == [
        (reference, "reassigned", admin_user.pk, detail, now) for reference in references
    ]


def test_whoever_has_the_page_open_is_told_what_came_in_between(people, owned):
    ada, ben = people
    enquiry = owned(ada)
    moved(ada, ben)
    with pytest.raises(ChangedMeanwhile) as caught:
        take("claim", enquiry.pk, ada, Given(), enquiry.version)
    assert [event.action for event in caught.value.events] == ["reassigned"]
    enquiry.refresh_from_db()
    assert len(changes_since(enquiry, 0)) == enquiry.version == 1


def test_it_is_all_or_nothing(people, owned, monkeypatch):
    for _ in range(3):
        owned(people[0])
    events, record = iter([1, 1]), reassign.audit.record

    def fail_at_the_third(*args, **given):
        next(events)
        return record(*args, **given)

    monkeypatch.setattr(reassign.audit, "record", fail_at_the_third)
    with pytest.raises(StopIteration):
        moved(*people, away=Days(clinics_date(), clinics_date()))
    assert (owners(), AuditEvent.objects.count(), Absence.objects.count()) == (["ada"] * 3, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_hand_each_enquiry_over_once(people, owned, account):
    for _ in range(5):
        owned(people[0])
    receivers, counts, start = [people[1], account("cy")], [], threading.Barrier(2)

    def run(receiver):
        start.wait()
        try:
            counts.append(moved(people[0], receiver).count)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[receiver]) for receiver in receivers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sorted(counts), len(set(owners()))) == ([0, 5], 1)
    assert set(Enquiry.objects.values_list("version", flat=True)) == {1}
    assert AuditEvent.objects.count() == 5


def test_who_stands_in_gets_what_is_meant_for_somebody_away(people, owned, account):
    ada, ben = people
    cy = account("cy")
    away(ben, cy)
    owned(ada)
    assert (moved(ada, ben), owners()) == (reassign.HandedOver(1, cy), ["cy"])


@pytest.mark.parametrize(
    ("deputy", "told"),
    [
        ("ada", "ben is away, and Ada Lane stands in, who has them already"),
        ("reader", "ben is away, and reader stands in, who may not work on enquiries"),
    ],
)
def test_a_deputy_who_cannot_have_them_is_told(people, owned, account, deputy, told):
    reader = account("reader", may="view_enquiry")
    away(people[1], people[0] if deputy == "ada" else reader)
    owned(people[0])
    with pytest.raises(NotHandedOver, match=told):
        moved(*people)
    assert owners() == ["ada"]


@pytest.mark.parametrize("changes", [{"may": "view_enquiry"}, {"is_active": False}])
def test_nobody_gets_them_who_may_not_work_on_them(people, owned, account, changes):
    owned(people[0])
    with pytest.raises(NotHandedOver, match="cy may not work on enquiries: choose somebody else"):
        moved(people[0], account("cy", **changes))


def test_nobody_gets_their_own(people, owned):
    owned(people[0])
    with pytest.raises(NotHandedOver, match="They have them already"):
        moved(people[0], people[0])


def test_givers_are_those_who_own_open_ones_inactive_ones_too(people, owned, account):
    left = account("left", is_active=False)
    for owner, changes in [
        *((people[0], {}), (people[0], {"state": "booked"}), (left, {})),
        *((people[0], closed(timezone.now())), (people[1], closed(timezone.now()))),
    ]:
        owned(owner, **changes)
    assert givers() == {people[0]: 2, left: 1}


def test_staff_are_warned_of_enquiries_whose_owner_has_left(people, owned, account):
    owned(people[0])
    assert left_behind_warning() == ""
    owned(account("left", is_active=False))
    told = "1 open enquiry belongs to left, who has no active account: hand them over."
    assert left_behind_warning() == told
    owned(account("gone", is_active=False, first_name="Gia", last_name="Roe"))
    told = "2 open enquiries belong to Gia Roe, left, who have no active account: hand them over."
    assert left_behind_warning() == told


def sent(giver, receiver, **changes):
    given = {"giver": giver.pk, "receiver": getattr(receiver, "pk", receiver)}
    return given | changes


@pytest.fixture
def manager(staff_client):
    return staff_client("Manager")


def test_page_offers_who_has_open_enquiries_and_who_can_get_them(manager, people, owned, account):
    ada, ben = people
    away(ben, ada, 0, 3)
    account("reader", may="view_enquiry")
    owned(ada)
    owned(account("left", is_active=False))
    form = manager.get(PAGE).context["form"]
    until = f"{clinics_date() + 3 * DAY:%-d %B %Y}"
    assert [label for _, label in form.fields["giver"].choices] == [
        *("Choose", "Ada Lane (1 open)", "left (1 open, no active account)")
    ]
    assert [label for _, label in form.fields["receiver"].choices] == [
        *("Choose", "Ada Lane", f"ben (away until {until})", manager.user.username),
        "Nobody: until somebody takes them",
    ]


def test_a_manager_hands_over(manager, people, owned):
    owned(people[0])
    response = manager.post(PAGE, sent(*people), follow=True)
    assertContains(response, "1 enquiry handed over.")
    assert (response.redirect_chain, owners()) == ([(PAGE, 302)], ["ben"])
    [event] = AuditEvent.objects.filter(action="reassigned")
    assert event.user == manager.user


def test_a_manager_gives_them_to_nobody(manager, people, owned):
    owned(people[0])
    owned(people[0])
    assertContains(
        manager.post(PAGE, sent(people[0], "nobody"), follow=True), "2 enquiries handed over."
    )
    assert owners() == [None, None]


def test_a_manager_is_told_that_the_deputy_has_them(manager, people, owned, account):
    away(people[1], account("cy"))
    owned(people[0])
    response = manager.post(PAGE, sent(*people), follow=True)
    assertContains(response, "1 enquiry handed over to the deputy: whom you chose is away.")


def test_a_holiday_is_noted_with_its_deputy(manager, people, owned):
    first, last = clinics_date() + DAY, clinics_date() + 7 * DAY
    owned(people[0])
    response = manager.post(PAGE, sent(*people, first_day=first, last_day=last), follow=True)
    assertContains(response, "1 enquiry handed over. The days away are noted.")
    [noted] = Absence.objects.values_list("user", "deputy", "first_day", "last_day")
    assert noted == (people[0].pk, people[1].pk, first, last)
    [event] = AuditEvent.objects.filter(action="absence")
    assert (event.user, event.detail) == (manager.user, f"account {people[0].pk}: added")


MISTAKES = [
    ({"giver": ""}, "giver", "Choose whose enquiries go to somebody else."),
    ({"giver": "999999"}, "giver", "They have no open enquiries any more: choose somebody else."),
    ({"receiver": ""}, "receiver", "Choose who gets them."),
    ({"first_day": "soon"}, "first_day", "Enter a day such as 2026-11-21."),
    ({"first_day": "2026-12-01"}, "last_day", "Enter both days, or neither of them."),
    ({"last_day": "2026-12-01"}, "first_day", "Enter both days, or neither of them."),
    (
        {"first_day": "2026-12-02", "last_day": "2026-12-01"},
        *("last_day", "The last day comes before the first one."),
    ),
    (
        {"first_day": "2026-12-01", "last_day": "2026-12-02", "receiver": "nobody"},
        *("receiver", "Choose who stands in while they are away."),
    ),
]


@pytest.mark.parametrize(("changes", "field", "told"), MISTAKES)
def test_a_mistake_is_told_and_changes_nothing(manager, people, owned, changes, field, told):
    owned(people[0])
    response = manager.post(PAGE, sent(*people) | changes)
    assert (response.status_code, response.context["form"].errors) == (422, {field: [told]})
    assert (owners(), Absence.objects.count()) == (["ada"], 0)


def test_what_cannot_be_handed_over_is_told_beside_the_receiver(manager, people, owned):
    owned(people[0])
    response = manager.post(PAGE, sent(people[0], people[0]))
    assertContains(response, "Nothing was handed over. Correct what is marked.", status_code=422)
    told = "They have them already: choose somebody else."
    assert response.context["form"].errors == {"receiver": [told]}


def test_page_says_that_nobody_has_any(manager):
    response = manager.get(PAGE)
    assertContains(response, "Nobody has an open enquiry now")
    assertNotContains(response, "Hand over all")


@pytest.mark.parametrize("role", ["Reader", "Triage", "Clinician", "Editor"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_only_managers_hand_over(staff_client, people, owned, role, method):
    owned(people[0])
    response = getattr(staff_client(role), method)(PAGE, sent(*people))
    assert (response.status_code, owners()) == (403, ["ada"])


def test_days_away_are_noted_by_those_alone_who_may(staff_client, people, owned):
    client = staff_client("Reader")
    client.user.user_permissions.set(Permission.objects.filter(codename="reassign_enquiries"))
    owned(people[0])
    assert list(client.get(PAGE).context["form"].fields) == ["giver", "receiver"]
    day = clinics_date()
    client.post(PAGE, sent(*people, first_day=day, last_day=day))
    assert (owners(), Absence.objects.count()) == (["ben"], 0)


def test_page_has_its_name():
    assert reverse("admin:enquiries_enquiry_reassign") == PAGE


def test_page_shows_no_markup_out_of_a_name(manager, people, owned, account):
    owned(account("<b>x</b>"))
    assertContains(manager.get(PAGE), "&lt;b&gt;x&lt;/b&gt; (1 open)")


def test_page_asks_the_database_as_often_for_many_as_for_few(
    manager, people, owned, account, django_assert_max_num_queries
):
    for number in range(20):
        owned(account(f"desk-{number}"))
    with django_assert_max_num_queries(15):
        manager.get(PAGE)


@pytest.fixture
def said(capsys):
    def run(*arguments):
        call_command("reassign_enquiries", *arguments)
        return capsys.readouterr().out

    return run


def test_the_command_hands_over(said, people, owned):
    owned(people[0])
    assert said("ada", "ben") == "1 enquiry handed over to ben.\n"
    assert said("ben", "--to-nobody") == "1 enquiry handed over to nobody.\n"
    assert said("ben", "ada") == "0 enquiries handed over to Ada Lane.\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("ada",), "Name who gets them, or give --to-nobody; one of the two."),
        (("ada", "ben", "--to-nobody"), "Name who gets them, or give --to-nobody; one of the two."),
        (("ada", "ada"), "They have them already: choose somebody else."),
        (("x", "ada"), "There is no account “x”. Accounts with open enquiries: ada (1)."),
        (("ada", "x"), "There is no account “x”. Accounts with open enquiries: ada (1)."),
    ],
)
def test_the_command_says_what_is_wrong(people, owned, arguments, told):
    owned(people[0])
    with pytest.raises(CommandError) as caught:
        call_command("reassign_enquiries", *arguments)
    assert (str(caught.value), owners()) == (told, ["ada"])
