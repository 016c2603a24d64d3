"""Pages made of every component, and pages that fail in every way, under the real root addresses."""

from __future__ import annotations

from datetime import timedelta
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
from atelogo.core.errors import AppError, FieldProblem, LoginRequiredError, UnavailableError, ValidationFailedError
from atelogo.core.money import Money
from atelogo.core.tenancy import current_scope
from atelogo.web import urls as real

handler400, handler403, handler404, handler500 = real.handler400, real.handler403, real.handler404, real.handler500

CONSOLE = """
{% extends "web/console.html" %}{% load i18n ui %}
{% block title %}Amostra{% endblock %}
{% block breadcrumbs %}{% breadcrumbs "Início" "/" "Amostra" %}{% endblock %}
{% block pretitle %}<div class="page-pretitle">Visão geral</div>{% endblock %}
{% block heading %}O que mudou este mês?{% endblock %}
{% block actions %}<a class="btn btn-primary" href="#">{% icon "plus" %} Novo cancelamento</a>{% endblock %}
{% block content %}
  <div class="row row-cards mb-3">
    <div class="col-sm-6 col-lg-3">{% stat_card label="Pedidos" value="214" change="+12% ante outubro" tone="bad" trend="up" series=values series_text="De 10 a 18 em oito semanas" definition="Pedidos recebidos no período." href="#" %}</div>
    <div class="col-sm-6 col-lg-3">{% stat_card label="Valor perdido" value=amount|money change="-4%" tone="good" trend="down" note="por mês" series=values series_text="x" %}</div>
    <div class="col-sm-6 col-lg-3">{% stat_card label="Tempo até cancelar" value="3 horas" change="igual" %}</div>
    <div class="col-sm-6 col-lg-3">{% stat_card label="Clientes retidos (30 dias)" value="" why_missing="Ainda não há 30 dias de dados." %}</div>
  </div>
  <div class="card mb-3"><div class="card-body">{% chart spec "reasons" %}</div></div>
  <div class="card mb-3"><div class="card-body">{% chart trend "trend" %}</div></div>
  <div class="card mb-3"><div class="card-body">{% chart nothing "nothing" %}</div></div>
  {% filter_bar %}{% field filter.state %}{% field filter.q %}{% endfilter_bar %}
  <div class="card mb-3"><div class="table-responsive"><table class="table table-vcenter card-table">
    <thead><tr>{% sort_link "Data" "requested_at" default="-requested_at" %}{% sort_link "Cliente" "name" %}<th scope="col">Situação</th><th scope="col">Prazo</th></tr></thead>
    <tbody>{% for state in states %}<tr><td>{{ now|moment }}</td><td><a href="#">Maria</a> <span class="text-secondary">desde {{ now|day }}</span></td><td>{% state_badge state %}</td><td>{% due_badge late %}</td></tr>{% endfor %}</tbody>
  </table></div>{% pagination page %}</div>
  <form method="post" novalidate>{% csrf_token %}{% error_summary form %}{% field form.name %}{% field form.channel %}{% field form.agreed %}{% field form.words help_text="Do jeito que a pessoa falou." %}<button class="btn btn-primary">Gravar</button> <button class="btn" type="button">Cancelar</button></form>
  <p>{% copy_button "20261121 0000 0000" %} {% badge "Atenção" tone="orange" icon="alert-triangle" %} {% due_badge soon %}</p>
  {% confirm action="#" label="Anular" question="Anular este cancelamento?" icon="ban" %}{% field form.name label="Motivo" %}{% endconfirm %}
  {% progress 30 120 "Linhas lidas" %}
  <div class="card mt-3"><div class="card-body">{% timeline events %}</div></div>
  <div class="card mt-3">{% empty_state "Nada vence hoje" "Veja o que vence amanhã." "#" "Ver amanhã" headed=True %}</div>
  {% error_state "A importação parou na linha 12." code="import_failed" kept="As linhas anteriores ficaram gravadas." %}
  {% loading "sample-loading" %}
{% endblock %}
{% block page_scripts %}{% chart_scripts %}{% endblock %}
"""

PORTAL = """
{% extends "web/portal.html" %}{% load i18n ui %}
{% block title %}Cancelar meu plano{% endblock %}
{% block nav %}<nav aria-label="Páginas"><a href="#">Meus protocolos</a></nav>{% endblock %}
{% block heading %}O que vai acontecer{% endblock %}
{% block content %}
  <dl class="facts"><dt>Plano</dt><dd>Fibra 300</dd><dt>Valor</dt><dd>{{ amount|money }}</dd><dt>Último dia</dt><dd>{{ now|day }}</dd></dl>
  <div class="alert alert-success"><p>Seu pedido foi recebido. Protocolo:</p><p class="protocol">{{ "2026112112345678"|protocol }}</p></div>
  <form method="post" novalidate>{% csrf_token %}{% error_summary form %}{% field form.name %}{% field form.channel %}{% field form.agreed %}{% field form.words %}
  <div class="actions"><button class="btn btn-primary">Cancelar meu plano</button><a class="btn" href="#">Ver alternativas</a></div></form>
  {% state_badge "confirmed" audience="customer" %}
  {% timeline events %}
  <details><summary>O que acontece com meus dados?</summary><p class="soft">Guardamos o registro do pedido.</p></details>
{% endblock %}
"""


class SampleForm(forms.Form):
    """A form of every kind of field."""

    name = forms.CharField(label="Nome", help_text="Como está no contrato.")
    channel = forms.ChoiceField(
        label="Por onde veio?", widget=forms.RadioSelect, choices=[("phone", "Telefone"), ("counter", "Balcão")]
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
    labels = ["Preço", "Mudança de endereço", "Instabilidade", "Atendimento", "Concorrente", "Outro motivo", "Sem uso"]
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
            "links": ["#"] * 7, "csv": "/x.csv", "note": "n = 214", "definition": "Motivo principal de cada pedido.",
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
