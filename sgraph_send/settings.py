"""Django settings; every value comes from the environment (docs/settings.md)."""

import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from sgraph_send.configuration import (
    LOCAL_HOSTS,
    aws_credentials_resolve,
    choice,
    env,
    generated_secret,
    make_data_folder,
    networks,
    origins,
    price,
    rates,
    thresholds,
    url,
    whole_number,
)
from sgraph_send.paths import ASSETS_DIR, SOURCE_DIR, default_data_dir
from transfers.limits import RATE_RULES

BASE_DIR = SOURCE_DIR

# Where it runs
DEBUG = False
DATA_DIR = Path(env.str("SGRAPH_SEND__DATA_DIR", default="") or default_data_dir()).resolve()
SERVE_HOST = env.str("HOST", default="127.0.0.1")
SERVE_PORT = whole_number("PORT", 8000, 1, 65535)
PROCESSES = whole_number("SGRAPH_SEND__PROCESSES", 1, 1, 256)
THREADS = whole_number("SGRAPH_SEND__THREADS", 64, 8, 1024)
STOP_SECONDS = whole_number("SGRAPH_SEND__STOP_SECONDS", 30, 1, 3600)
BODY_SILENCE_SECONDS = whole_number("SGRAPH_SEND__BODY_SILENCE_SECONDS", 60, 1)
ROLE = choice("SGRAPH_SEND__ROLE", "all", ("user", "admin", "all"))
PUBLIC_ORIGINS = origins("SGRAPH_SEND__PUBLIC_URL")
TRUSTED_PROXIES = networks("SGRAPH_SEND__TRUSTED_PROXIES")
SECRET_KEY = env.str("SGRAPH_SEND__SECRET_KEY", default="") or generated_secret(
    DATA_DIR / "secret_key"
)
ENVIRONMENT = env.str("SGRAPH_SEND__ENVIRONMENT", default="production")
METRICS_TOKEN = env.str("SGRAPH_SEND__METRICS_TOKEN", default="")
METRICS_ADDRESSES = networks("SGRAPH_SEND__METRICS_ADDRESSES", ("127.0.0.0/8", "::1"))
METRICS_DIR = DATA_DIR / "metrics" / f"{ROLE}-{SERVE_PORT}"
LOG_LEVEL = choice("SGRAPH_SEND__LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOG_FORMAT = choice(
    "SGRAPH_SEND__LOG_FORMAT", "text" if sys.stderr.isatty() else "json", ("json", "text")
)
SENTRY_DSN = env.str("SGRAPH_SEND__SENTRY_DSN", default="")
OTEL_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="")
OTEL_SERVICE_NAME = env.str("OTEL_SERVICE_NAME", default="sgraph-send")
_public_hosts = [origin.split("://")[1].rsplit(":", 1)[0] for origin in PUBLIC_ORIGINS]
ALLOWED_HOSTS = sorted({*_public_hosts, *LOCAL_HOSTS})

# Who may upload
UPLOAD_ACCESS = choice("SGRAPH_SEND__UPLOAD_ACCESS", "token", ("token", "open"))
ACCESS_TOKEN = env.str("SGRAPH_SEND__ACCESS_TOKEN", default="")
WAITLIST = choice("SGRAPH_SEND__WAITLIST", "off", ("on", "off")) == "on"

# Limits
MAX_TRANSFER_BYTES = whole_number("SGRAPH_SEND__MAX_TRANSFER_BYTES", 100 * 2**30, 1)
MAX_RAW_BYTES = whole_number("SGRAPH_SEND__MAX_RAW_BYTES", 100 * 2**20, 1, 5 * 2**30)
MAX_EXPIRY_SECONDS = whole_number("SGRAPH_SEND__MAX_EXPIRY_SECONDS", 30 * 86400, 60)
DEFAULT_EXPIRY_SECONDS = whole_number(
    "SGRAPH_SEND__DEFAULT_EXPIRY_SECONDS", min(7 * 86400, MAX_EXPIRY_SECONDS), 1
)
if DEFAULT_EXPIRY_SECONDS > MAX_EXPIRY_SECONDS:
    raise ImproperlyConfigured(
        "SGRAPH_SEND__DEFAULT_EXPIRY_SECONDS is longer than SGRAPH_SEND__MAX_EXPIRY_SECONDS."
    )
