"""The panels of the overview that tell of enquiries: each a drawing with its table."""

from pathlib import Path

from django.conf import settings
from django.contrib import admin
from django.template.loader import render_to_string
from django.utils import timezone

from imsinfo.charts import Row, bars, fields
from imsinfo.clinic import get_clinic
from imsinfo.enquiries import overview, safety_stops
from imsinfo.enquiries.backup_age import TOO_OLD, age_in_words, newest_backup
from imsinfo.enquiries.small_numbers import FEWEST
from imsinfo.today import clinics_date

# Weeks, counted back from that of today.
CONTACT_WEEKS, AREA_WEEKS, STOP_WEEKS = 12, 8, 8
LONGEST_NAME = 30  # letters, in a drawing


def register() -> None:
    """Put the panels on the overview, what is to be done first."""
    panels = (open_panel, mail_panel, contact_panel, area_panel, stop_panel, backup_panel)
    for place, draw in enumerate(panels, start=1):
        admin.site.add_panel(draw, place)  # type: ignore[attr-defined]


def open_panel(request):
    """What stands in the queue, for all who may see it."""
    if not request.user.has_perm("enquiries.view_enquiry"):
        return ""
    states = overview.open_by_state(clinics_date())
    rows = [
        Row(each.state.label, (each.late, each.due_today, each.in_time), str(each.all))
        for each in states
    ]
    context = {
        "states": states,
        "all": sum(each.all for each in states),
        "late": sum(each.late for each in states),
        "due_today": sum(each.due_today for each in states),
        "chart": bars(rows, ("Late", "Due today", "In time")),
    }
    return render_to_string("enquiries/admin/overview/open.html", context)


def contact_panel(request):
    """How fast people are contacted, against what they were promised."""
    if not request.user.has_perm("enquiries.see_reports"):
        return ""
    clinic = get_clinic()
    weeks = overview.first_contacts(clinic, clinics_date(), CONTACT_WEEKS)
    promised = clinic.reply_working_days
    legend = ("Half are reached by here", "The slowest of the week")
    context = {
        "weeks": weeks,
        "promised": promised,
        "reply_time": clinic.reply_time,
        "chart": bars([_row_of_contact(week) for week in weeks], legend, mark=promised),
        "without": sum(week.without for week in weeks),
    }
    return render_to_string("enquiries/admin/overview/first_contact.html", context)


def area_panel(request):
    """What people ask about, in numbers from which nobody can be picked out."""
    if not request.user.has_perm("enquiries.see_reports"):
        return ""
    found = overview.by_area(get_clinic(), clinics_date(), AREA_WEEKS)
    context = {"weeks": found.mondays, "fewest": FEWEST, "told": found.told}
    if found.told:
        rows = list(zip(found.areas, found.told.cells, found.told.rows, strict=True))
        names = [(_briefly(area.label), cells) for area, cells, _ in rows]
        ends = (_day(found.mondays[0]), _day(found.mondays[-1]))
        legend = ("Enquiries of a week", f"Fewer than {FEWEST} in a week")
        context |= {"rows": rows, "chart": fields(names, legend, ends)}
    return render_to_string("enquiries/admin/overview/areas.html", context)


def stop_panel(request):
    """How often the form has sent people elsewhere at once."""
    if not request.user.has_perm("enquiries.see_reports"):
        return ""
    weeks = overview.mondays(clinics_date(), STOP_WEEKS)
    counts = [
        tuple(each[level] for level in safety_stops.LEVELS) for each in safety_stops.counts(weeks)
    ]
    rows = [
        Row(_day(monday), each, str(sum(each))) for monday, each in zip(weeks, counts, strict=True)
    ]
    context = {
        "rows": list(zip(weeks, counts, strict=True)),
        "all": sum(sum(each) for each in counts),
        "chart": bars(rows, ("Emergency", "Help today", "Under 18")),
    }
    return render_to_string("enquiries/admin/overview/stops.html", context)


def mail_panel(request):
    """What has not gone out; the warning above the panels says what to do about it."""
    if not request.user.has_perm("enquiries.view_enquiry"):
        return ""
    unsent = overview.unsent_mail(timezone.now())
    parts = (unsent.given_up, unsent.late, unsent.waiting - unsent.late)
    rows = [Row("Mails", parts, str(sum(parts)))]
    context = {
        "unsent": unsent,
        "in_time": unsent.waiting - unsent.late,
        "chart": bars(rows, ("Given up", "Late", "Waiting, in time")),
    }
    return render_to_string("enquiries/admin/overview/mail.html", context)


def backup_panel(request):
    """How old the newest backup is; where backups lie is no concern of staff."""
    if not request.user.has_perm("enquiries.see_reports"):
        return ""
    folder = Path(settings.BACKUP_DIR)
    context = {"folder": folder.name, "hours": int(TOO_OLD.total_seconds() // 3600)}
    try:
        newest = newest_backup(folder)
    except OSError:
        context |= {"is_unreadable": True}
    else:
        age = timezone.now() - newest if newest else None
        context |= {
            "age": age_in_words(age) if age is not None else "",
            "is_old": age is None or age > TOO_OLD,
        }
    return render_to_string("enquiries/admin/overview/backup.html", context)


def _row_of_contact(week: overview.WeekOfContact) -> Row:
    if week.median is None or week.slowest is None:
        return Row(_day(week.monday), (0, 0), "none yet" if week.without else "–")
    told = f"{week.median:g}, at most {week.slowest}"
    return Row(_day(week.monday), (week.median, week.slowest - week.median), told)


def _briefly(label: str) -> str:
    """A name that fits above its columns: the first of several words for a place."""
    return label if len(label) <= LONGEST_NAME else label.partition(" or ")[0]


def _day(monday) -> str:
    return f"{monday:%-d %b}"
