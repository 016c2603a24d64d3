"""Root addresses. Rooms add theirs under the workspace's slug; a room not built yet is left out."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from atelogo.web import health, views

handler400 = "atelogo.web.failures.bad_request"
handler403 = "atelogo.web.failures.permission_denied"
handler404 = "atelogo.web.failures.not_found"
handler500 = "atelogo.web.failures.server_error"


def _present(*modules: str) -> list[URLPattern | URLResolver]:
    """Include the address lists of the rooms that exist."""
    return [path("", include(module)) for module in modules if _exists(module)]


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


console = [
    path("search", views.search, name="search"),
    *_present("atelogo.insights.urls", "atelogo.register.urls", "atelogo.accounts.urls"),
    path("", include("atelogo.connectors.webhook_out.console")),
]

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("favicon.ico", views.favicon),
    path("robots.txt", views.robots),
    path("", views.landing, name="landing"),
    *(
        [path("demo/", include("atelogo.web.portal.demo_urls"))]
        if _exists("atelogo.web.portal.demo_urls")
        else []
    ),
    path("<slug:workspace>/brand.css", views.brand_css, name="brand_css"),
    path("<slug:workspace>/console/", include(console)),
    path("<slug:workspace>/hooks/", include("atelogo.connectors.webhook_out.urls")),
    *(
        [path("<slug:workspace>/", include("atelogo.web.portal.urls"))]
        if _exists("atelogo.web.portal.urls")
        else []
    ),
]
