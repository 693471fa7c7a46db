"""Who stands in for whom while somebody is away."""

from datetime import date

from imsinfo.staff.models import Absence


def standing_in(user_id: int, day: date) -> int:
    """Return who does the work of a member of staff on a day: themselves, or their deputy.

    A deputy may be away too; then it is the deputy's deputy. Where that goes round in a circle it
    is the first one who was asked for: nobody is here, and they know the work.
    """
    deputies = dict(
        Absence.objects.filter(first_day__lte=day, last_day__gte=day, deputy__is_active=True)
        .order_by("-pk")
        .values_list("user_id", "deputy_id")
    )
    at, seen = user_id, set()
    while at in deputies:
        if at in seen:
            return user_id
        seen.add(at)
        at = deputies[at]
    return at
