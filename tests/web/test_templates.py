"""What the frames and components write: policy, weight, labels, states."""

from __future__ import annotations

import gzip
import re
from contextlib import closing
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import Context, Template, TemplateSyntaxError, engines
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from atelogo.accounts.domain.permissions import Role
from atelogo.register.domain.status import PRESENTATION
from atelogo.web import navigation
from tests.cast import Cast, signed_in

SLUG = "padaria-aurora"
INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\b(src=|type=\"application/json\"))"
)
ASSET = re.compile(r'(?:<link rel="stylesheet" href|<script src|<link rel="icon" href)="([^"]+)"')


def render(text: str, **context: object) -> str:
    """Render a template that loads the house's tags."""
    return str(engines["django"].from_string("{% load ui %}" + text).render(context))


def weight(browser: Client, address: str) -> int:
    """Return the compressed bytes of a page and of what it loads, the icons' sprite included."""
    html = browser.get(address).content
    total = len(gzip.compress(html))
    sprite = re.search(rb'use href="([^"#]+)#', html)
    loaded = set(ASSET.findall(html.decode())) | ({sprite.group(1).decode()} if sprite else set())
    for asset in loaded:
        with closing(browser.get(asset)) as answer:
            body = b"".join(answer) if answer.streaming else answer.content
            total += len(gzip.compress(body))
    return total


@pytest.mark.parametrize("page", ["sample", "console/sample", "fail/bug", "console/fail/bug"])
def test_nothing_inline(ana: Client, page: str) -> None:
    """No page has inline script, style or handler, which its policy would refuse."""
    answer = ana.get(f"/{SLUG}/{page}")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert INLINE.findall(answer.content.decode()) == []


def test_customers_pages_are_light(ana: Client) -> None:
    """A customers' page with all it loads stays far under 60 kB, its own stylesheet under 12 kB."""
    assert weight(ana, f"/{SLUG}/sample") < 30_000
    with closing(ana.get("/static/web/portal.css")) as css:
        assert len(b"".join(css)) < 12_000


def test_console_pages_are_light(ana: Client) -> None:
    """A console page is under 150 kB compressed, and under 450 kB with charts."""
    assert weight(ana, reverse("accounts:settings", kwargs={"workspace": SLUG})) < 150_000
    assert weight(ana, f"/{SLUG}/console/sample") < 450_000


def test_a_customers_page_has_no_script(ana: Client) -> None:
    """The customers' frame needs no script and does not name the product."""
    text = ana.get(f"/{SLUG}/sample").content.decode()
    assert "<script" not in text
    assert "Até Logo" not in text
    assert "Padaria Aurora" in text


def test_languages_keep_the_filters(ana: Client) -> None:
    """The links to other languages lead to the same page with the same filters."""
    text = ana.get(f"/{SLUG}/console/sample?state=open&lang=es").content.decode()
    assert 'href="?state=open&amp;lang=en"' in text


@pytest.mark.parametrize("role", list(Role))
def test_the_menu_follows_the_role(samples: None, cast: Cast, role: Role) -> None:
    """Each role sees only the pages that it may open, and the page it is on is marked."""
    from atelogo.accounts.domain.permissions import Permission, allows

    text = signed_in(cast.staff[role]).get(f"/{SLUG}/console/sample").content.decode()
    settings_shown = f'href="{reverse("accounts:settings", kwargs={"workspace": SLUG})}"' in text
    assert settings_shown == allows(role, Permission.SETTINGS_VIEW)


def test_the_theme_is_the_persons(ana: Client) -> None:
    """A chosen theme is in the page from its first byte; an invented one is not taken."""
    ana.cookies["atelogo_theme"] = "dark"
    assert 'data-bs-theme="dark"' in ana.get(f"/{SLUG}/console/sample").content.decode().split("<head>")[0]
    ana.cookies["atelogo_theme"] = "x"
    assert "data-bs-theme" not in ana.get(f"/{SLUG}/console/sample").content.decode().split("<head>")[0]


class Sample(forms.Form):
    """One field of each shape."""

    name = forms.CharField(label="Nome", help_text="Como no contrato.")
    channel = forms.ChoiceField(label="Canal", widget=forms.RadioSelect, choices=[("a", "A"), ("b", "B")])
    agreed = forms.BooleanField(label="Ciente", required=False)


