"""Every setting of the project, in sections. Wrong combinations are reported by `project.checks`."""

from __future__ import annotations

import os
import re
import secrets
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from project import embedded

# Generic classes of Django can be subscripted at run time as well, so that annotations need no quotes.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.FileAwareEnv()
environ.Env.read_env(BASE_DIR / ".env")

# --- Servers ----------------------------------------------------------------------------------------------
_embedded = embedded.current()


def _server_url(name: str, fallback: str | None) -> str:
    value = env.str(name, default="") or fallback
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set and no embedded server runs. Set {name}, or start the embedded "
            "servers with `python -m project.embedded start` (manage.py does so by itself)."
        )
    return value


DATABASE_URL = _server_url("DATABASE_URL", _embedded.database_url if _embedded else None)
REDIS_URL = _server_url("REDIS_URL", _embedded.redis_url if _embedded else None)
DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", default="") or (
    _embedded.database_owner_url if _embedded and _embedded.database_url == DATABASE_URL else ""
)
_DATABASE_DEFAULTS = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}

# `default` is the running role, which row-level security binds; `owner` is for migrations alone, and a
# web or worker process does without it. Tests make their database as the owner and run as the other.
DATABASES = {"default": environ.Env.db_url_config(DATABASE_URL) | _DATABASE_DEFAULTS}
if DATABASE_OWNER_URL:
    DATABASES["owner"] = environ.Env.db_url_config(DATABASE_OWNER_URL) | {"CONN_MAX_AGE": 0}
    DATABASES["default"]["TEST"] = {"MIRROR": "owner"}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": env.str("CACHE_PREFIX", default="sai"),
    }
}

# --- Applications -----------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "project.apps.ProjectConfig",
    "tenants.apps.TenantsConfig",
    "insights.apps.InsightsConfig",
    "reports.apps.ReportsConfig",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "tenants.apps.OperatorAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "project.client_address.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tenants.middleware.PrivatePagesMiddleware",
]
ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tenants.web.context.navigation",
            ]
        },
    }
]

# --- People -----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "tenants.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "insights:overview"
ACCOUNT_ADAPTER = "tenants.account_adapter.InvitedOnlyAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

# --- Security ---------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)


def _secret_key() -> str:
    key: str = env.str("SECRET_KEY", default="")
    if key:
        return key
    kept = VAR_DIR / "secret_key"
    if not kept.exists():
        if _embedded is None:
            raise ImproperlyConfigured("SECRET_KEY is not set. Set it to a long random string.")
        VAR_DIR.mkdir(mode=0o700, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(48))
    return kept.read_text().strip()


SECRET_KEY = _secret_key()
# Keys of before: what they signed and sealed stays good, and nothing new takes them.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")
SERVED_OVER_HTTPS = SITE_URL.startswith("https://")
SECURE_SSL_REDIRECT = SERVED_OVER_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz"]
SECURE_HSTS_SECONDS = 31_536_000 if SERVED_OVER_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SERVED_OVER_HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


def _proxies() -> list[IPv4Network | IPv6Network]:
    """Read `TRUSTED_PROXIES=172.16.0.0/12,2001:db8::5`: whose X-Forwarded-For is believed."""
    try:
        return [ip_network(text.strip()) for text in env.list("TRUSTED_PROXIES", default=[])]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"TRUSTED_PROXIES holds what is no address or network: {error}."
        ) from error


TRUSTED_PROXIES = _proxies()
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SERVED_OVER_HTTPS
SESSION_COOKIE_NAME = "__Host-session" if SERVED_OVER_HTTPS else "session"
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        # Tabler draws its select arrows and check marks as data: images from its style sheet.
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Language, time, files --------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
WHITENOISE_USE_FINDERS = env.bool("SERVE_STATIC_FROM_SOURCE", default=not STATIC_ROOT.exists())
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        # Uploaded logs and built reports: web and worker must both see this folder.
        "OPTIONS": {"location": env.str("FILES_DIR", default=str(VAR_DIR / "files"))},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if WHITENOISE_USE_FINDERS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
