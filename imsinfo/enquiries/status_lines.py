"""What an operator must know of the enquiries: keys, mail, backups, daily work, clock.

Counts, ages and fingerprints alone: nothing that anybody typed, and no reference.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Min
from django.utils import timezone

from imsinfo.enquiries import retention_warnings
from imsinfo.enquiries.backup_age import TOO_OLD, age_in_words, newest_backup
from imsinfo.enquiries.backups import BackupFault, folder, journal
from imsinfo.enquiries.backups.keys import fingerprint
from imsinfo.enquiries.backups.replay import came_back
from imsinfo.enquiries.backups.sealed import Manifest, read_manifest
from imsinfo.enquiries.choices import MailKind
from imsinfo.enquiries.clock import clock_fault
from imsinfo.enquiries.keys import keys_fault, stored_state
from imsinfo.enquiries.models import Enquiry, OutgoingMail
from imsinfo.enquiries.overview import unsent_mail
from imsinfo.operating.status import Line, Mark, tells
from imsinfo.staff.choices import AuditAction
from imsinfo.staff.models import AuditEvent

DIGEST_PAUSE = timedelta(days=8)  # It comes every week, whatever there is to tell.


@tells(20, "keys", needs_database=True)
def keys_line() -> Iterator[Line]:
    """Tell how many keys there are, by their fingerprints, and whether they read what is stored."""
    told = ", ".join(_fingerprint(key) for key in settings.FIELD_KEYS)
    told = f"{len(settings.FIELD_KEYS)} in FIELD_KEYS ({told})"
    if fault := keys_fault():
        repair = "give back the keys that a backup names, or see OLD_KEYS_LOST in the README"
        yield Line("keys", Mark.FAULT, f"{told}: {fault}", repair)
        return
    state = stored_state()
    if state.unreadable:
        mark = Mark.LOOK if settings.OLD_KEYS_LOST else Mark.FAULT
        told = f"{told}; {state.unreadable} of {state.read} values can be read with none"
        yield Line("keys", mark, told, "add the key that they were stored with")
    elif state.older:
        told = f"{told}; {state.older} of {state.read} values are not under the first"
        yield Line("keys", Mark.LOOK, told, "manage.py rotate_keys")
    elif settings.OLD_KEYS_LOST:
        told = f"{told}; OLD_KEYS_LOST is set, and nothing is unreadable"
        yield Line("keys", Mark.LOOK, told, "take it out: with it wrong keys stop no start")
    else:
        yield Line("keys", Mark.OK, told)


def _fingerprint(key: str) -> str:
    try:
        return fingerprint(key)
    except ValueError:
        return "not a key"


@tells(50, "mail", needs_database=True)
def mail_line() -> Iterator[Line]:
    now = timezone.now()
    unsent = unsent_mail(now)
    told = f"{unsent.waiting} waiting, {unsent.late} late, {unsent.given_up} given up"
    oldest = OutgoingMail.objects.waiting().aggregate(oldest=Min("owed_since"))["oldest"]
    if oldest:
        told += f", the oldest owed for {age_in_words(now - oldest)}"
    if unsent.given_up:
        repair = "mend the mail server's settings; then manage.py send_mail_queue --again"
        yield Line("mail", Mark.FAULT, told, repair)
    elif unsent.late:
        repair = "the log tells why none goes out; see EMAIL_HOST, and whether the loop runs"
        yield Line("mail", Mark.FAULT, told, repair)
    else:
        yield Line("mail", Mark.OK, told)


@tells(60, "backup")
def backup_line() -> Iterator[Line]:
    """Tell how old the newest backup is, and whether it is whole and the keys at hand open it."""
    place, now = Path(settings.BACKUP_DIR), timezone.now()
    repair = "manage.py backup, every day from a timer"
    own = folder.backups_in(place)
    newest = newest_backup(place)
    if newest is None:
        yield Line("backup", Mark.FAULT, "there is none in BACKUP_DIR", repair)
    elif now - newest > TOO_OLD:
        yield Line("backup", Mark.FAULT, f"{age_in_words(now - newest)} old", repair)
    elif own:
        yield _checked_backup(own[-1], now)
    else:
        told = f"{age_in_words(now - newest)} old, not made by manage.py backup, not looked into"
        yield Line("backup", Mark.LOOK, told, repair)


def _checked_backup(path: Path, now: datetime) -> Line:
    try:
        manifest = read_manifest(path)
    except BackupFault as fault:
        return Line("backup", Mark.FAULT, str(fault), "manage.py backup")
    made_at = datetime.fromisoformat(manifest.made_at)
    enquiries = manifest.counts.get(Enquiry._meta.db_table, 0)
    told = f"{age_in_words(now - made_at)} old, {enquiries} enquiries"
    if missing := _missing_keys(manifest):
        told = f"{told}; it needs keys that are not in FIELD_KEYS: {', '.join(missing)}"
        return Line("backup", Mark.LOOK, told, "keep those keys for as long as the backup")
    if manifest.unreadable:
        told = f"{told}, of which {manifest.unreadable} values could not be read"
        return Line("backup", Mark.LOOK, told, "see the line of the keys")
    return Line("backup", Mark.OK, told)


def _missing_keys(manifest: Manifest) -> list[str]:
    at_hand = {_fingerprint(key) for key in settings.FIELD_KEYS}
    return sorted({*manifest.keys, manifest.sealed_with} - at_hand)


@tells(61, "erasures", needs_database=True)
def erasures_line() -> Iterator[Line]:
    """Tell whether a restored backup would bring back what was erased."""
    if told := journal.warning():
        yield Line("erasures", Mark.FAULT, told)
    elif back := len(came_back(journal.read(journal.journal_path()))):
        told = f"{back} erased on request are here again, from a database that was put back"
        yield Line("erasures", Mark.FAULT, told, "manage.py apply_retention")
    else:
        yield Line("erasures", Mark.OK, "the journal of erasures is kept")


@tells(70, "retention", needs_database=True)
def retention_line() -> Iterator[Line]:
    now = timezone.now()
    if told := retention_warnings.not_applied(now):
        yield Line("retention", Mark.FAULT, told)
        return
    last = _last(AuditEvent.objects.filter(action=AuditAction.RETENTION), "at")
    yield Line("retention", Mark.OK, _since(last, now))


@tells(71, "digest", needs_database=True)
def digest_line() -> Iterator[Line]:
    now = timezone.now()
    digests = OutgoingMail.objects.filter(kind=MailKind.DIGEST)
    last = _last(digests, "owed_since")
    # The first comes within a week of the site's beginning.
    begun = AuditEvent.objects.aggregate(at=Min("at"))["at"]
    if now - (last or begun or now) > DIGEST_PAUSE:
        repair = "manage.py send_digest, every morning from a timer"
        yield Line("digest", Mark.LOOK, _since(last, now), repair)
    else:
        yield Line("digest", Mark.OK, _since(last, now))


@tells(75, "clock", needs_database=True)
def clock_line() -> Iterator[Line]:
    now = timezone.now()
    if told := clock_fault(now):
        yield Line("clock", Mark.FAULT, told, "set the clock right, and keep it so (NTP)")
    else:
        yield Line("clock", Mark.OK, f"{now:%Y-%m-%d %H:%M:%S} UTC")


def _last(rows, field: str) -> datetime | None:
    return rows.order_by(f"-{field}").values_list(field, flat=True).first()


def _since(last: datetime | None, now: datetime) -> str:
    return f"last run {age_in_words(now - last)} ago" if last else "has not run yet"
