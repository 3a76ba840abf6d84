"""Statistics that outlive what they counted: no row per request, none per transfer."""

from django.db import models
from django.utils import timezone

from transfers.models.access_token import AccessToken


class HourlyFigure(models.Model):
    """How much of something happened in one hour (UTC).

    Several rows for the same hour and name, one a shard, so that parallel writers do not wait for
    each other; readers add them up.
    """

    hour = models.DateTimeField()
    name = models.CharField(max_length=48)
    shard = models.SmallIntegerField(default=0)
    value = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["hour", "name"]
        constraints = [
            models.UniqueConstraint(fields=["name", "hour", "shard"], name="one_figure_per_shard")
        ]
        indexes = [models.Index(fields=["hour"], name="figure_by_hour")]


class Gauge(models.Model):
    """The last measured value of a quantity."""

    name = models.CharField(max_length=48, primary_key=True)
    value = models.FloatField()
    measured_at = models.DateTimeField(default=timezone.now)


class PageVisits(models.Model):
    """How often a kind of page was opened on a day, by the referring site's name ("" for none)."""

    day = models.DateField()
    page = models.CharField(max_length=16)
    referring_site = models.CharField(max_length=100, default="", blank=True)
    count = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["-day", "page"]
        verbose_name_plural = "page visits"
        constraints = [
            models.UniqueConstraint(fields=["day", "page", "referring_site"], name="one_visit_row")
        ]


class TokenUse(models.Model):
    """What was begun with an access token on a day (UTC), less what was given up; sizes are
    plaintext bytes as declared."""

    access_token = models.ForeignKey(AccessToken, models.CASCADE, related_name="+")
    day = models.DateField(db_index=True)
    transfer_count = models.BigIntegerField(default=0)
    total_bytes = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["access_token", "day"], name="one_token_use_a_day")
        ]