UPLOAD_LIMIT_BYTES = env.int("UPLOAD_LIMIT_MB", default=2048) * 1024 * 1024
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Mail -------------------------------------------------------------------------------------------------
vars().update(env.email_url("EMAIL_URL", default=f"filemail:///{VAR_DIR / 'outbox'}"))
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=30)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="SMTP AUTH Insights <insights@localhost>")
REPORT_ATTACHMENT_LIMIT_BYTES = env.int("REPORT_ATTACHMENT_LIMIT_MB", default=10) * 1024 * 1024
REPORT_LINK_DAYS = env.int("REPORT_LINK_DAYS", default=14)
# The page that shows the mails written to a folder: for the demo, where nobody runs a mail server.
SHOW_OUTBOX = env.bool("SHOW_OUTBOX", default=False)

# --- API (docs/api.md) ---------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    # Who may call, how often and in which form is declared by `tenants.api.base`, which every endpoint is made of.
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "tenants.api.schema.Schema",
    "EXCEPTION_HANDLER": "tenants.api.problems.handle",
    "URL_FORMAT_OVERRIDE": None,
    # Answers are written in UTC, which is the time zone of this file.
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%SZ",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "SMTP AUTH Insights",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    # Members of one name and different values, told apart by whose they are.
    "ENUM_NAME_OVERRIDES": {
        "DeliveryStateEnum": "tenants.models.DeliveryState",
        "ImportStatusEnum": "insights.models.ImportStatus",
        "KeyStateEnum": ["active", "expired", "revoked"],
        "SourceFormatEnum": "insights.ingest.sources.FORMAT_NAMES",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "tenants.api.schema.add_problems",
        "tenants.api.schema.introduce",
    ],
}
API_REQUESTS_A_MINUTE = env.int("API_REQUESTS_A_MINUTE", default=600)
API_BATCHES_A_MINUTE = env.int("API_BATCHES_A_MINUTE", default=6000)


def _named_secrets(name: str, named: list[str]) -> dict[str, str]:
    """Read `NAME=2:…,1:…`: what is new takes the first, what was made under the others stays valid."""
    if not all(re.fullmatch(r"[0-9A-Za-z_-]{1,16}:\S+", secret) for secret in named):
        raise ImproperlyConfigured(f"{name} must be NAME:SECRET, with a comma between two of them.")
    return dict(secret.split(":", 1) for secret in named) or {"0": SECRET_KEY}


API_KEY_PEPPERS = _named_secrets("API_KEY_PEPPERS", env.list("API_KEY_PEPPERS", default=[]))

# --- Webhooks: where messages may go (tenants/webhooks/addresses.py) ------------------------------------------
WEBHOOK_ALLOW_PRIVATE = env.bool("WEBHOOK_ALLOW_PRIVATE", default=False)
WEBHOOK_PORTS = [int(port) for port in env.list("WEBHOOK_PORTS", default=["80", "443", "8080", "8443"])]

# --- Microsoft 365: what is asked for sign-ins, and what its secrets are sealed with (docs/adr/0009) ---------------
STORED_SECRET_KEYS = _named_secrets("STORED_SECRET_KEYS", env.list("STORED_SECRET_KEYS", default=[]))
# `{"global": ["https://login…", "https://graph…"]}` instead of those of insights.connectors.graph.clouds.
GRAPH_ENDPOINTS: dict[str, object] = env.json("GRAPH_ENDPOINTS", default={})
GRAPH_OVERLAP_HOURS = env.int("GRAPH_OVERLAP_HOURS", default=6)

# --- Celery: a task is lost with no worker, and done again when a worker dies (docs/adr/0004) -----------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
    "global_keyprefix": env.str("CELERY_KEY_PREFIX", default=""),
}
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- Logs -------------------------------------------------------------------------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING_CONFIG = "project.logs.configure"
LOGGING = {"level": LOG_LEVEL, "json": env.bool("LOG_JSON", default="KUBERNETES_SERVICE_HOST" in os.environ)}
