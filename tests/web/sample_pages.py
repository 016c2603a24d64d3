"""Pages made of every component, and pages that fail in every way, under the real root addresses."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template import engines
from django.urls import include, path
from django.utils import timezone

from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.core import clock
from atelogo.core.errors import (
    AppError,
    FieldProblem,
    LoginRequiredError,
    UnavailableError,
    ValidationFailedError,
)
from atelogo.core.money import Money
from atelogo.core.tenancy import current_scope
from atelogo.web import urls as real

handler400, handler403, handler404, handler500 = (
    real.handler400,
    real.handler403,
    real.handler404,
    real.handler500,
)

CONSOLE = (Path(__file__).parent / "sample_console.html").read_text()

PORTAL = (Path(__file__).parent / "sample_portal.html").read_text()


class SampleForm(forms.Form):
    """A form of every kind of field."""

    name = forms.CharField(label="Nome", help_text="Como está no contrato.")
    channel = forms.ChoiceField(
        label="Por onde veio?",
        widget=forms.RadioSelect,
        choices=[("phone", "Telefone"), ("counter", "Balcão")],
    )
    agreed = forms.BooleanField(label="Ciente das consequências")
    words = forms.CharField(label="Observações", widget=forms.Textarea, required=False)


class FilterForm(forms.Form):
    """Two filters of a list."""

    state = forms.ChoiceField(label="Situação", required=False, choices=[("", "Todas"), ("open", "Recebido")])
    q = forms.CharField(label="Motivo", required=False)


class Neighbours:
    """A page in the middle of a list."""

    next = "abc"
    previous = "xyz"


def _facts(request: HttpRequest) -> dict[str, Any]:
    now = clock.now()
    labels = [
        "Preço",
        "Mudança de endereço",
        "Instabilidade",
        "Atendimento",
        "Concorrente",
        "Outro motivo",
        "Sem uso",
    ]
    return {
        "values": [10, 12, 9, None, 15, 14, 18],
        "amount": Money(13913085),
        "now": now,
        "late": now - timedelta(hours=3),
        "soon": now + timedelta(hours=2),
        "states": ["open", "confirmed", "completed", "undone", "lapsed", "withdrawn", "merged", "voided"],
        "page": Neighbours(),
        "form": SampleForm(request.POST) if request.method == "POST" else SampleForm(),
        "filter": FilterForm(request.GET),
        "events": [
            {"at": now, "title": "Pedido recebido", "text": "Por telefone.", "who": "Bruno", "icon": "inbox"},
            {"at": now, "title": "Confirmado", "tone": "green", "icon": "check"},
        ],
        "spec": {
            "kind": "pareto", "title": "Por que as pessoas saem?", "labels": labels, "category": "Motivo",
            "series": [{"name": "Cancelamentos", "values": [80, 44, 30, 22, 18, 12, 8]}],
            "links": ["#"] * 7, "csv": "/x.csv", "note": "n = 214", "definition": "Motivo principal.",
        },
        "trend": {
            "kind": "line", "title": "Como anda o valor?", "labels": ["set", "out", "nov"], "category": "Mês",
            "unit": "money", "series": [{"name": "Perdido", "values": [100000, 90000, 125050]},
                                        {"name": "Mantido", "values": [50000, None, 10000]}],
        },
        "nothing": {"title": "Vazio?", "labels": [], "series": [{"name": "n", "values": []}]},
    }  # fmt: skip


def _page(request: HttpRequest, text: str) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(text).render(_facts(request), request))


@staff_view(Permission.CONSOLE_VIEW)
def console(request: StaffRequest) -> HttpResponse:
    """Show every component on the staff's frame."""
    return _page(request, CONSOLE)


def portal(request: HttpRequest) -> HttpResponse:
    """Show what customers' pages are made of."""
    return _page(request, PORTAL)


class TeapotError(AppError):
    """A fact of the tests."""

    code = "teapot"
    status = 409
    message = "O bule %(name)s não faz café."


FAILURES: dict[str, BaseException] = {
    "fact": TeapotError(name="azul"),
    "fields": ValidationFailedError(fields=(FieldProblem("name", "required", "Diga o nome."),)),
    "missing": Http404(),
    "denied": PermissionDenied(),
    "suspicious": SuspiciousOperation("x"),
    "login": LoginRequiredError(),
    "unavailable": UnavailableError(),
    "database": OperationalError("connection refused"),
    "bug": RuntimeError("maria@example.com 529.982.247-25"),
}


def fail(request: HttpRequest, how: str) -> HttpResponse:
    """Raise what ``how`` names."""
    raise FAILURES[how]


def scope(request: HttpRequest) -> HttpResponse:
    """Tell which workspace, zone and rows are in force."""
    current = current_scope()
    return JsonResponse({
        "workspace": request.workspace.slug,  # type: ignore[attr-defined]
        "scope": str(current.workspace_id) if current else None,
        "zone": timezone.get_current_timezone_name(),
    })  # fmt: skip


samples = [
    path("console/sample", console, name="sample_console"),
    path("console/fail/<slug:how>", fail, name="sample_console_fail"),
    path("sample", portal, name="sample_portal"),
    path("fail/<slug:how>", fail, name="sample_fail"),
    path("scope", scope, name="sample_scope"),
]
urlpatterns = [path("<slug:workspace>/", include(samples)), *real.urlpatterns]
