"""Who stands in for whom while somebody is away."""

from datetime import date

from imsinfo.staff.models import Absence


def standing_in(user_id: int, day: date) -> int:
    """Return who does the work of a member of staff on a day: themselves, or their deputy.

    A deputy may be away too; then it is the deputy's deputy. Where that goes round in a circle it
    is the first one who was asked for: nobody is here, and they know the work.
    """
    return _at_the_end(user_id, _deputies(day))


def whose_work(user_id: int, day: date) -> set[int]:
    """Return whose work somebody does on a day: their own, and that of those they stand in for."""
    deputies = _deputies(day)
    return {user_id} | {each for each in deputies if _at_the_end(each, deputies) == user_id}


def away_on(day: date) -> dict[int, date]:
    """Return who is away on a day, by account, and their last day away."""
    absent = Absence.objects.filter(first_day__lte=day, last_day__gte=day).order_by("last_day")
    return dict(absent.values_list("user_id", "last_day"))


def _deputies(day: date) -> dict[int, int]:
    """Return who was named to stand in on a day, by who is away."""
    return dict(
        Absence.objects.filter(first_day__lte=day, last_day__gte=day, deputy__is_active=True)
        .order_by("-pk")
        .values_list("user_id", "deputy_id")
    )


def _at_the_end(user_id: int, deputies: dict[int, int]) -> int:
    at, seen = user_id, set()
    while at in deputies:
        if at in seen:
            return user_id
        seen.add(at)
        at = deputies[at]
    return at
