"""System checks of the settings that concern transfers (documented in docs/settings.md)."""

from django.conf import settings
from django.core.checks import Error, Warning, register


@register()
def uploads_are_possible(**kwargs: object) -> list:
    """W001: `token` mode without a token refuses every upload, rather than letting all in."""
    if settings.UPLOAD_ACCESS == "token" and not settings.ACCESS_TOKEN:
        return [
            Warning(
                "Uploads need an access token, and there is none, so every upload is refused.",
                hint="Set SGRAPH_SEND__ACCESS_TOKEN, or SGRAPH_SEND__UPLOAD_ACCESS=open.",
                id="transfers.W001",
            )
        ]
    return []


@register()
def bucket_is_named(**kwargs: object) -> list:
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
