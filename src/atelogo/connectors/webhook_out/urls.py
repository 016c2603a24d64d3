"""Where billing systems call back: ``/<workspace>/hooks/billing/<address id>``."""

from __future__ import annotations

from django.urls import path

from atelogo.connectors.webhook_out import inbound

urlpatterns = [path("billing/<str:endpoint>", inbound.billing_callback, name="billing_callback")]
