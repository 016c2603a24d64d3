"""Settings > Own fields."""

from __future__ import annotations

import pytest

from atelogo.accounts.domain.custom_fields import MOST_FIELDS, CustomField, CustomKind
from atelogo.accounts.queries import workspace_by_id
from atelogo.accounts.services.workspaces import custom_field_set
from tests.cast import Cast, actor_of, signed_in

pytestmark = pytest.mark.django_db
FIELDS = "/padaria-aurora/console/settings/custom-fields"
SHOP = {
    "label_pt_br": "Loja de origem",
    "label_en": "",
    "label_es": "",
    "kind": "choice",
    "choices": "Centro\r\n\r\n Mooca \r\nCentro\r\n",
    "help": "",
    "code": "",
    "active": "on",
}


def fields_of(cast: Cast) -> tuple[CustomField, ...]:
    """Return the fields as they are stored."""
    found = workspace_by_id(cast.workspace.id)
    assert found is not None
    return found.custom_fields


def give(cast: Cast, *codes: str) -> None:
    """Make text fields."""
    for code in codes:
        one = CustomField(code, {"pt-br": f"Campo {code}"})
        custom_field_set(workspace=cast.workspace, given=one, actor=actor_of(cast.ana))


def test_a_list_is_made_with_a_code_of_its_name(cast: Cast) -> None:
    """A field with options is kept; blanks and repeats fall away; its code comes from its name."""
    browser = signed_in(cast.ana)
    assert browser.post(f"{FIELDS}/new", SHOP).status_code == 302
    (made,) = fields_of(cast)
    assert made == CustomField(
        "loja_de_origem", {"pt-br": "Loja de origem"}, CustomKind.CHOICE, ("Centro", "Mooca")
    )
    text = browser.get(FIELDS).content.decode()
    assert "Loja de origem" in text
    assert "Centro · Mooca" in text


@pytest.mark.parametrize(
    "change,field",
    [
        ({"label_pt_br": ""}, "label_pt_br"),
        ({"label_pt_br": "x" * 81}, "label_pt_br"),
        ({"choices": " \n "}, "choices"),
        ({"choices": "\n".join(str(n) for n in range(60))}, "choices"),
        ({"code": "Loja!"}, "code"),
        ({"code": "campanha"}, "code"),
        ({"kind": "secret"}, "kind"),
        ({"help": "x" * 201}, "help"),
    ],
)
def test_a_field_that_cannot_stand_is_refused(cast: Cast, change: dict[str, str], field: str) -> None:
    """A name, options, code or kind that cannot be is refused beside its field; nothing is added."""
    give(cast, "campanha")
    answer = signed_in(cast.ana).post(f"{FIELDS}/new", SHOP | change)
    assert answer.status_code == 422
    assert f'id="id_{field}-error"' in answer.content.decode()
    assert [one.code for one in fields_of(cast)] == ["campanha"]


def test_words_change_but_what_it_takes_does_not(cast: Cast) -> None:
    """A known field takes new words and options in its place; code and kind stay, whatever is sent."""
    browser = signed_in(cast.ana)
    browser.post(f"{FIELDS}/new", SHOP)
    give(cast, "campanha")
    page = f"{FIELDS}/field/loja_de_origem"
    text = browser.get(page).content.decode()
    assert 'name="kind"' not in text
    assert 'name="code"' not in text
    changed = SHOP | {"label_en": "Shop", "choices": "Centro", "kind": "date", "code": "other", "active": ""}
    assert browser.post(page, changed).status_code == 302
    assert fields_of(cast)[0] == CustomField(
        "loja_de_origem",
        {"pt-br": "Loja de origem", "en": "Shop"},
        CustomKind.CHOICE,
        ("Centro",),
        active=False,
    )
    assert browser.get(f"{FIELDS}/field/nowhere").status_code == 404


def test_fields_change_places(cast: Cast) -> None:
    """A field moves one place up or down; at the edge it stays."""
    give(cast, "a", "b", "c")
    browser = signed_in(cast.ana)
    for code, to, order in [
        ("c", "up", "acb"),
        ("a", "up", "acb"),
        ("a", "down", "cab"),
        ("zz", "up", "cab"),
    ]:
        assert browser.post(f"{FIELDS}/move", {"code": code, "to": to}).status_code == 302
        assert "".join(one.code for one in fields_of(cast)) == order


def test_there_is_an_end_to_fields(cast: Cast) -> None:
    """The list says when there are as many fields as a form bears, and one more is refused."""
    give(cast, *(f"f{n}" for n in range(MOST_FIELDS)))
    browser = signed_in(cast.ana)
    assert f"{FIELDS}/new" not in browser.get(FIELDS).content.decode()
    refused = browser.post(f"{FIELDS}/new", SHOP)
    assert refused.status_code == 422
    assert len(fields_of(cast)) == MOST_FIELDS


def test_only_an_owner_makes_fields(cast: Cast) -> None:
    """A manager reads the list and finds no way to change it; strangers find nothing."""
    give(cast, "campanha")
    manager = signed_in(cast.marina)
    text = manager.get(FIELDS).content.decode()
    assert "Campo campanha" in text
    assert f"{FIELDS}/" not in text
    for member, status in ((cast.marina, 403), (cast.bruno, 403), (cast.clara, 404)):
        browser = signed_in(member)
        for page in ("new", "move", "field/campanha"):
            assert browser.post(f"{FIELDS}/{page}", SHOP).status_code == status
    assert len(fields_of(cast)) == 1


def test_an_empty_list_says_what_fields_are_for(cast: Cast) -> None:
    """Without fields the page says so and offers to make one."""
    text = signed_in(cast.ana).get(FIELDS).content.decode()
    assert "Ainda não há campos próprios" in text
    assert f'href="{FIELDS}/new"' in text
