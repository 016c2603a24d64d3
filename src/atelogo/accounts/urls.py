"""Addresses of accounts, below ``/<workspace>/console/``."""

from __future__ import annotations

from django.urls import path

from atelogo.accounts.views import (
    brand,
    custom_fields,
    keys,
    links,
    overview,
    people,
    profile,
    session,
    settings_pages,
)

app_name = "accounts"
urlpatterns = [
    path("login", session.login, name="login"),
    path("logout", session.logout, name="logout"),
    path("forgotten", session.forgotten, name="forgotten"),
    path("set-password", links.set_password, name="set_password"),
    path("join", links.join, name="join"),
    path("profile", profile.profile, name="profile"),
    path("profile/password", profile.password, name="password"),
    path("settings/", overview.settings_overview, name="settings"),
    path("settings/company", settings_pages.company, name="company"),
    path("settings/brand", brand.brand, name="brand"),
    path("settings/deadlines", settings_pages.windows, name="windows"),
    path("settings/billing", settings_pages.billing, name="billing"),
    path("settings/custom-fields", custom_fields.custom_fields, name="custom_fields"),
    path("settings/custom-fields/new", custom_fields.custom_field_new, name="custom_field_new"),
    path("settings/custom-fields/move", custom_fields.custom_field_move, name="custom_field_move"),
    path("settings/custom-fields/field/<slug:code>", custom_fields.custom_field, name="custom_field"),
    path("settings/keys", keys.keys, name="keys"),
    path("settings/keys/remove", keys.key_remove, name="key_remove"),
    path("settings/keys/key.txt", keys.key_file, name="key_file"),
    path("settings/keys/checkpoint.txt", keys.checkpoint_file, name="checkpoint_file"),
    path("settings/people", people.people, name="people"),
    path("settings/people/<uuid:user_id>/role", people.role_change, name="person_role"),
    path("settings/people/<uuid:user_id>/remove", people.remove, name="person_remove"),
    path("settings/people/<uuid:user_id>/link", people.password_link, name="person_link"),
    path("settings/people/invites/<uuid:invite_id>/cancel", people.invite_cancel, name="invite_cancel"),
]
