"""What an engagement's page says and asks about other dates."""

from typing import Any

from flask import url_for

from gateway import reading, speech
from gateway.forms import Form, form_at
from gateway.reading import Reader
from gateway.speech import say
from gateway.words.moving import move_sentence

Document = dict[str, Any]


def date_fields(engagement: Document) -> dict[str, str]:
    """A field for each date that is agreed on."""
    days = engagement["dates"]
    if len(days) == 1:
        return {"dag": say("Ny dato")}
    return {
        f"dag{number}": say("I stedet for {date}", date=speech.on(day)) for number, day in enumerate(days)
    }


def moving_of(engagement: Document, reader: Reader) -> Document:
    """What the engagement's page says and asks about other dates."""
    today = speech.speech().today
    move = reading.open_move(engagement, today)
    form: Form | None = None
    if reading.may_move(engagement, reader, today):
        url = url_for("moving.ask", engagement_id=engagement["id"])
        form = form_at(url, "flytt")
        form.fields = date_fields(engagement)
    is_mine = move is not None and bool(reader.roles & set(move["consents"]))
    return {
        "form": form,
        "dates": move["dates"] if move else [],
        "sentence": move_sentence(engagement, reader) if move else "",
        "may_accept": reading.may_answer_move(engagement, reader, today),
        "may_decline": move is not None and bool(reader.roles),
        "is_mine": is_mine,
    }
