"""Settings, from the environment, with defaults that are safe and work on an office machine without
internet."""

from pathlib import Path
from secrets import token_urlsafe

import environ
from csp.constants import NONCE, NONE, SELF
from django.templatetags.static import static

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(environ.Env().str("DATA_DIR", default=str(BASE_DIR / "data")))
env = environ.Env()


def _secret(path: Path) -> str:
    """A secret made on first run, outside git; an operator's SECRET_KEY goes before it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(token_urlsafe(50))
        path.chmod(0o600)
    return path.read_text()


SECRET_KEY = env.str("SECRET_KEY", default="") or _secret(DATA_DIR / "secret" / "django.key")
FIELD_KEY_FILE = Path(env.str("FIELD_KEY_FILE", default=str(DATA_DIR / "secret" / "field.key")))
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["*"]
)  # an intranet: the office's proxy knows its own names
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # templates and static files; the site is ours
    "reform.apps.AdminSiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "import_export",
    "axes",
    "reform",
    "appointments",
    "kpi",
    "compensation",
    "reports",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "reform.middleware.AdminContentSecurityPolicyMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "reform.urls"
WSGI_APPLICATION = "reform.wsgi.application"
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
            ]
        },
    }
]

_database = env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'reform.sqlite3'}")
if _database["ENGINE"].endswith("sqlite3"):
    Path(_database["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    # WAL: readers do not wait for an import. IMMEDIATE: a writer takes its lock at once and never meets
    # SQLITE_BUSY
    # in the middle; another waits for it up to the timeout.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "reform.auth.PersonBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "reform.auth.axes_name"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "id_number"]
AXES_LOCKOUT_TEMPLATE = "lockout.html"
AXES_VERBOSE = False
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
SESSION_COOKIE_HTTPONLY = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Nothing comes from another host. The admin's own scripts (Alpine) need eval and inline scripts, and only
# there.
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ("/admin/",),
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    },
}
ADMIN_CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; object-src 'none'; frame-ancestors 'none'"
)

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "reform" / "locale"]
FORMAT_MODULE_PATH = ["reform.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns of a folder that is not there
WHITENOISE_USE_FINDERS = True  # a small office server: no collectstatic step that one can forget
UPLOAD_DIR = DATA_DIR / "uploads"  # rehearsed workbooks until confirmed; outside anything that is served
DATA_UPLOAD_MAX_MEMORY_SIZE = 40 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

# The sheets that workbooks may hold, in the order in which they are written, and what each is imported into.
WORKBOOK_SHEETS = [
    "reform.resources.UnitSheet",
    "reform.resources.PositionSheet",
    "appointments.resources.RosterSheet",
    "reform.resources.KinshipSheet",
    "appointments.resources.ApplicationSheet",
    "appointments.resources.IntentionSheet",
    "appointments.resources.AppointmentSheet",
    "appointments.resources.DutySheet",
    "kpi.resources.IndicatorSheet",
    "kpi.resources.UnitScoreSheet",
    "kpi.resources.PersonalScoreSheet",
    "compensation.resources.PayInputSheet",
    "compensation.resources.ArchivedPaySheet",
    "compensation.resources.FormerPaySheet",
    "compensation.resources.BankAccountSheet",
]
WORKBOOK_TARGETS = {"round": "appointments.targets.RoundTarget", "cycle": "kpi.targets.CycleTarget"}
# What is computed from rows that an upload had written, and is to be computed anew when it is taken back.
AFTER_UNDO = ["kpi.services.after_undo.scores_after_undo"]
# What keeps an upload from being taken back, beside later changes to its rows: each says why, or nothing.
BEFORE_UNDO = ["compensation.selectors.uploads.pay_upload_obstacle"]

# Functions that give the addresses of pages inside the admin: reform knows no app above it.
ADMIN_PAGES = [
    "reform.exchange.admin.upload_urls",
    "reform.admin.passwords.password_urls",
    "reform.admin.account_people.account_urls",
    "reform.admin.policy_pages.policy_urls",
    "reform.admin.unit_history.unit_history_urls",
    "reform.admin.machines.machine_urls",
    "appointments.views.addresses.admin_urls",
    "kpi.views.addresses.admin_urls",
    "kpi.views.result_addresses.result_urls",
    "kpi.views.papers.paper_urls",
    "kpi.views.ratings.rating_urls",
    "compensation.views.addresses.admin_urls",
]

# What waits for a person, for the first page of the portal: (person, on) → tasks, app by app.
PORTAL_TASKS = ["appointments.views.portal.home.tasks", "kpi.views.portal.tasks.tasks"]

# The papers of each app that the office can edit the templates of, and what finds the office's own one.
DOCUMENT_SETS = [
    "appointments.documents.TEMPLATES",
    "kpi.documents.TEMPLATES",
    "compensation.documents.TEMPLATES",
]
OWN_TEMPLATE = "appointments.selectors.documents.template_in_use"

# The machines that are drawn (reform/diagrams.py), app by app.
MACHINES = ["appointments.states.MACHINES", "kpi.states.MACHINES", "compensation.states.MACHINES"]

# Names that a policy value may hold, as code → something with a label, where an app above reform knows them.
POLICY_CHOICES = {
    "round.tie_breaks": "appointments.rules.ranking.COMPARATORS",
    "kpi.personal_preset": "kpi.rules.personal.PRESETS",
}
# What must fit together among a version's values before it is submitted: a policy → its faults in Chinese.
POLICY_CHECKS = ("compensation.selectors.policy.pay_faults",)

UNFOLD = {
    "SITE_TITLE": "全员聘任管理",
    "SITE_HEADER": "全员聘任管理",
    "SITE_SYMBOL": "account_tree",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("reform/favicon.svg")}
    ],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "DASHBOARD_CALLBACK": "reports.dashboard.workbench",
    "THEME": "light",
    "BORDER_RADIUS": "6px",
    "COLORS": {
        "primary": {
            "50": "#fdf3f3",
            "100": "#fbe5e5",
            "200": "#f6cfd0",
            "300": "#eda9ab",
            "400": "#df777b",
            "500": "#cc4a50",
            "600": "#b4232a",
            "700": "#971d23",
            "800": "#7d1b20",
            "900": "#691b1f",
            "950": "#390a0d",
        }
    },
    "SIDEBAR": {"navigation": "reform.admin.navigation", "show_search": False},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
