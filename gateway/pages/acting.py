"""What a form of one act comes to: it is done and said, or the page has the form as it was filled in."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import NotFound, Refusal
from byttebank.identifiers import is_id
from gateway.forms import Form, keep_refused, take_refused
from gateway.words.refusals import refusal_sentence

REASON = {"/reason": "grunn"}
"""Where a refusal of the reason stands, in the forms that ask for one."""


def act(
    form: Form,
    do: Callable[[], Any],
    done: str,
    show: Callable[[], Any],
    back: str,
    places: Mapping[str, str] = REASON,
) -> ResponseReturnValue:
    """`do` is done, `done` is said and one is sent `back`; otherwise `show` with the form open, status 422.

    The page finds the form by where it is sent (`form_at`). When it is not on the page any more, because
    somebody else was first, the sentence is said there. `places` as in `Form.refuse`.
    """
    if not form.errors:
        try:
            do()
        except Refusal as refusal:
            form.refuse(refusal, places)
    if not form.errors:
        flash(done, "success")
        return redirect(back)
    keep_refused(form)
    page = show()
    if take_refused() is None:
        return page, 422
    flash(" ".join(form.errors.values()), "danger")
    return redirect(back)


def press(do: Callable[[], Any], done: str, back: str) -> ResponseReturnValue:
    """A button and nothing to fill in: `do` is done and `done` said, or the refusal is; one is sent `back`.

    Refuses: NotFound, on a page of its own.
    """
    try:
        do()
    except NotFound:
        raise
    except Refusal as refusal:
        flash(refusal_sentence(refusal), "danger")
    else:
        flash(done, "success")
    return redirect(back)


def known(thing_id: str, kind: str) -> str:
    """The id in an address. Refuses: NotFound when it is none."""
    if not is_id(thing_id):
        raise NotFound(kind=kind, id=thing_id)
    return thing_id
