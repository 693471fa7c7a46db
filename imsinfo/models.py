"""What the site counts. No personal data: a client is a hash that the database cannot undo."""

from django.db import models


class Throttle(models.Model):
    """How often one client has done one thing, in a span of time that began with the first."""

    key = models.CharField(max_length=64, primary_key=True)
    ends_at = models.BigIntegerField(db_index=True)  # Seconds since 1970, UTC.
    count = models.PositiveIntegerField()

    def __str__(self):
        return self.key[:8]