ABANDONED_AFTER_SECONDS = whole_number("SGRAPH_SEND__ABANDONED_AFTER_SECONDS", 86400, 60)
CLEANUP_EVERY_SECONDS = whole_number("SGRAPH_SEND__CLEANUP_EVERY_SECONDS", 60, 0)

# The ciphertext store
STORE_CHOICE = choice("SGRAPH_SEND__STORE", "auto", ("auto", "local", "s3"))
STORE = STORE_CHOICE
if STORE == "auto":
    STORE = "s3" if aws_credentials_resolve() else "local"
LOCAL_STORE_DIR = DATA_DIR / "store"
S3_BUCKET = env.str("SGRAPH_SEND__S3_BUCKET", default="")
S3_ENDPOINT_URL = url("SGRAPH_SEND__S3_ENDPOINT_URL")
S3_PUBLIC_URL = url("SGRAPH_SEND__S3_PUBLIC_URL")
S3_REGION = env.str("AWS_REGION", default="") or env.str("AWS_DEFAULT_REGION", default="us-east-1")
RECONCILE_EVERY_SECONDS = whole_number("SGRAPH_SEND__RECONCILE_EVERY_SECONDS", 86400, 0)

# What it costs, in dollars; a disk of one's own is paid for already
_on_s3 = STORE == "s3"
PRICE_STORAGE_GB_MONTH = price("SGRAPH_SEND__PRICE_STORAGE_GB_MONTH", 0.023 if _on_s3 else 0)
PRICE_OUT_GB = price("SGRAPH_SEND__PRICE_OUT_GB", 0.09 if _on_s3 else 0)
PRICE_1000_PUT = price("SGRAPH_SEND__PRICE_1000_PUT", 0.005 if _on_s3 else 0)
PRICE_1000_GET = price("SGRAPH_SEND__PRICE_1000_GET", 0.0004 if _on_s3 else 0)
COST_THRESHOLDS = thresholds("SGRAPH_SEND__COST_THRESHOLDS", "10,25,50")

# Database and cache
DATABASE_URL = env.str("DATABASE_URL", default="") or f"sqlite:///{DATA_DIR / 'db.sqlite3'}"
# Before django-environ reads it: about others it warns with all that the address says.
if DATABASE_URL.partition("://")[0] not in ("sqlite", "postgresql", "postgres"):
    raise ImproperlyConfigured("DATABASE_URL must begin with postgresql:// or sqlite:///.")
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    make_data_folder(DATA_DIR)
    DATABASES["default"] |= {
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
else:
    DATABASES["default"] |= {
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"prepare_threshold": 5}
        | DATABASES["default"].get("OPTIONS", {})
        | {"pool": {"min_size": 1, "max_size": 20, "timeout": 20}},
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "ratelimit": {"BACKEND": "transfers.access.counters.SharedCounters", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "ratelimit",
        # With Django's 300 a stranger could have everybody's counters dropped.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}
RATELIMIT_USE_CACHE = "ratelimit"
RATELIMIT_FAIL_OPEN = True
RATES = rates("SGRAPH_SEND__RATES", RATE_RULES)

# Django
INSTALLED_APPS = [
    "transfers.apps.TransfersConfig",
    "sgraph_send.apps.SGraphSendConfig",
    "adminpanel.apps.AdminPanelConfig",  # before Django's: it records what their commands change
    "corsheaders",
    "django_ratelimit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    # Outermost: callers of other origins must be able to read refusals too.
    "corsheaders.middleware.CorsMiddleware",
    "sgraph_send.http.request_log.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "sgraph_send.http.content_policy.ContentPolicyMiddleware",
    "sgraph_send.http.isolation.IsolationMiddleware",
    "sgraph_send.http.errors_middleware.ErrorsMiddleware",
    "sgraph_send.http.foreign_callers.ForeignCallersMiddleware",
    "sgraph_send.http.request_bodies.RequestBodiesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
]
if ROLE != "user":
    INSTALLED_APPS += ["adminpanel.apps.OperatorsAdminConfig"]
    MIDDLEWARE += [
        "sgraph_send.http.admin_middleware.AdminSessions",
        "sgraph_send.http.admin_middleware.AdminForgeryProtection",
        "sgraph_send.http.admin_middleware.AdminSignIn",
        "sgraph_send.http.admin_middleware.AdminMessages",
    ]
APPEND_SLASH = False
ROOT_URLCONF = "sgraph_send.urls"
WSGI_APPLICATION = "sgraph_send.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ASSETS_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = "sgraph_send.formats"
# What is larger (parts, raw transfers, sealed manifests) is read by its view, piece by piece.
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 2**10

# Static files
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("SGRAPH_SEND__STATIC_DIR", default=str(DATA_DIR / "static"))).resolve()
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATICFILES_DIRS = [ASSETS_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "sgraph_send.static_storage.HashedStaticFiles"},
    # Both read the settings of the ciphertext store above.
    "ciphertext": {
        "BACKEND": "transfers.stores.s3_storage.CiphertextS3Storage"
        if STORE == "s3"
        else "transfers.stores.local_storage.LocalStorage"
    },
}

