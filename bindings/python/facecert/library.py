"""The C library, loaded by cffi: ``lib`` has its functions, ``call`` makes an exception of a failure.

The declarations are those of ``facecert.h`` itself, so that they cannot differ from it. ``FACECERT_LIBRARY`` and
``FACECERT_HEADER`` name the two files; without them both lie beside this module, as a wheel lays them.
"""

import os
import re
from pathlib import Path

from cffi import FFI

NUL = 2 ** (8 * FFI().sizeof("size_t")) - 1
"""A length that says: up to the NUL."""


def _file(variable: str, name: str) -> Path:
    return Path(os.environ.get(variable) or Path(__file__).with_name(name))


def declarations(header: str) -> str:
    """What a C99 compiler sees of the header, without comments, directives and attributes."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", header.replace("\\\n", ""), flags=re.DOTALL)
    lines, taken = [], []  # taken: for each open condition, whether its current branch counts
    for line in text.splitlines():
        directive = line.strip()
        if directive.startswith("#"):
            word = directive.lstrip("# ").split(maxsplit=1)[0]
            if word in ("if", "ifdef"):
                taken.append(False)
            elif word == "ifndef":
                taken.append(True)
            elif word == "else":
                taken.append(not taken.pop())
            elif word == "endif":
                taken.pop()
        elif all(taken):
            lines.append(line)
    return re.sub(r"FACECERT_(API|NODISCARD)\b", "", "\n".join(lines))


ffi = FFI()
ffi.cdef(declarations(_file("FACECERT_HEADER", "facecert.h").read_text(encoding="utf-8")))
lib = ffi.dlopen(str(_file("FACECERT_LIBRARY", "libfacecert.so")))


class FacecertError(RuntimeError):
    """A call that could not be carried out. A verdict never comes this way."""

    def __init__(self, status: int, message: str):
        super().__init__(f"{ffi.string(lib.facecert_status_name(status)).decode()}: {message}")
        self.status = status


def struct(name: str):
    """A struct of the header that begins with ``struct_size``, ready for use."""
    made = ffi.new(f"{name} *")
    made.struct_size = ffi.sizeof(name)
    return made


def call(function, *arguments) -> None:
    """Calls a function whose last parameter is ``err``."""
    err = struct("facecert_error")
    status = function(*arguments, err)
    if status != lib.FACECERT_OK:
        raise FacecertError(status, ffi.string(err.message).decode())


def handle(kind: str, function, *arguments):
    """The handle that a function gives, released when nobody has it any more."""
    out = ffi.new(f"{kind} **")
    call(function, *arguments, out)
    return ffi.gc(out[0], getattr(lib, f"{kind}_release"))


def text(function, *arguments) -> str:
    """The text of a function that ends with ``buf, capacity, len, err``."""
    return _sized("char", 1, function, arguments).decode()


def data(function, *arguments) -> bytes:
    """The bytes of a function that ends with ``buf, capacity, len, err``."""
    return _sized("uint8_t", 0, function, arguments)


def _sized(kind: str, beyond: int, function, arguments) -> bytes:
    length = ffi.new("size_t *")
    call(function, *arguments, ffi.NULL, 0, length)
    buffer = ffi.new(f"{kind}[]", length[0] + beyond)
    call(function, *arguments, buffer, len(buffer), length)
    return bytes(ffi.buffer(buffer, length[0]))


def utf8(value: str | None):
    """A text as two arguments."""
    if value is None:
        return ffi.NULL, 0
    encoded = value.encode()
    return ffi.from_buffer("char[]", encoded), len(encoded)
