"""System checks of the settings that concern transfers (documented in docs/settings.md)."""

from collections.abc import Sequence

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.utils import timezone

from transfers.access.access_tokens import TokenState, in_state
from transfers.models import AccessToken


@register(Tags.database)
def uploads_are_possible(
    databases: Sequence[str] | None = None, **kwargs: object
) -> list[CheckMessage]:
    """W001: `token` mode without a token refuses every upload, rather than letting all in.

    It reads rows, so it runs where a database is named: in `serve`, `migrate` and
    `check --database default`.
    """
    if (
        settings.UPLOAD_ACCESS != "token"
        or settings.ACCESS_TOKEN
        or "default" not in (databases or [])
    ):
        return []
    # Before the first `migrate` there is no table to ask.
    if AccessToken._meta.db_table not in connections["default"].introspection.table_names():
        return []
    if in_state(TokenState.USABLE, timezone.now()).exists():
        return []
    return [
        Warning(
            "Uploads need an access token, and there is none that can be used, so every upload "
            "is refused.",
            hint="Issue one with `manage.py create_access_token NAME`, or set "
            "SGRAPH_SEND__ACCESS_TOKEN, or SGRAPH_SEND__UPLOAD_ACCESS=open.",
            id="transfers.W001",
        )
    ]


@register()
def bucket_is_named(**kwargs: object) -> list[CheckMessage]:
    """E001: the naming rule of the bucket needs an AWS account to ask."""
    if settings.STORE == "s3" and settings.S3_ENDPOINT_URL and not settings.S3_BUCKET:
        return [
            Error(
                "With a custom S3 endpoint the bucket must be named.",
                hint="Set SGRAPH_SEND__S3_BUCKET.",
                id="transfers.E001",
            )
        ]
    return []