# Browser security
_https = any(origin.startswith("https://") for origin in PUBLIC_ORIGINS)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = [r"^info/", r"^metrics$"]  # probes come from beside the proxy
SECURE_SSL_HOST = PUBLIC_ORIGINS[0].split("://")[1] if len(PUBLIC_ORIGINS) == 1 else None
HSTS = choice("SGRAPH_SEND__HSTS", "host", ("host", "subdomains", "preload"))
SECURE_HSTS_SECONDS = 2 * 365 * 86400 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HSTS != "host"
SECURE_HSTS_PRELOAD = HSTS == "preload"
SECURE_REFERRER_POLICY = "no-referrer"
# The host's neighbours are the operator's to decide about, and SGRAPH_SEND__HSTS is that decision.
SILENCED_SYSTEM_CHECKS = {
    "host": ["security.W005", "security.W021"],
    "subdomains": ["security.W021"],
    "preload": [],
}[HSTS]
# It knows Django's own class alone; ours protects the admin, and elsewhere callers prove themselves
# by headers, so that there is nothing to forge.
SILENCED_SYSTEM_CHECKS += ["security.W003"]
# django-ratelimit knows neither our backend nor that one process may count in itself.
if REDIS_URL or PROCESSES == 1:
    SILENCED_SYSTEM_CHECKS += ["django_ratelimit.W001"]
if PROCESSES == 1 and not REDIS_URL:
    SILENCED_SYSTEM_CHECKS += ["django_ratelimit.E003"]
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/admin/"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
CSRF_TRUSTED_ORIGINS = PUBLIC_ORIGINS
CORS_ALLOWED_ORIGINS = sorted({*PUBLIC_ORIGINS, *origins("SGRAPH_SEND__CORS_ORIGINS")})
CORS_URLS_REGEX = r"^/(transfers|info)/"
CORS_ALLOW_METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
CORS_PREFLIGHT_MAX_AGE = 3600
CORS_ALLOW_HEADERS = (
    "content-type",
    "range",
    "x-sgraph-access-token",
    "x-sgraph-owner-token",
    "x-sgraph-lease-token",
)
CORS_EXPOSE_HEADERS = ("etag", "content-range", "retry-after")

# Logs
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "sgraph_send.telemetry.logs.line_formatter", "log_format": LOG_FORMAT}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "sgraph_send": {"level": LOG_LEVEL},
        "transfers": {"level": LOG_LEVEL},
        # Both would print request paths, and so transfer ids; our own request line names the route.
        "django.request": {"level": "CRITICAL"},
        "django.security": {"level": "CRITICAL"},
    },
}
