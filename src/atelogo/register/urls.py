"""Addresses of the register, below ``/<workspace>/console/``."""

from __future__ import annotations

from django.urls import path

from atelogo.register.views import (
    customers,
    detail,
    entry,
    how_to_settings,
    listing,
    mending,
    papers,
    reasons_edit,
    reasons_settings,
    reasons_tray,
    tasks,
)

app_name = "register"
urlpatterns = [
    path("cancelamentos/", listing.request_list, name="request_list"),
    path("cancelamentos/busca", listing.request_search, name="request_search"),
    path("cancelamentos/opcoes", listing.filter_options, name="filter_options"),
    path("cancelamentos/novo/", entry.request_new, name="request_new"),
    path("cancelamentos/perguntas/<str:protocol>/", entry.inquiry_detail, name="inquiry_detail"),
    path("cancelamentos/<uuid:pk>/", detail.request_page, name="request_detail"),
    path("cancelamentos/<uuid:pk>/confirmar", detail.confirm, name="request_confirm"),
    path("cancelamentos/<uuid:pk>/autorizacao", detail.authority, name="request_authority"),
    path("cancelamentos/<uuid:pk>/concluir", detail.complete, name="request_complete"),
    path("cancelamentos/<uuid:pk>/multa", detail.fee, name="request_fee"),
    path("cancelamentos/<uuid:pk>/desfazer", detail.undo, name="request_undo"),
    path("cancelamentos/<uuid:pk>/assumir", detail.take, name="request_take"),
    path("cancelamentos/<uuid:pk>/contato", detail.contact, name="request_contact"),
    path("cancelamentos/<uuid:pk>/motivo", detail.reason, name="request_reason"),
    path("cancelamentos/<uuid:pk>/causa", detail.cause, name="request_cause"),
    path("cancelamentos/<uuid:pk>/responsavel", detail.owner, name="request_owner"),
    path("cancelamentos/<uuid:pk>/equipamento", detail.equipment, name="request_equipment"),
    path("cancelamentos/<uuid:pk>/discordancia", detail.dispute, name="request_dispute"),
    path("cancelamentos/<uuid:pk>/fica", detail.withdraw, name="request_withdraw"),
    path("cancelamentos/<uuid:pk>/juntar", detail.merge, name="request_merge"),
    path("cancelamentos/<uuid:pk>/anular", detail.void, name="request_void"),
    path("cancelamentos/<uuid:pk>/nota", detail.note, name="request_note"),
    path("cancelamentos/<uuid:pk>/registrado", entry.request_recorded, name="request_recorded"),
    path("cancelamentos/<uuid:pk>/identificar", mending.identify, name="request_identify"),
    path("cancelamentos/<uuid:pk>/corrigir", mending.correct, name="request_correct"),
    path("cancelamentos/<uuid:pk>/comprovantes/<uuid:receipt_id>/", papers.receipt_page, name="receipt_page"),
    path(
        "cancelamentos/<uuid:pk>/comprovantes/<uuid:receipt_id>/pdf", papers.receipt_pdf, name="receipt_pdf"
    ),
    path(
        "cancelamentos/<uuid:pk>/comprovantes/<uuid:receipt_id>/json",
        papers.receipt_json,
        name="receipt_json",
    ),
    path("cancelamentos/<uuid:pk>/prova/<uuid:entry_id>", papers.proof, name="request_proof"),
    path("pendencias/", tasks.task_list, name="task_list"),
    path("pendencias/<uuid:pk>/", tasks.task_page_view, name="task_detail"),
    path("pendencias/<uuid:pk>/fechar", tasks.task_close, name="task_close"),
    path("pendencias/<uuid:pk>/assumir", tasks.task_mine, name="task_take"),
    path("pendencias/pedidos/<uuid:pk>/assumir", tasks.request_mine, name="task_request_take"),
    path("pendencias/envios/<uuid:job_id>/reenviar", tasks.sending_replay, name="sending_replay"),
    path("clientes/", customers.customer_list, name="customer_list"),
    path("clientes/busca", customers.customer_search, name="customer_search"),
    path("clientes/continuidade/", customers.succession_list, name="succession_list"),
    path(
        "clientes/continuidade/<uuid:contract_id>/<uuid:successor_id>",
        customers.succession_accept,
        name="succession_accept",
    ),
    path("clientes/<uuid:pk>/", customers.customer_page_view, name="customer_detail"),
    path(
        "clientes/<uuid:pk>/contratos/<uuid:contract_id>/voltou",
        customers.contract_back,
        name="contract_back",
    ),
    path("settings/reasons/", reasons_settings.reason_list, name="reason_list"),
    path("settings/reasons/new", reasons_edit.reason_new, name="reason_new"),
    path("settings/reasons/groups/new", reasons_edit.reason_group_new, name="reason_group_new"),
    path("settings/reasons/classify", reasons_tray.reason_tray, name="reason_tray"),
    path("settings/reasons/changes", reasons_settings.reason_changes, name="reason_changes"),
    path("settings/reasons/changes/discard", reasons_settings.reason_discard, name="reason_discard"),
    path("settings/reasons/versions/", reasons_settings.reason_version_list, name="reason_version_list"),
    path(
        "settings/reasons/versions/<int:number>", reasons_settings.reason_version_page, name="reason_version"
    ),
    path("settings/reasons/<uuid:reason_id>/", reasons_edit.reason_page, name="reason_page"),
    path("settings/reasons/<uuid:reason_id>/move", reasons_edit.reason_shift, name="reason_shift"),
    path("settings/reasons/<uuid:reason_id>/retire", reasons_edit.reason_retire, name="reason_retire"),
    path("settings/reasons/<uuid:reason_id>/join", reasons_edit.reason_join, name="reason_join"),
    path("settings/how-to-cancel/", how_to_settings.how_to_settings, name="how_to_settings"),
    path("settings/how-to-cancel/<slug:language>/", how_to_settings.how_to_settings, name="how_to_language"),
    path(
        "settings/how-to-cancel/<slug:language>/<slug:section>",
        how_to_settings.how_to_section,
        name="how_to_section",
    ),
]
