"""Photos as numpy arrays in, answers out."""

from dataclasses import dataclass

import numpy as np

from .library import call, data, ffi, handle, lib, struct, utf8

_OUTCOMES = {lib.FACECERT_MATCH: "match", lib.FACECERT_NO_MATCH: "no_match", lib.FACECERT_NOT_DECIDABLE: "not_decidable"}


@dataclass(frozen=True)
class Comparison:
    """An answer, and what it rests on."""

    outcome: str
    """``match``, ``no_match`` or ``not_decidable``."""
    score: float
    """Cosine, -1 to 1; not a percentage of anything."""
    threshold: float
    """A pair matches from this score on."""
    extrapolated: bool
    """Fewer than 30 false matches were seen when the threshold was set."""
    reason: int
    """Why there is no answer, or 0."""

    @classmethod
    def _of(cls, made) -> "Comparison":
        return cls(_OUTCOMES[made.outcome], made.score, made.threshold, bool(made.extrapolated), made.reason)

    def _raw(self, fmr: float):
        made = struct("facecert_comparison")
        made.outcome = next(number for number, outcome in _OUTCOMES.items() if outcome == self.outcome)
        made.score, made.threshold, made.extrapolated, made.reason = self.score, self.threshold, self.extrapolated, self.reason
        made.fmr_per_billion = round(fmr * 1e9)
        return made


@dataclass(frozen=True)
class Hit:
    """A person that was found in a gallery, by the best of their rows."""

    query: int
    row: int
    id: int
    person: int
    score: float


class Template:
    """A face template: biometric data of one person."""

    def __init__(self, raw):
        self._raw = raw

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Template":
        """A template from the bytes of ``bytes(template)``."""
        return cls(handle("facecert_template", lib.facecert_template_from_bytes, ffi.from_buffer("uint8_t[]", stored), len(stored)))

    @classmethod
    def from_array(cls, contract: bytes, values: np.ndarray) -> "Template":
        """A template from an embedding of your own embedder, under 32 bytes that you chose for it."""
        if len(contract) != 32:
            raise ValueError("contract: give 32 bytes")
        values = np.ascontiguousarray(values, dtype=np.float32).ravel()
        pointer = ffi.cast("float *", values.ctypes.data)
        return cls(handle("facecert_template", lib.facecert_template_from_floats, contract, pointer, values.size))

    def __bytes__(self) -> bytes:
        return data(lib.facecert_template_to_bytes, self._raw)


def _frame(image: np.ndarray):
    """A view of an upright RGB image, and what must live as long."""
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise ValueError("image: give an RGB array of shape (height, width, 3) and type uint8")
    image = np.ascontiguousarray(image)
    frame = struct("facecert_frame")
    frame.format = lib.FACECERT_FORMAT_RGB
    frame.height, frame.width = image.shape[:2]
    frame.plane_count = 1
    frame.planes[0].data = ffi.cast("uint8_t *", image.ctypes.data)
    frame.planes[0].len = image.nbytes
    return frame, image


class Engine:
    """The nets of a model pack, ready to run; the library's own pack unless a folder is named."""

    def __init__(self, pack: str | None = None):
        opened = (
            handle("facecert_pack", lib.facecert_pack_default)
            if pack is None
            else handle("facecert_pack", lib.facecert_pack_open, *utf8(pack))
        )
        self._raw = handle("facecert_engine", lib.facecert_engine_create, opened)
        self._calibration = handle("facecert_calibration", lib.facecert_pack_calibration, opened)

    def verify(self, reference: np.ndarray, probe: np.ndarray, fmr: float = 1e-4) -> Comparison:
        """Are two photos of the same person, at a false match rate?"""
        (a, _a), (b, _b), made = _frame(reference), _frame(probe), struct("facecert_comparison")
        call(lib.facecert_verify, self._raw, a, b, round(fmr * 1e9), made)
        return Comparison._of(made)

    def template(self, image: np.ndarray) -> Template | None:
        """The template of the face that a photo is of; ``None`` if there is none, or nobody can tell which."""
        (frame, _image), count = _frame(image), ffi.new("size_t *")
        faces = ffi.new("facecert_face[]", 256)
        call(lib.facecert_detect, self._raw, frame, ffi.NULL, faces, len(faces), count)
        face, reason = ffi.new("facecert_face *"), ffi.new("int32_t *")
        call(lib.facecert_main_face, faces, count[0], 0.0, face, reason)
        if reason[0]:
            return None
        return Template(handle("facecert_template", lib.facecert_embed, self._raw, frame, face))

    def compare(self, a: Template, b: Template, fmr: float = 1e-4) -> Comparison:
        """Compares two templates of the engine's pack."""
        made = struct("facecert_comparison")
        call(lib.facecert_compare, self._calibration, a._raw, b._raw, round(fmr * 1e9), made)
        return Comparison._of(made)


class Gallery:
    """A gallery file, open for reading, and for searching if it is said what for."""

    def __init__(self, path: str, purpose: str | None = None, threads: int = 0):
        options = struct("facecert_gallery_options")
        options.threads = threads
        options.purpose, options.purpose_len = (said := utf8(purpose))
        self._raw = handle("facecert_gallery", lib.facecert_gallery_open, *utf8(path), options)
        del said  # it had to live until here

    @staticmethod
    def create(path: str, contract: bytes, templates: list[Template], ids: list[int], persons: list[int]) -> None:
        """Writes a new gallery, all rows or none."""
        dim = (len(bytes(templates[0])) - 44) // 4
        writer = handle("facecert_gallery_writer", lib.facecert_gallery_create, *utf8(path), contract, dim)
        row = ffi.new("uint64_t *")
        for template, number, person in zip(templates, ids, persons, strict=True):
            call(lib.facecert_gallery_writer_append, writer, template._raw, number, person, ffi.NULL, 0, row)
        call(lib.facecert_gallery_writer_commit, writer)

    def search(self, queries: list[Template], limit: int = 10) -> list[Hit]:
        """Who looks most like each query, best first, query by query."""
        options, count = struct("facecert_search_options"), ffi.new("size_t *")
        options.limit = limit
        hits = ffi.new("facecert_hit[]", limit * len(queries))
        raw = ffi.new("facecert_template *[]", [query._raw for query in queries])
        call(lib.facecert_gallery_search, self._raw, ffi.NULL, raw, len(queries), options, hits, len(hits), count)
        return [Hit(h.query, h.row, h.id, h.person, h.score) for h in hits[0 : count[0]]]
