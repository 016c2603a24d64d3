"""Printed addresses of the demonstration: ``/demo/as/1`` lets a made-up customer in."""

from __future__ import annotations

from django.urls import path

from atelogo.web.portal.views import demo

urlpatterns = [path("as/<int:number>", demo.demo_as, name="demo_as")]
