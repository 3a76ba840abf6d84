"""Reading and checking single settings; every error message names the setting."""

import ipaddress
import math
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from transfers.limits import RATE

LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]", "::1"}


class _Environment(environ.FileAwareEnv):  # type: ignore[misc]  # it has no types
    """Values from `NAME`, or from the file that `NAME_FILE` names without its final line ending.

    `defaults` holds the default of each name that was read.
    """

    def __init__(self) -> None:
        super().__init__()
        self.defaults: dict[str, object] = {}

    def get_value(self, var: str, *args: Any, **kwargs: Any) -> Any:
        self.defaults.setdefault(var, kwargs.get("default"))
        value = super().get_value(var, *args, **kwargs)
        return value.rstrip("\r\n") if isinstance(value, str) else value


env = _Environment()


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """The value of `name`, one of `allowed`; raises ImproperlyConfigured otherwise."""
    value: str = env.str(name, default=default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be one of {', '.join(allowed)}.")
    return value


def whole_number(name: str, default: int, least: int, most: int = 2**53 - 1) -> int:
    """The value of `name` as an integer in least…most; raises ImproperlyConfigured otherwise."""
    value = env.str(name, default=str(default))
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a whole number.") from None
    if not least <= number <= most:
        raise ImproperlyConfigured(f"{name} is {number}; it must lie in {least} to {most}.")
    return number


def price(name: str, default: float) -> float:
    """Dollars, 0 or more, in `name`; raises ImproperlyConfigured otherwise."""
    return _dollars(name, env.str(name, default=str(default)))


def thresholds(name: str, default: str) -> list[float]:
    """Dollars in `name`, separated by commas, from the least; raises ImproperlyConfigured."""
    texts = filter(None, env.str(name, default=default).split(","))
    return sorted({_dollars(name, text) for text in texts})


def _dollars(name: str, text: str) -> float:
    try:
        amount = float(text)
    except ValueError:
        amount = math.nan
    if not 0 <= amount < math.inf:
        raise ImproperlyConfigured(f"{name} holds {text.strip()!r}; it must be dollars, as in 25.")
    return amount


def rates(name: str, rules: dict[str, str]) -> dict[str, str]:
    """The rate of every rule: `rules`, changed by `rule=rate` pairs; `off` turns all off.

    Raises ImproperlyConfigured.
    """
    text = env.str(name, default="").strip()
    if text == "off":
        return dict.fromkeys(rules, "off")
    chosen = dict(rules)
    for pair in filter(None, text.split(",")):
        rule, _, rate = (side.strip() for side in pair.partition("="))
        if rule not in rules:
            raise ImproperlyConfigured(f"{name} names {rule!r}; the rules are {', '.join(rules)}.")
        if rate != "off" and not RATE.fullmatch(rate):
            raise ImproperlyConfigured(
                f"{name} gives {rule} the rate {rate!r}; it must look like 60/m, 5/10s or off."
            )
        chosen[rule] = rate
    return chosen


def origins(name: str) -> list[str]:
    """Origins separated by commas, normalised: HTTPS, or HTTP on this machine only.

    Raises ImproperlyConfigured.
    """
    found = []
    for text in env.list(name, default=[]):
        parts = urlsplit(text.strip().rstrip("/"))
        # In an origin of CORS rules S3 reads a star as a wildcard.
        if parts.path or parts.query or parts.fragment or not parts.hostname or "*" in text:
            raise ImproperlyConfigured(
                f"{name} holds {text!r}; it must be an origin, as in https://send.example."
            )
        if parts.scheme != "https" and not (
            parts.scheme == "http" and parts.hostname in LOCAL_HOSTS
        ):
            raise ImproperlyConfigured(
                f"{name} holds {text!r}; browsers encrypt only on https:// or http://localhost."
            )
        found.append(f"{parts.scheme}://{parts.netloc.lower()}")
    return found


def networks(
    name: str, default: tuple[str, ...] = ()
) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Addresses and networks (CIDR) separated by commas; raises ImproperlyConfigured otherwise."""
    found = []
    for text in env.list(name, default=list(default)):
        try:
            found.append(ipaddress.ip_network(text.strip()))
        except ValueError:
            raise ImproperlyConfigured(
                f"{name} holds {text!r}; it must be an address or a network, as in 10.0.0.0/8."
            ) from None
    return found


def url(name: str) -> str | None:
    """An http(s) URL without a path, or None when unset; raises ImproperlyConfigured otherwise."""
    value: str = env.str(name, default="").rstrip("/")
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must look like https://s3.example.")
    return value


def make_data_folder(path: Path) -> None:
    """Create the folder unless it exists. Raises ImproperlyConfigured when that fails."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise ImproperlyConfigured(
            f"The data folder {path} can't be made ({exc.strerror}); "
            "set SGRAPH_SEND__DATA_DIR to one that can."
        ) from exc


def generated_secret(path: Path) -> str:
    """The secret in `path`, which is created at first use, readable by its owner alone.

    Raises ImproperlyConfigured when it can't be written.
    """
    try:
        if not path.exists():
            _write_new_secret(path)
    except OSError as exc:
        if not path.exists():
            raise ImproperlyConfigured(
                f"The secret key can't be kept in {path} ({exc.strerror}); "
                "set SGRAPH_SEND__SECRET_KEY or a writable SGRAPH_SEND__DATA_DIR."
            ) from exc
    return path.read_text().strip()


def _write_new_secret(path: Path) -> None:
    """When several processes start at the same time, the secret of the first one stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def aws_credentials_resolve() -> bool:
    """Whether boto3 would find credentials, without asking the instance metadata service."""
    files = [Path(name).expanduser() for name in ("~/.aws", "~/.boto", "/etc/boto.cfg")]
    in_environment = [name for name in os.environ if name.startswith(("AWS_", "BOTO_"))]
    if not in_environment and not any(file.exists() for file in files):
        return False  # without botocore, which takes 18 MiB of every process
    import botocore.session

    resolver = botocore.session.get_session().get_component("credential_provider")
    resolver.remove("iam-role")
    return resolver.load_credentials() is not None
