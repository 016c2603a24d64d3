"""Refusals of the billing webhook: to the person who sets it up, and to the system that calls back."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from atelogo.core.errors import AppError


class EndpointNotFoundError(AppError):
    """No such billing address in this workspace."""

    code = "billing_endpoint_not_found"
    status = 404
    message = _("We did not find this billing address.")


class EndpointExistsError(AppError):
    """The workspace has an active billing address already."""

    code = "billing_endpoint_exists"
    status = 409
    message = _("There is a billing address in use already. Turn it off before you add another one.")


class EndpointUrlError(AppError):
    """The address may not be called."""

    code = "billing_endpoint_url_refused"
    status = 422
    message = _(
        "This address cannot be used. It must begin with https:// and be reachable from the internet."
    )


class CallbackSignatureError(AppError):
    """The call-back is not signed with the endpoint's secret, or its time is off, or nobody listens there."""

    code = "webhook_signature_invalid"
    status = 401
    message = _("The signature, the time or the address of this message is not right. Nothing was changed.")


class CallbackBodyError(AppError):
    """The call-back is signed, but cannot be understood."""

    code = "webhook_body_invalid"
    status = 422
    message = _("This message cannot be understood. See the reference of the billing webhook.")


class CallbackTooLargeError(AppError):
    """The call-back is larger than any message of this kind."""

    code = "webhook_body_too_large"
    status = 413
    message = _("This message is too large.")
