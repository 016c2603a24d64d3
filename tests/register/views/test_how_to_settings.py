"""Settings > How to cancel."""

from __future__ import annotations

import pytest
from django.test import Client

from atelogo.accounts.queries import workspace_by_id
from atelogo.accounts.services.workspaces import how_to_text_set
from atelogo.register.domain.how_to_cancel import default_page
from tests.cast import Cast, actor_of, signed_in

pytestmark = pytest.mark.django_db
PAGE = "/padaria-aurora/console/settings/how-to-cancel/"
PUBLIC = "/padaria-aurora/como-cancelar"
SECTIONS = {section.code: section for section in default_page("pt-br", sector="services").sections}
OURS = "No balcão da {company}, das 6h às 20h.\n\n- Pelo telefone {sac_phone}.\n- Por carta."


@pytest.fixture
def owner(cast: Cast) -> Client:
    """Return Ana's browser."""
    return signed_in(cast.ana)


def texts_of(cast: Cast) -> dict[str, dict[str, str]]:
    """Return the company's own texts as they are stored."""
    found = workspace_by_id(cast.workspace.id)
    assert found is not None
    return {language: dict(own) for language, own in found.how_to_cancel.items()}


def text_of(browser: Client, path: str) -> str:
    """Return a page's text."""
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_section_is_listed_as_customers_read_it(owner: Client) -> None:
    """The list shows each section with its words filled in, and leads to the public page and its QR code."""
    text = text_of(owner, PAGE)
    for section in SECTIONS.values():
        assert section.title in text
    assert "0800 000 0000" in text
    assert "{sac_phone}" not in text
    assert f'href="{PUBLIC}"' in text
    assert f'href="{PUBLIC}/cartaz"' in text
    assert "Conferir com seu jurídico" in text
    assert "Where and at what hours" in text_of(owner, f"{PAGE}en/")


def test_a_section_is_written_in_own_words(cast: Cast, owner: Client) -> None:
    """A saved text is what customers read, values filled in; the other languages keep ours."""
    assert owner.post(f"{PAGE}pt-br/channels", {"text": OURS}).status_code == 302
    assert texts_of(cast) == {"pt-br": {"channels": OURS}}
    public = text_of(Client(headers={"accept-language": "pt-BR"}), PUBLIC)
    assert "No balcão da Padaria Aurora, das 6h às 20h." in public
    assert "<li>Pelo telefone 0800 000 0000.</li>" in public
    assert "Seu texto" in text_of(owner, PAGE)
    assert "Seu texto" not in text_of(owner, f"{PAGE}es/")
    assert "No balcão da {company}" in text_of(owner, f"{PAGE}pt-br/channels")


def test_a_preview_changes_nothing(cast: Cast, owner: Client) -> None:
    """Seeing how it reads shows the text filled in and keeps nothing."""
    answer = owner.post(f"{PAGE}pt-br/channels", {"text": OURS, "act": "preview"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "No balcão da Padaria Aurora" in text
    assert "ainda não salvo" in text
    assert texts_of(cast) == {}


@pytest.mark.parametrize(
    "sent", [{"act": "restore"}, {"text": ""}, {"text": SECTIONS["channels"].text + "\n\n"}]
)
def test_our_text_comes_back(cast: Cast, owner: Client, sent: dict[str, str]) -> None:
    """Asking for it, sending nothing, or sending our very text brings ours back; other sections stay."""
    for code in ("channels", "needed"):
        owner.post(f"{PAGE}pt-br/{code}", {"text": OURS})
    assert owner.post(f"{PAGE}pt-br/channels", sent).status_code == 302
    assert texts_of(cast) == {"pt-br": {"needed": OURS}}


def test_a_name_that_nothing_fills_in_is_refused(cast: Cast, owner: Client) -> None:
    """A name in braces that is not known comes back with it named, and the words are not lost."""
    answer = owner.post(f"{PAGE}pt-br/channels", {"text": "Ligue {telefone} ou {sac_phone}."})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Nada preenche {telefone}." in text
    assert "Ligue {telefone} ou {sac_phone}." in text
    assert texts_of(cast) == {}


@pytest.mark.parametrize("text", ["x" * 4001, "a\x07b"])
def test_a_text_that_cannot_be_kept_is_refused(cast: Cast, owner: Client, text: str) -> None:
    """A text too long or with characters that no database holds is refused beside its field."""
    answer = owner.post(f"{PAGE}pt-br/channels", {"text": text})
    assert answer.status_code == 422
    assert 'id="id_text-error"' in answer.content.decode()
    assert texts_of(cast) == {}


def test_a_section_without_its_values_says_so(cast: Cast, owner: Client) -> None:
    """A text whose only line needs a value that is missing is marked as not shown now."""
    how_to_text_set(
        workspace=cast.workspace,
        language="pt-br",
        section="channels",
        text="Pelo site: {site}.",
        actor=actor_of(cast.ana),
    )
    assert "Não aparece agora" in text_of(owner, PAGE)
    assert "Não aparece agora" in text_of(owner, f"{PAGE}pt-br/channels")


def test_two_people_write_two_sections(cast: Cast, owner: Client) -> None:
    """A section is saved without undoing another one that somebody saved meanwhile."""
    actor = actor_of(cast.ana)
    for section in ("channels", "needed"):  # both from the same, older view of the company
        how_to_text_set(workspace=cast.workspace, language="es", section=section, text="Hola.", actor=actor)
    assert texts_of(cast) == {"es": {"channels": "Hola.", "needed": "Hola."}}


def test_who_may_only_read_changes_nothing(cast: Cast) -> None:
    """A manager and an auditor read texts and sources, without a form; agents and strangers nothing."""
    for member in (cast.marina, cast.dora):
        browser = signed_in(member)
        for page in (PAGE, f"{PAGE}pt-br/channels"):
            main = text_of(browser, page).partition("<main")[2].partition("</main>")[0]
            assert "<form" not in main
            assert "Por onde e em que horário" in main
        assert browser.post(f"{PAGE}pt-br/channels", {"text": OURS}).status_code == 403
    for member, status in ((cast.bruno, 403), (cast.clara, 404)):
        assert signed_in(member).get(PAGE).status_code == status
        assert signed_in(member).post(f"{PAGE}pt-br/channels", {"text": OURS}).status_code == status
    assert texts_of(cast) == {}


@pytest.mark.parametrize("page", ["fr/", "fr/channels", "pt-br/nowhere"])
def test_what_does_not_exist_is_not_found(owner: Client, page: str) -> None:
    """A language or section that does not exist is not found, for reading and writing alike."""
    assert owner.get(PAGE + page).status_code == 404
    if not page.endswith("/"):
        assert owner.post(PAGE + page, {"text": OURS}).status_code == 404
