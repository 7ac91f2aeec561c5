"""Builds ../wheels/fair_rounding-1.0.0-py3-none-any.whl: ``python3 build.py [FOLDER]``. Same source, same bytes."""

import base64
import hashlib
import os
import sys
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
NAME, VERSION = "fair_rounding", "1.0.0"
INFO = f"{NAME}-{VERSION}.dist-info"


def files():
    """What the wheel holds, by path."""
    with open(os.path.join(HERE, NAME, "__init__.py"), "rb") as source:
        yield f"{NAME}/__init__.py", source.read()
    yield f"{INFO}/METADATA", f"Metadata-Version: 2.1\nName: fair-rounding\nVersion: {VERSION}\n".encode()
    yield f"{INFO}/WHEEL", b"Wheel-Version: 1.0\nGenerator: build.py\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def digest(content):
    """A hash as RECORD writes it."""
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def build(folder):
    """Writes the wheel into the folder."""
    content = dict(files())
    rows = [f"{path},{digest(text)},{len(text)}" for path, text in content.items()] + [f"{INFO}/RECORD,,"]
    content[f"{INFO}/RECORD"] = ("\n".join(rows) + "\n").encode()
    with zipfile.ZipFile(os.path.join(folder, f"{NAME}-{VERSION}-py3-none-any.whl"), "w") as wheel:
        for path, text in content.items():
            entry = zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0))
            entry.external_attr = 0o100644 << 16
            wheel.writestr(entry, text)


build(sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "..", "wheels"))
