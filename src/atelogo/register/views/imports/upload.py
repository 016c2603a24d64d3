"""The list of imports and exports, and the first step: choosing what a file is and sending it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.queries import people_names
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.register.domain.import_feed import Wanted
from atelogo.register.domain.import_words import KIND_HELP, KIND_WORDS
from atelogo.register.domain.importing.records import KINDS
from atelogo.register.errors import ImportRefusedError
from atelogo.register.queries.exports import exports_of
from atelogo.register.queries.imports import batch_page, saved_mappings
from atelogo.register.services.imports.batches import batch_stage, file_forget
from atelogo.register.services.imports.feeding import file_head
from atelogo.register.services.imports.mappings import mapping_delete
from atelogo.register.views.addresses import address
from atelogo.register.views.imports.uploading import LimitedUpload, is_too_large, keep, limit_text

if TYPE_CHECKING:
    from uuid import UUID


class UploadForm(forms.Form):
    """What the file is about, and the file."""

    kind = forms.ChoiceField(label=gettext_lazy("What is in the file?"), widget=forms.RadioSelect)
    file = forms.FileField(label=gettext_lazy("File"), allow_empty_file=True)

    def __init__(self, data: Any = None, files: Any = None) -> None:  # noqa: ANN401 - POST data
        super().__init__(data, files)
        choices = [(kind, f"{_(KIND_WORDS[kind])}: {_(KIND_HELP[kind])}") for kind in reversed(KINDS)]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]
        self.fields["file"].help_text = _(
            "CSV, TXT or Excel (XLSX), up to %(limit)s. Nothing is imported yet: you check it first."
        ) % {"limit": limit_text()}
        self.fields["file"].widget.attrs["accept"] = ".csv,.txt,.tsv,.xlsx,.xls,.ods"


@staff_view(Permission.IMPORT_VIEW, methods=("GET",))
def import_list(request: StaffRequest) -> HttpResponse:
    """Show past imports, the newest first, the person's exports and the saved mappings."""
    page = batch_page(request.workspace, cursor=request.GET.get("cursor", ""))
    names = people_names({one.started_by for one in page.items if one.started_by})
    context = {
        "page": page,
        "names": names,
        "exports": exports_of(request.workspace, request.member.person.id),
        "mappings": [(one, _(KIND_WORDS[one.kind])) for one in saved_mappings(request.workspace)],
    }
    return render(request, "register/imports/list.html", context)


@csrf_exempt
@staff_view(Permission.IMPORT_RUN)
def import_new(request: StaffRequest) -> HttpResponse:
    """Ask for a file; a POST keeps it on disk and leads to its columns.

    The form's own protection is checked inside, after the limit is set: reading the form reads the upload.
    """
    if request.method != "POST":
        return _form(request, UploadForm(), 200)
    if is_too_large(request):
        return _form(request, _too_large(), 413)
    limited = LimitedUpload(request)
    request.upload_handlers = [limited]
    answer = _receive(request)
    return _form(request, _too_large(), 413) if limited.stopped else answer


@csrf_protect
def _receive(request: StaffRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form(request, form, 422)
    upload: UploadedFile[bytes] = form.cleaned_data["file"]
    path = keep(upload)
    try:
        # A table whose columns are not understood can still be mapped by hand.
        kind = form.cleaned_data["kind"]
        head, _rows = file_head(Wanted(str(path), kind, rows=0, spellings=False, lenient=True))
    except ImportRefusedError as error:
        file_forget(str(path))
        form.add_error("file", str(error))
        return _form(request, form, 422)
    batch = batch_stage(
        workspace=request.workspace,
        actor=request.actor,
        kind=form.cleaned_data["kind"],
        path=path,
        file_name=upload.name or "",
        head=head,
    )
    return HttpResponseRedirect(address(request, "import_columns", batch_id=batch))


def _too_large() -> UploadForm:
    form = UploadForm({})
    form.full_clean()
    form.errors.clear()
    form.add_error(
        "file",
        _("The file is larger than %(limit)s. Split it, or import it on the server: atelogo import FILE.")
        % {"limit": limit_text()},
    )
    return form


def _form(request: StaffRequest, form: UploadForm, status: int) -> HttpResponse:
    return render(request, "register/imports/new.html", {"form": form}, status=status)


@staff_view(Permission.IMPORT_RUN, methods=("POST",))
def mapping_forget(request: StaffRequest, mapping_id: UUID) -> HttpResponse:
    """Drop a saved mapping."""
    mapping_delete(workspace=request.workspace, mapping_id=mapping_id)
    return HttpResponseRedirect(address(request, "import_list"))
