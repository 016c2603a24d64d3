"""Importar: from the upload to the result and back, what each role sees, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings
from python_calamine import CalamineWorkbook

from atelogo.accounts.domain.permissions import Role, allows
from atelogo.events import outbox
from atelogo.register import urls
from atelogo.register.models import Customer, ImportBatch, ReasonAlias, Request, SavedMapping
from atelogo.register.services.imports.batches import import_folder
from tests.cast import PASSWORD
from tests.register.views.conftest import Desk
from tests.register.views.downloads import sent

pytestmark = pytest.mark.django_db

FILE = (
    "codigo;nome;cpf;cancelado em;mensalidade;motivo\n"
    "C1;Rita Souza;390.533.447-05;02/03/2026;99,90;Mudança de endereço\n"
    "C2;Otávio Reis;;03/03/2026;59,90;muito caro mesmo\n"
    "C3;Lia Prado;;31/02/2026;49,90;muito caro mesmo\n"
    "C4;Ivo Nunes;;05/03/2026;39,90;\n"
    "Total;;;;249,60;\n"
)


def upload(desk: Desk, content: str | bytes = FILE, kind: str = "cancellations", **more: Any) -> Any:
    """Send a file as the manager and return the answer."""
    raw = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(more.pop("name", "março.csv"), raw)
    role = more.pop("role", Role.MANAGER)
    return desk.browser(role).post(desk.url("importar/novo/"), {"kind": kind, "file": file}, **more)


def batch_of(desk: Desk) -> ImportBatch:
    """Return the newest batch."""
    found: ImportBatch = ImportBatch.objects.order_by("-created_at", "-id")[0]
    return found


def form_of(page: str) -> dict[str, Any]:
    """Return the values that the form of a page would send, unchanged."""
    values: dict[str, Any] = {"column": re.findall(r'name="column" value="([^"]*)"', page)}
    for name, body in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        values[name] = chosen[1] if chosen else ""
    for name in ("fingerprint", "currency", "select_column", "select_keep"):
        found = re.search(rf'name="{name}" value="([^"]*)"', page)
        if found:
            values[name] = found[1]
    values["select"] = "1"
    return values


def checked(desk: Desk, content: str | bytes = FILE, **changes: Any) -> ImportBatch:
    """Bring a file to its check, with changes in the form of its columns."""
    assert upload(desk, content).status_code == 302
    path = f"importar/{batch_of(desk).id}/colunas"
    form = form_of(desk.get(path, Role.MANAGER).content.decode()) | changes
    answer = desk.browser(Role.MANAGER).post(desk.url(path), form)
    assert answer.status_code == 302, answer.content.decode()
    outbox.drain()
    return batch_of(desk)


def imported(desk: Desk, content: str | bytes = FILE, **decided: str) -> ImportBatch:
    """Bring a file all the way in; ``decided`` maps the number of a reason to what it means."""
    batch = checked(desk, content)
    page = desk.get(f"importar/{batch.id}/", Role.MANAGER).content.decode()
    said = re.findall(r'name="spelling" value="([^"]*)"', page)
    desk.browser(Role.MANAGER).post(desk.url(f"importar/{batch.id}/iniciar"), {"spelling": said, **decided})
    outbox.drain()
    return batch_of(desk)


def test_a_file_goes_from_upload_to_result(desk: Desk) -> None:
    """Upload, columns, check, import: five counts that add up, and the cancellations are there."""
    batch = checked(desk)
    assert batch.state == "checked"
    assert Request.objects.count() == 0
    review = desk.get(f"importar/{batch.id}/", Role.MANAGER).content.decode()
    assert 'data-count="read">5<' in review
    assert 'data-count="imported">3<' in review
    assert "muito caro mesmo" in review
    assert "Rita Souza" in review
    assert "02/03/2026" in review
    desk.post(f"importar/{batch.id}/iniciar", Role.MANAGER)
    assert "sendo importado" in desk.get(f"importar/{batch.id}/", Role.MANAGER).content.decode()
    outbox.drain()
    done = batch_of(desk)
    assert (done.state, done.read, done.imported, done.rejected, done.left_out) == ("done", 5, 3, 1, 1)
    result = desk.get(f"importar/{batch.id}/", Role.MANAGER).content.decode()
    assert 'data-count="rejected">1<' in result
    listed = desk.get(f"cancelamentos/?batch={batch.id}&view=all", Role.MANAGER).content.decode()
    assert "Rita Souza" in listed


def test_the_real_file_comes_in_through_the_wizard(desk: Desk, test_data: Path) -> None:
    """Export B, as sent by a person, is 1,869 cancellations with its total."""
    content = (test_data / "br_messy_exports" / "B_cancelamentos_utf16.txt").read_bytes()
    batch = imported(desk, content)
    assert (batch.read, batch.imported) == (1869, 1869)
    values = Request.objects.filter(batch_id=batch.id).values_list("mrr_minor", flat=True)
    assert sum(value or 0 for value in values) == 13913085


def test_unknown_reasons_are_decided_by_a_person(desk: Desk) -> None:
    """A spelling is joined to a known reason, said to be nothing, or becomes a new one in its own words."""
    content = FILE + "C5;Ana Lobo;;06/03/2026;10,00;sei lá\nC6;Eva Melo;;06/03/2026;10,00;visita atrasou\n"
    batch = checked(desk, content)
    page = desk.get(f"importar/{batch.id}/", Role.MANAGER).content.decode()
    said = re.findall(r'name="spelling" value="([^"]*)"', page)
    assert sorted(said) == ["muito caro mesmo", "sei lá", "visita atrasou"]
    price = desk.reason("price_too_high")
    label = re.search(r"<option[^>]*>(Mensalidade[^<]*|Preço[^<]*)</option>", page)
    assert label is not None
    decided = {f"reason-{said.index('muito caro mesmo')}": label[1], f"reason-{said.index('sei lá')}": "-"}
    desk.browser(Role.MANAGER).post(desk.url(f"importar/{batch.id}/iniciar"), {"spelling": said} | decided)
    outbox.drain()
    reasons = dict(Request.objects.filter(batch_id=batch.id).values_list("mrr_minor", "reason__code"))
    joined = Request.objects.get(batch_id=batch.id, mrr_minor=5990)
    assert joined.reason_id == ReasonAlias.objects.get(folded="muito caro mesmo").reason_id
    assert joined.reason_id == price or label[1].startswith("Preço")
    assert Request.objects.filter(batch_id=batch.id, reason__code="not_informed").count() == 2
    fresh = ReasonAlias.objects.get(folded="visita atrasou")
    assert fresh.reason.origin == "import"
    assert 9990 in reasons


def test_the_columns_can_be_changed(desk: Desk) -> None:
    """What a person says of a column wins over the guess, and is kept when it gets a name."""
    batch = checked(desk, **{"field-5": "notes", "mapping_name": "Sistema antigo"})
    assert batch.mapping["columns"]["notes"] == "motivo"
    assert "reason" not in batch.mapping["columns"]
    kept = SavedMapping.objects.get()
    assert (kept.name, kept.mapping) == ("Sistema antigo", batch.mapping)
    upload(desk)
    path = f"importar/{batch_of(desk).id}/colunas"
    page = desk.get(path, Role.MANAGER).content.decode()
    assert "Sistema antigo" in page
    used = desk.post(path, Role.MANAGER, use=str(kept.id)).content.decode()
    assert form_of(used)["field-5"] == "notes"


def test_a_choice_that_says_nobody_is_told_and_kept(desk: Desk) -> None:
    """Without any column that says who it is the page says so, with the choices as they were made."""
    upload(desk)
    path = f"importar/{batch_of(desk).id}/colunas"
    form = form_of(desk.get(path, Role.MANAGER).content.decode())
    answer = desk.browser(Role.MANAGER).post(desk.url(path), form | {f"field-{n}": "" for n in range(3)})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert form_of(page)["field-5"] == "reason"
    assert batch_of(desk).state == "staged"


def test_the_file_can_be_read_otherwise(desk: Desk) -> None:
    """Naming the line of the column names and the separator reads the same file anew."""
    upload(desk, "a|b\nx|1\n" + FILE.replace(";", "|"))
    path = f"importar/{batch_of(desk).id}/colunas"
    page = desk.post(path, Role.MANAGER, act="reread", header_line="3", separator="|").content.decode()
    assert form_of(page)["column"][:2] == ["codigo", "nome"]


@pytest.mark.parametrize("content,words", [(b"", "vazio"), (b"\x00\x01\x02" * 50, ""), (b"%PDF-1.7 x", "")])
def test_a_file_that_is_no_table_is_refused_at_once(desk: Desk, content: bytes, words: str) -> None:
    """What cannot be read is told on the form, and nothing of it is kept."""
    before = set(import_folder().glob("*"))
    answer = upload(desk, content)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ImportBatch.objects.exists()
    assert set(import_folder().glob("*")) == before


def test_an_upload_past_the_limit_is_refused(desk: Desk, settings: Settings) -> None:
    """A file above the limit gets 413 and a way out; one that lies about its size is stopped on the way."""
    settings.ATELOGO_UPLOAD_LIMIT_MB = 1
    answer = upload(desk, b"x" * (3 << 20))
    assert answer.status_code == 413
    assert "atelogo import" in answer.content.decode()
    assert upload(desk, b"x" * (3 << 20), CONTENT_LENGTH="100").status_code in {413, 422}
    assert not ImportBatch.objects.exists()


def test_the_upload_is_protected_against_forged_forms(desk: Desk) -> None:
    """A form without its token is refused although the view sets the upload up first."""
    browser = Client(enforce_csrf_checks=True)
    assert browser.login(username="marina@padaria-aurora.example", password=PASSWORD)
    file = SimpleUploadedFile("a.csv", FILE.encode())
    answer = browser.post(desk.url("importar/novo/"), {"kind": "cancellations", "file": file})
    assert answer.status_code == 403
    assert not ImportBatch.objects.exists()


def test_progress_is_told_until_the_page_must_change(desk: Desk) -> None:
    """The part that htmx asks for shows the rows so far; once the check is over it reloads the page."""
    upload(desk)
    batch = batch_of(desk)
    path = f"importar/{batch.id}/colunas"
    desk.browser(Role.MANAGER).post(desk.url(path), form_of(desk.get(path, Role.MANAGER).content.decode()))
    waiting = desk.get(f"importar/{batch.id}/andamento", Role.MANAGER)
    assert "HX-Refresh" not in waiting.headers
    outbox.drain()
    assert desk.get(f"importar/{batch.id}/andamento", Role.MANAGER).headers["HX-Refresh"] == "true"


def test_a_run_is_stopped_before_it_begins(desk: Desk) -> None:
    """Asked to stop, the run ends after the rows in hand, and the same file can come again."""
    batch = checked(desk)
    desk.post(f"importar/{batch.id}/iniciar", Role.MANAGER)
    desk.post(f"importar/{batch.id}/parar", Role.MANAGER)
    outbox.drain()
    assert batch_of(desk).state == "cancelled"


def test_a_file_is_thrown_away(desk: Desk) -> None:
    """Discarding deletes the batch and its file; an import that wrote is not discarded."""
    upload(desk)
    batch = batch_of(desk)
    desk.post(f"importar/{batch.id}/descartar", Role.MANAGER)
    assert not ImportBatch.objects.exists()
    assert not Path(batch.file_path).exists()
    done = imported(desk)
    assert desk.post(f"importar/{done.id}/descartar", Role.MANAGER).status_code == 409


def test_an_import_is_undone_on_its_page(desk: Desk) -> None:
    """The undo asks first, takes everything back in the background, and the page says so."""
    batch = imported(desk)
    customers = Customer.objects.count()
    page = desk.get(f"importar/{batch.id}/", Role.MANAGER).content.decode()
    assert f"importar/{batch.id}/desfazer" in page
    desk.post(f"importar/{batch.id}/desfazer", Role.MANAGER)
    outbox.drain()
    assert batch_of(desk).state == "undone"
    assert set(Request.objects.values_list("state", flat=True)) == {"voided"}
    assert Customer.objects.count() == customers - 3
    assert (
        f"importar/{batch.id}/desfazer"
        not in desk.get(f"importar/{batch.id}/", Role.MANAGER).content.decode()
    )


def test_rejected_rows_come_back_with_why(desk: Desk) -> None:
    """The workbook of rejected rows has every original column, the value as it was, and why in Portuguese."""
    batch = imported(desk)
    answer = desk.get(f"importar/{batch.id}/rejeitadas", Role.MANAGER)
    path = import_folder() / "taken.xlsx"
    path.write_bytes(sent(answer))
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert rows[0][:6] == FILE.splitlines()[0].split(";")
    assert rows[1][:6] == ["C3", "Lia Prado", "", "31/02/2026", "49,90", "muito caro mesmo"]
    assert "cancelado em" in str(rows[1][6])
    assert rows[1][7] == 4.0


def test_rows_are_listed_with_why_and_masked(desk: Desk) -> None:
    """Left-out and rejected rows are listed by line and why; what they held only for who may see people."""
    batch = imported(desk)
    path = f"importar/{batch.id}/linhas?outcome=rejected"
    assert "Lia Prado" in desk.get(path, Role.MANAGER).content.decode()
    masked = desk.get(path, Role.ANALYST).content.decode()
    assert "Lia Prado" not in masked
    assert desk.get(f"importar/{batch.id}/rejeitadas", Role.ANALYST).status_code == 403
    assert "249,60" in desk.get(f"importar/{batch.id}/linhas?outcome=left_out", Role.MANAGER).content.decode()


def test_somebody_of_another_company_sees_nothing(desk: Desk, stranger: Client) -> None:
    """Clara, who owns another company, finds no page of an import here, nor the batch under her own."""
    batch = imported(desk)
    assert stranger.get(desk.url(f"importar/{batch.id}/")).status_code == 404
    slug = desk.cast.elsewhere.slug
    assert stranger.get(f"/{slug}/console/importar/{batch.id}/").status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_what_the_matrix_says(desk: Desk, role: Role) -> None:
    """Every address of imports and exports lets in exactly the roles of the permission that it names."""
    batch = imported(desk)
    browser = desk.browser(role)
    browser.raise_request_exception = False
    for pattern in urls.urlpatterns:
        name = str(pattern.name)
        if name.partition("_")[0] not in {"import", "export", "mapping"}:
            continue
        path = re.sub(r"<uuid:batch_id>", str(batch.id), str(pattern.pattern))
        path = re.sub(r"<uuid:\w+>", str(UUID(int=1)), path)
        permissions = pattern.callback.permissions  # type: ignore[attr-defined]
        for method in ("GET", "POST"):
            answer = browser.generic(method, desk.url(path))
            sent(answer)
            status = answer.status_code
            where = f"{method} {name} as {role}: {status}"
            if method not in permissions:
                assert status == 405, where
            elif not allows(role, permissions[method]):
                assert status == 403, where
            elif name != "import_rejects":
                assert status not in {403, 405, 500}, where
