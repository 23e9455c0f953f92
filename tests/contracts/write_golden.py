"""Write the golden file of each contract that has none. Existing ones are the past and stay as they are."""

import json

from contract_shapes import CONTRACTS, GOLDEN, example, shape

from byttebank.contracts.refusals import all_refusals


def main() -> None:
    """Every contract has a golden file; the list of refusal codes has grown where it must."""
    GOLDEN.mkdir(exist_ok=True)
    for name, schema in sorted(CONTRACTS.items()):
        path = GOLDEN / f"{name}.json"
        if not path.exists():
            _write(path.name, {"shape": shape(schema), "example": example(schema)})
    path = GOLDEN / "refusal-codes.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    _write(path.name, sorted({*known, *(refusal.code for refusal in all_refusals())}))


def _write(name: str, document: object) -> None:
    (GOLDEN / name).write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
