"""Refusals of accounts, as named facts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from atelogo.core.errors import AppError


class LastOwnerError(AppError):
    """The change would leave the company without an owner."""

    code = "last_owner"
    status = 409
    message = _("A company needs at least one owner. Make another person an owner first.")


class OwnerOnlyError(AppError):
    """Only an owner gives or takes away the role of owner."""

    code = "owner_only"
    status = 403
    message = _("Only an owner can give or take away the role of owner.")


class WorkspaceExistsError(AppError):
    """The address is taken by another workspace."""

    code = "workspace_exists"
    status = 409
    message = _("The address “%(slug)s” is already in use. Choose another.")


class UserExistsError(AppError):
    """Somebody already has this e-mail as a login."""

    code = "user_exists"
    status = 409
    message = _("There is already a person with this e-mail.")


class AlreadyMemberError(AppError):
    """The person already belongs to the company."""

    code = "already_member"
    status = 409
    message = _("This person is already on the list. Change the role there.")


class InviteInvalidError(AppError):
    """The invitation was used, taken back, expired, or never was: all answer alike."""

    code = "invite_invalid"
    status = 410
    message = _("This link no longer works. Ask for a new one from whoever sent it.")


class SharedPersonError(AppError):
    """The person also belongs to another company, which this one may not let in."""

    code = "shared_person"
    status = 409
    message = _(
        "This person also works in another company here, so only whoever runs the system can make a link: "
        "atelogo user reset"
    )


class LoginFailedError(AppError):
    """E-mail unknown, password wrong, person inactive or not of this company: all answer alike."""

    code = "login_failed"
    status = 422
    message = _("E-mail or password is not right. Check both and try again.")


class LinkKeyRefusedError(AppError):
    """What was given is not an Ed25519 public key."""

    code = "link_key_refused"
    status = 422
    message = _(
        "This is not an Ed25519 public key. Paste the public key as PEM or as JWK (kty OKP, crv Ed25519)."
    )


class LinkKeyPrivateError(AppError):
    """A private key was given where a public one is asked for."""

    code = "link_key_private"
    status = 422
    message = _(
        "This is a private key. It was not kept; make a new pair, since this one was shown, and paste only "
        "the public key."
    )


class LinkRefusedError(AppError):
    """A signed link is malformed, signed by no registered key, or meant for another place."""

    code = "link_refused"
    status = 400
    message = _("This link is not valid here. Go in by your document or contract number instead.")


class LinkExpiredError(AppError):
    """A signed link is past its time."""

    code = "link_expired"
    status = 410
    message = _("This link has expired. Open it again from the company's site, or go in by your document.")
