"""Files that leave: asked for with the filters on screen, made in the background, taken by who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.queries import people_of
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.core import clock, search_terms
from atelogo.core.errors import NotFoundError
from atelogo.register.queries.exports import ExportView, export_view
from atelogo.register.queries.reasons import reason_tree
from atelogo.register.services.exports import export_ask, export_take
from atelogo.register.views.addresses import address, language
from atelogo.register.views.filters import FilterForm, filter_of

if TYPE_CHECKING:
    from uuid import UUID

_BUSY: Final = frozenset({"waiting", "running"})


@staff_view(Permission.EXPORT_RUN, methods=("POST",))
def export_make(request: StaffRequest) -> HttpResponse:
    """Owe the person a file with what the list shows: its filters stand in this address as in the list's."""
    asked = request.GET
    form = FilterForm(
        asked, reason_tree(request.workspace.id, language=language()), people_of(request.workspace.id)
    )
    text = asked.get("protocol", "") or search_terms.recall(request.session, asked.get("search", ""))
    wanted = filter_of(
        form,
        asked,
        today=clock.today(request.workspace.timezone),
        me=request.member.person.id,
        text=text,
    )
    export = export_ask(
        workspace=request.workspace,
        actor=request.actor,
        wanted=wanted,
        form=request.POST.get("form", "csv_br"),
        masked=not request.may(Permission.PERSONAL_VIEW),
        language=language(),
    )
    return HttpResponseRedirect(address(request, "export_detail", export_id=export))


def _own(request: StaffRequest, export_id: UUID) -> ExportView:
    """Return a file of this person; anybody else's is not found."""
    export = export_view(request.workspace, export_id)
    if export is None or export.made_by != request.member.person.id:
        raise NotFoundError
    return export


@never_cache
@staff_view(Permission.EXPORT_RUN, methods=("GET",))
def export_detail(request: StaffRequest, export_id: UUID) -> HttpResponse:
    """Show how far the file is, and the file once it is made; htmx asks for the part that changes."""
    export = _own(request, export_id)
    context = {"export": export, "busy": export.state in _BUSY}
    part = "register/imports/parts/export.html" if request.htmx else "register/imports/export.html"
    return render(request, part, context)


@staff_view(Permission.EXPORT_RUN, methods=("GET",))
def export_file(request: StaffRequest, export_id: UUID) -> FileResponse:
    """Give the file to the person who asked for it, until its day is over."""
    path, name = export_take(workspace=request.workspace, actor=request.actor, export_id=export_id)
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)
