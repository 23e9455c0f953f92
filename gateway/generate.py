"""`python -m gateway.generate`: writes the files that are made from the code and kept beside it.

`openapi.json` describes the programming interface; `translations/messages.pot` lists every message, and the
catalogs beside it get those that are new, empty. Tests compare all with the code.
"""

import json
from pathlib import Path

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from byttebank.language import catalogs
from gateway import api
from gateway.api.description import document_of

FOLDER = Path(__file__).parent
OPENAPI = FOLDER / "openapi.json"
MESSAGES = catalogs.template_path(FOLDER)


def openapi_json() -> str:
    """The description of the programming interface, without the servers only a running gateway knows."""
    app = Flask("gateway")
    document = document_of(api.register(app, CSRFProtect()))
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    """The files are as the code says; the catalogs have every message, translated or waiting to be."""
    OPENAPI.write_text(openapi_json(), encoding="utf-8")
    catalogs.renew(FOLDER)


if __name__ == "__main__":
    main()
