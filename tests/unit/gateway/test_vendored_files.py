"""What we took from others is exactly what they published."""

import hashlib
from pathlib import Path

import gateway

VENDOR = Path(gateway.__file__).parent / "static" / "vendor"


def sums() -> dict[str, str]:
    lines = (VENDOR / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


def test_every_file_has_the_checksum_that_is_written_down() -> None:
    found = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.parent != VENDOR
    }
    assert found == sums()


def test_every_folder_has_its_licence_and_stands_in_the_readme() -> None:
    readme = (VENDOR / "README.md").read_text(encoding="utf-8")
    for folder in (path for path in VENDOR.iterdir() if path.is_dir()):
        assert "free of charge" in (folder / "LICENSE").read_text(encoding="utf-8")
        assert f"`{folder.name}/`" in readme
