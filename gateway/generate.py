"""`python -m gateway.generate`: writes the two files that are made from the code and kept beside it.

`openapi.json` describes the programming interface; `translations/messages.pot` lists every message for
translators. Tests compare both with the code.
"""

import io
import json
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import write_po
from flask import Flask
from flask_wtf.csrf import CSRFProtect

from gateway import api
from gateway.api.description import document_of

FOLDER = Path(__file__).parent
OPENAPI = FOLDER / "openapi.json"
MESSAGES = FOLDER / "translations" / "messages.pot"
BABEL = FOLDER / "translations" / "babel.cfg"
KEYWORDS = {
    "say": None,
    "N_": None,
    "_": None,
    "say_many": (1, 2),
    "choose": (1, 2),
    "ngettext": (1, 2),
}


def openapi_json() -> str:
    """The description of the programming interface, without the servers only a running gateway knows."""
    app = Flask("gateway")
    document = document_of(api.register(app, CSRFProtect()))
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def messages_pot() -> str:
    """Every message of code and templates, sorted; without places, so that moving code changes nothing."""
    with BABEL.open(encoding="utf-8") as lines:
        methods, options = parse_mapping_cfg(lines)
    catalogue = Catalog(project="Byttebank", charset="utf-8")
    found = extract_from_dir(str(FOLDER), methods, options, keywords=KEYWORDS)
    for _, _, message, comments, context in found:
        catalogue.add(message, None, auto_comments=comments, context=context)
    written = io.BytesIO()
    write_po(written, catalogue, no_location=True, omit_header=True, sort_output=True, width=0)
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    return header + written.getvalue().decode()


def main() -> None:
    """Both files are as the code says."""
    OPENAPI.write_text(openapi_json(), encoding="utf-8")
    MESSAGES.write_text(messages_pot(), encoding="utf-8")


if __name__ == "__main__":
    main()
