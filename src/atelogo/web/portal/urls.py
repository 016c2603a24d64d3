"""Addresses of the customers' pages, below the workspace's slug; their words are Portuguese, as on a bill."""

from __future__ import annotations

from django.urls import path

from atelogo.web.portal.views import acts, code, declare, entry, files, how_to, leave, protocols, verify

app_name = "portal"

urlpatterns = [
    path("como-cancelar", how_to.how_to_cancel, name="how_to_cancel"),
    path("como-cancelar/qr.svg", how_to.qr, name="qr"),
    path("como-cancelar/cartaz", how_to.poster, name="poster"),
    path("entrar", entry.enter, name="enter"),
    path("sair", entry.leave_session, name="sign_out"),
    path("cancelar", entry.cancel, name="cancel"),
    path("cancelar/codigo/pedir", code.code_ask, name="code_ask"),
    path("cancelar/codigo", code.code, name="code"),
    path("cancelar/declarar", declare.declare, name="declare"),
    path("cancelar/contrato/<str:contract>", leave.leave, name="leave"),
    path("protocolos", protocols.protocol_list, name="protocol_list"),
    path("protocolos/entrar", entry.enter_protocols, name="enter_protocols"),
    path("protocolos/<str:protocol>", protocols.protocol, name="protocol"),
    path("protocolos/<str:protocol>/desfazer", acts.undo, name="undo"),
    path("protocolos/<str:protocol>/motivo", acts.reason, name="reason"),
    path("protocolos/<str:protocol>/palavras", acts.words, name="words"),
    path("protocolos/<str:protocol>/multa", acts.dispute, name="dispute"),
    path("protocolos/<str:protocol>/equipamento", acts.equipment, name="equipment"),
    path("protocolos/<str:protocol>/cobranca", acts.charged, name="charged"),
    path("protocolos/<str:protocol>/comprovante/<slug:kind>", files.receipt, name="receipt"),
    path("protocolos/<str:protocol>/comprovante/<slug:kind>.pdf", files.receipt_pdf, name="receipt_pdf"),
    path("protocolos/<str:protocol>/comprovante/<slug:kind>.json", files.receipt_json, name="receipt_json"),
    path("protocolos/<str:protocol>/agenda.ics", files.calendar, name="calendar"),
    path("v", verify.verify_form, name="verify_form"),
    path("v/<str:protocol>/prova.json", verify.proof, name="proof"),
    path("v/<path:protocol>", verify.verify, name="verify"),
]
