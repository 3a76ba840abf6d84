"""The `sgraph-send` command: Django's command line with defaults for a first start."""

import os
import sys
from collections.abc import Mapping, Sequence

_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


def main() -> None:
    """`sgraph-send COMMAND …`, also behind `make run`: settings that are missing get defaults."""
    os.environ.update(first_start_defaults(os.environ))
    execute(["sgraph-send", *sys.argv[1:]])


def first_start_defaults(environment: Mapping[str, str]) -> dict[str, str]:
    """Defaults that `environment` lacks: local store, open uploads, served to this machine only."""
    host = environment.get("HOST") or "127.0.0.1"
    port = environment.get("PORT") or "8000"
    defaults = {
        "HOST": host,
        "PORT": port,
        "SGRAPH_SEND__STORE": "local",
        "SGRAPH_SEND__UPLOAD_ACCESS": "open",
    }
    if host in _THIS_MACHINE:
        defaults["SGRAPH_SEND__PUBLIC_URL"] = f"http://localhost:{port},http://127.0.0.1:{port}"
    return {name: value for name, value in defaults.items() if not environment.get(name)}


def execute(arguments: Sequence[str]) -> None:
    """Run a management command; wrong settings end the process with their message."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sgraph_send.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(list(arguments))
    except ImproperlyConfigured as exc:
        sys.exit(f"SGraph Send can't start: {exc}")
    except KeyboardInterrupt:
        sys.exit(130)
