"""Addresses of accounts, below ``/<workspace>/console/``."""

from __future__ import annotations

from django.urls import path

from atelogo.accounts.views import links, overview, people, profile, session

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
    path("settings/people", people.people, name="people"),
    path("settings/people/<uuid:user_id>/role", people.role_change, name="person_role"),
    path("settings/people/<uuid:user_id>/remove", people.remove, name="person_remove"),
    path("settings/people/<uuid:user_id>/link", people.password_link, name="person_link"),
    path("settings/people/invites/<uuid:invite_id>/cancel", people.invite_cancel, name="invite_cancel"),
]