def test_a_field_ties_label_help_and_error() -> None:
    """The control names its help and its error, and says that it is wrong."""
    with translation.override("pt-br"):
        text = render("{% field form.name %}", form=Sample({}))
    assert '<label class="form-label" for="id_name">Nome' in text
    assert 'aria-describedby="id_name-help id_name-error"' in text
    assert 'aria-invalid="true"' in text
    assert 'id="id_name-error">Este campo é obrigatório.' in text


def test_choices_are_a_group() -> None:
    """Radio buttons stand in a `fieldset` whose legend is their question."""
    text = render("{% field form.channel %}", form=Sample())
    assert "<fieldset" in text
    assert '<legend class="form-label">Canal' in text


def test_an_optional_field_says_so() -> None:
    """Fields are required unless marked; words, not stars, say which."""
    with translation.override("pt-br"):
        assert "(opcional)" not in render("{% field form.name %}", form=Sample())


def test_the_summary_leads_to_each_field() -> None:
    """The list of errors links to the controls; a form without errors has none."""
    text = render("{% error_summary form %}", form=Sample({}))
    assert '<a href="#id_name">Nome</a>' in text
    assert render("{% error_summary form %}", form=Sample()).strip() == ""


def test_what_people_typed_is_never_markup() -> None:
    """Texts are escaped in every component."""
    bad = "<b onclick=x>"
    text = render(
        "{% badge t %}{% empty_state t t %}{% error_state t %}{% copy_button t %}{% definition t t %}"
        "{% breadcrumbs t '/' t %}{% stat_card label=t value=t definition=t %}{% sparkline v t t %}"
        "{% icon t label=t %}{% confirm '/' t t %}{{ t }}{% endconfirm %}"
        "{% timeline events %}{% progress 1 2 t %}",
        t=bad,
        v=[1, 2],
        events=[{"at": None, "title": bad, "text": bad, "who": bad}],
    )
    assert bad not in text


@pytest.mark.parametrize("payload", ["</script><script>alert(1)</script>"])
def test_a_charts_data_cannot_leave_its_element(payload: str) -> None:
    """A label with markup stays inside the JSON of the chart."""
    spec = {"title": "x", "labels": [payload], "series": [{"name": "n", "values": [1]}]}
    assert "<script>alert" not in render("{% chart spec 'c' %}", spec=spec)


def test_query_keeps_what_it_does_not_change() -> None:
    """`query` changes some names, keeps the others, and begins again at the first page."""
    request = RequestFactory().get("/?state=open&cursor=abc&lang=en&page=2")
    template = Template("{% load ui %}{% query sort='name' page='' %}")
    assert template.render(Context({"request": request})) == "?state=open&amp;sort=name"


def test_wurl_needs_names() -> None:
    """Parts of an address are given by name: the workspace comes first in every one."""
    with pytest.raises(TemplateSyntaxError):
        render("{% wurl 'accounts:settings' 3 %}")


def test_states_in_their_readers_words() -> None:
    """The same state is said in the staff's word or the customer's."""
    with translation.override("pt-br"):
        assert "Confirmado" in render("{% state_badge 'confirmed' %}")
        assert "Em processamento" in render("{% state_badge 'confirmed' processing=True %}")
        assert "ainda não cancelado" in render("{% state_badge 'open' audience='customer' %}")


def test_a_missing_number_gives_its_reason() -> None:
    """A card without a number shows why, not a zero."""
    text = render("{% stat_card label='Retidos' value='0' why_missing='Ainda sem 30 dias.' %}")
    assert "Ainda sem 30 dias." in text
    assert "stat-value" not in text


def test_every_icon_is_in_the_sprite() -> None:
    """Each icon that a template or a state names is drawn: the sprite has it."""
    sprite = Path(str(finders.find("vendor/tabler-icons/sprite.svg"))).read_text()
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    templates = [path.read_text() for path in Path(settings.PACKAGE).rglob("templates/**/*.html")]
    named = {name for text in templates for name in re.findall(r'{% icon "([a-z0-9-]+)"', text)}
    named |= {name for text in templates for name in re.findall(r'\bicon="([a-z0-9-]+)"', text)}
    named |= {entry.icon for entry in (*navigation.MAIN, *navigation.ACCOUNT)}
    named |= {shown.icon for shown in PRESENTATION.values()}
    assert named <= drawn
