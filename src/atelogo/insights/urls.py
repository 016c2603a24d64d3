"""Addresses of insights, below ``/<workspace>/console/``."""

from __future__ import annotations

from django.urls import path

from atelogo.insights.views import home, reasons

app_name = "insights"
urlpatterns = [
    path("", home.home, name="home"),
    path("reasons", reasons.reasons, name="reasons"),
    path("reasons.csv", reasons.reasons_csv, name="reasons_csv"),
]
