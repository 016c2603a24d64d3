"""Refusals of the register: each says what is wrong and what to do."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from atelogo.core.errors import AppError


class RequestNotFoundError(AppError):
    """No such request in this workspace."""

    code = "request_not_found"
    status = 404
    message = _("We did not find this request. Check the protocol number.")


class RequestTransitionError(AppError):
    """The request is in a state from which this step does not lead."""

    code = "request_transition_refused"
    status = 409
    message = _("This step is not possible now: the request is already “%(state)s”. Nothing was changed.")


class UndoWindowClosedError(AppError):
    """The undo window has passed; coming back is a new or reopened contract."""

    code = "undo_window_closed"
    status = 409
    message = _("The time to undo has ended. Talk to us and we will see together how to come back.")


class EffectiveDateError(AppError):
    """The chosen last day cannot be given."""

    code = "effective_date_refused"
    status = 422
    message = _("Choose another last day: today or later, at most one year ahead.")


class ActiveRequestExistsError(AppError):
    """The contract already has an active request."""

    code = "active_request_exists"
    status = 409
    message = _("This contract already has a request in progress: protocol %(protocol)s.")


class IdempotencyConflictError(AppError):
    """The same key came with other content."""

    code = "idempotency_conflict"
    status = 422
    message = _("This was already sent with other content. Open the page again and send it once more.")


class ContractNotFoundError(AppError):
    """No such contract for this customer in this workspace."""

    code = "contract_not_found"
    status = 404
    message = _("We did not find this contract. Check the number.")


class CustomerNotFoundError(AppError):
    """No such customer in this workspace."""

    code = "customer_not_found"
    status = 404
    message = _("We did not find this customer. Check the data.")


class ReasonNotFoundError(AppError):
    """No such reason in the tree."""

    code = "reason_not_found"
    status = 404
    message = _("This reason is not in the list any more. Choose another one.")


class ReasonChangeRefusedError(AppError):
    """A change of the reason tree would leave it in disorder; ``fields`` say where."""

    code = "reason_change_refused"
    status = 422
    message = _("This change cannot be made. %(why)s")


class ReasonDraftEmptyError(AppError):
    """There is nothing to publish."""

    code = "reason_draft_empty"
    status = 409
    message = _("There are no changes to publish.")


class TaskNotFoundError(AppError):
    """No such open task."""

    code = "task_not_found"
    status = 404
    message = _("This task does not exist or was already closed.")


class EvidenceRequiredError(AppError):
    """A step is closed only on proof."""

    code = "evidence_required"
    status = 422
    message = _("Write what was done or the number that proves it. The task stays open until then.")


class ExplanationRequiredError(AppError):
    """The act needs its reason in words."""

    code = "explanation_required"
    status = 422
    message = _("Say why in a few words: it stays in the history.")


class NotCorrectableError(AppError):
    """This field is not corrected by hand."""

    code = "field_not_correctable"
    status = 422
    message = _("The field “%(field)s” cannot be corrected here.")


class MergeRefusedError(AppError):
    """The two requests cannot be joined."""

    code = "merge_refused"
    status = 409
    message = _("These two requests cannot be joined: they must be different and of the same company.")


class ProofNotReadyError(AppError):
    """The fact has no place in the line yet; the sealer gives it one within moments."""

    code = "proof_not_ready"
    status = 409
    message = _("The proof is being made. Try again in a few seconds.")


class CodeWrongError(AppError):
    """The one-time code is wrong, expired or used up; all three answer alike."""

    code = "code_wrong"
    status = 422
    message = _("The code is wrong or has expired. Check it or ask for another one.")


class LinkInvalidError(AppError):
    """The signed link is invalid, used or expired."""

    code = "link_invalid"
    status = 403
    message = _("This link is no longer valid. You can still cancel: identify yourself or declare below.")


class CustomFieldError(AppError):
    """A custom field is unknown or has a value of another type."""

    code = "custom_field_invalid"
    status = 422
    message = _("The field “%(field)s” has a value that does not fit.")


class FileUnreadableError(AppError):
    """The file cannot be read as a table."""

    code = "file_unreadable"
    status = 422
    message = _("We could not read a table in this file. Save it as CSV or XLSX and send it again.")


class BatchNotFoundError(AppError):
    """No such import batch."""

    code = "import_not_found"
    status = 404
    message = _("We did not find this import.")


class BatchStateError(AppError):
    """The batch is in a state in which this cannot be done."""

    code = "import_state_refused"
    status = 409
    message = _("This import is “%(state)s”: that cannot be done with it now.")


class ImportRefusedError(AppError):
    """The file or its mapping cannot be used at all.

    ``problem`` is a code of ``domain.importing.problems``, ``text`` its message, ``detail`` what it is about.
    """

    code = "import_refused"
    status = 422
    message = _("We could not use this file: save it as CSV or XLSX and send it again.")

    def __str__(self) -> str:
        if said := self.params.get("said"):
            return str(said)
        text = str(self.params.get("text", ""))
        return gettext(text) % {"detail": self.params.get("detail", "")} if text else str(self.message)

    def spoken(self) -> ImportRefusedError:
        """Return the same refusal with its sentence fixed in the active language."""
        return ImportRefusedError(problem=self.params.get("problem", ""), said=str(self))


class ErasureRefusedError(AppError):
    """The person is still a customer: a contract is active or a request is in hand."""

    code = "erasure_refused"
    status = 409
    message = _("This person still has an active contract or a request in progress. Finish that first.")


class NotIdentifiedError(AppError):
    """Nobody has matched the declaration to a contract yet: there is nothing to stop."""

    code = "request_not_identified"
    status = 409
    message = _("First say whose contract this is: then it can be completed.")
