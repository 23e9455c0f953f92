"""A form as it was filled in: what was written, what is wrong with it, which press of the button it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import g, request

from byttebank.contracts.refusals import FieldMissing, Malformed, Refusal
from byttebank.identifiers import is_id, new_id
from gateway.words.refusals import refusal_sentence
from gateway.words.validation import detail_sentence


@dataclass
class Form:
    """`fields`: name to label, in reading order. `errors`: name to sentence, in the order they were found."""

    fields: Mapping[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    id: str = field(default_factory=new_id)
    """The id of what the form will make. Made with the form, so that two clicks make one thing."""
    key: str = ""
    """What tells the form from others with the same fields on its page."""

    def place(self, name: str) -> str:
        """The id of a field in the page."""
        return f"{name}-{self.key}" if self.key else name

    def text(self, name: str) -> str:
        """What was written, as it was written."""
        return str(self.values.get(name, ""))

    def need(self, *names: str) -> None:
        """Each of the fields is filled in, or said to be missing."""
        for name in names:
            if not self.text(name).strip():
                self.errors[name] = refusal_sentence(FieldMissing(field=name), dict(self.fields))

    def refuse(self, refusal: Refusal, places: Mapping[str, str]) -> None:
        """The refusal stands at its field. `places`: refusal code or document pointer, to field name."""
        if isinstance(refusal, Malformed):
            for error in refusal.parameters.get("errors") or []:
                name = places.get(error["pointer"], "")
                self.errors[name] = detail_sentence(error["detail"], self.values.get(name))
        if not self.errors:
            self.errors[places.get(refusal.code, "")] = refusal_sentence(refusal, dict(self.fields))


def sent_form(fields: Mapping[str, str], many: tuple[str, ...] = ()) -> Form:
    """The form as the browser sent it. `many`: fields with any number of values."""
    values: dict[str, Any] = {name: request.form.get(name, "") for name in fields}
    values.update({name: request.form.getlist(name) for name in many})
    sent_id = request.form.get("id")
    return Form(fields, values, id=sent_id if is_id(sent_id) else new_id())  # type: ignore[arg-type]


def keep_refused(form: Form) -> None:
    """The page that is shown now has the form as it was sent."""
    g.refused = form


def take_refused() -> Form | None:
    """The form that was sent and refused just now; None when there is none, or the page has it already."""
    form: Form | None = g.pop("refused", None)
    return form


def form_at(action: str, key: str, **values: Any) -> Form:
    """The form that is sent to `action`: as it was sent when it is refused now, otherwise with `values`."""
    is_sent_here = request.method == "POST" and action == request.script_root + request.path
    form = take_refused() if is_sent_here else None
    form = form or Form({}, values)
    form.key = key
    return form
