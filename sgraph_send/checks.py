"""System checks across settings (documented in docs/settings.md)."""

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from sgraph_send.server.listening import is_open_to_others_without_proxy


@register()
def several_processes_share_state(**kwargs: object) -> list[CheckMessage]:
    """E001: several processes need a shared database and cache, for their counters and locks."""
    on_postgresql = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    if settings.PROCESSES > 1 and not (on_postgresql and settings.REDIS_URL):
        return [
            Error(
                "More than one process needs PostgreSQL and Redis.",
                hint="Set DATABASE_URL and REDIS_URL, or SGRAPH_SEND__PROCESSES=1.",
                id="sgraph_send.E001",
            )
        ]
    return []


@register()
def static_folder_is_separate(**kwargs: object) -> list[CheckMessage]:
    """E003: collecting static files clears their folder first."""
    root = settings.STATIC_ROOT
    kept = (settings.DATA_DIR, settings.LOCAL_STORE_DIR, settings.BASE_DIR)
    if any(root == folder or root in folder.parents for folder in kept):
        return [
            Error(
                "The folder of the static files is, or contains, a folder that holds other things.",
                hint="Give SGRAPH_SEND__STATIC_DIR a folder of its own.",
                id="sgraph_send.E003",
            )
        ]
    return []


@register("serve", deploy=True)
def public_url_is_set(**kwargs: object) -> list[CheckMessage]:
    """E002: the public origin is needed for the CORS rules of the site and of the bucket."""
    if not settings.PUBLIC_ORIGINS and (settings.STORE == "s3" or settings.ROLE != "all"):
        return [
            Error(
                "The public address is not known.",
                hint="Set SGRAPH_SEND__PUBLIC_URL to the origin that browsers see.",
                id="sgraph_send.E002",
            )
        ]
    return []


@register("serve", deploy=True)
def a_proxy_stands_in_front(**kwargs: object) -> list[CheckMessage]:
    """W004: this server leaves slow and hostile peers to a proxy (docs/decisions/0100)."""
    if not is_open_to_others_without_proxy():
        return []
    return [
        Warning(
            f"Other machines reach this server at {settings.SERVE_HOST} without a proxy.",
            hint="A few slow connections can stop it. Put a proxy in front (docs/proxies.md) and "
            "name it in SGRAPH_SEND__TRUSTED_PROXIES, or set HOST=127.0.0.1.",
            id="sgraph_send.W004",
        )
    ]
