"""The three pages, at the product's own addresses."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from bench._bare import views


def alive(_request: HttpRequest) -> HttpResponse:
    """Answer as soon as the process does."""
    return HttpResponse("ok")


urlpatterns = [
    path("alive", alive),
    path("<slug:slug>/cancelar/contrato/<str:contract>", views.contract_page),
    path("<slug:slug>/protocolos/<str:protocol>", views.receipt_page),
]
