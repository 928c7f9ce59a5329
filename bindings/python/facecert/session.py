"""Capture sessions: frames in, what to show out; and the server's look at what a device sends."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .face import Comparison, Engine, Template, _frame
from .library import call, data, ffi, handle, lib, struct, text, utf8

ACTIONS = {
    "turn_left": lib.FACECERT_TURN_LEFT,
    "turn_right": lib.FACECERT_TURN_RIGHT,
    "nod": lib.FACECERT_NOD,
    "open_mouth": lib.FACECERT_OPEN_MOUTH,
    "blink": lib.FACECERT_BLINK,
}
_VERDICTS = {lib.FACECERT_PASS: True, lib.FACECERT_FAIL: False, lib.FACECERT_NOT_RUN: None}
_LIVENESS = {
    lib.FACECERT_LIVE: "live",
    lib.FACECERT_SPOOF: "spoof",
    lib.FACECERT_LIVENESS_UNCERTAIN: "uncertain",
    lib.FACECERT_LIVENESS_NOT_RUN: "not_run",
}
_SOURCES = {
    None: lib.FACECERT_REFERENCE_NONE,
    "id_chip": lib.FACECERT_REFERENCE_ID_CHIP,
    "platform_photo": lib.FACECERT_REFERENCE_PLATFORM_PHOTO,
    "enrolled_template": lib.FACECERT_REFERENCE_ENROLLED_TEMPLATE,
}


@dataclass(frozen=True)
class Step:
    """What to show now."""

    done: bool
    """The session has ended."""
    reason: int
    """What to say: ``say(reason)``."""
    action: str | None
    """What is asked for."""
    remaining_ms: int
    """Time left for it."""


@dataclass(frozen=True)
class Result:
    """What came of a session."""

    passed: bool
    """All that was asked was done by one face, and a good frame was kept."""
    liveness: str
    """``live``, ``spoof``, ``uncertain`` or ``not_run``."""
    quality: bool | None
    """The kept frame meets the profile; ``None``: no frame was kept."""
    nonce: bool | None
    """The nonce was good and is used up; ``None``: nobody looked."""
    reason: int
    """The one to tell the person."""
    reasons: tuple[int, ...]
    """All of them; some are for the audit only."""
    challenge_count: int
    """How many challenges this one was drawn from."""


def say(reason: int, language: int = lib.FACECERT_ZH_CN) -> str:
    """What the person is told."""
    return text(lib.facecert_reason_text, reason, language, lib.FACECERT_SUBJECT)


def nonce() -> bytes:
    """Random bytes that draw a challenge. Keep them with their expiry and let them be used once."""
    drawn = ffi.new("uint8_t[16]")
    call(lib.facecert_nonce_draw, drawn, 16)
    return bytes(drawn)


class Session:
    """One person before one camera, or what a device sent of one."""

    def __init__(self, engine: Engine, nonce: bytes, actions: int = 2, without: tuple[str, ...] = (), slow: bool = False):
        """``actions=0`` only looks; ``without`` names what the person cannot do."""
        options = struct("facecert_session_options")
        options.actions, options.passive_only, options.slow = actions, actions == 0, slow
        options.without = sum(ACTIONS[action] for action in without)
        options.nonce, options.nonce_len = (drawn := ffi.from_buffer("uint8_t[]", nonce)), len(nonce)
        self._raw = handle("facecert_session", lib.facecert_session_create, engine._raw, options)
        del drawn  # it had to live until here

    @classmethod
    def check(
        cls, engine: Engine, package: bytes, consume: Callable[[bytes, int], int] | None, now_unix_ms: int, key: str | None = None
    ) -> "Session":
        """A session from its package, looked at anew. ``consume`` uses a nonce up in your store, atomically: it gets the nonce and
        ``now_unix_ms`` and returns 0 if it was good, 1 unknown, 2 expired, 3 used before. ``key``: the server's private key in PEM."""
        opened = ffi.NULL if key is None else handle("facecert_recipient_key", lib.facecert_recipient_key_from_pem, *utf8(key))
        answer = ffi.NULL
        if consume is not None:
            kind = "int32_t(void *, const uint8_t *, size_t, int64_t)"
            answer = ffi.callback(kind, lambda _, raw, size, now: consume(bytes(ffi.buffer(raw, size)), now), error=-1)
        sent = ffi.from_buffer("uint8_t[]", package)
        session = cls.__new__(cls)
        session._raw = handle(
            "facecert_session", lib.facecert_package_check, engine._raw, sent, len(package), opened, answer, ffi.NULL, now_unix_ms
        )
        return session

    def feed(self, image: np.ndarray, time_ms: int) -> Step:
        """The next frame, upright and not mirrored."""
        (frame, _image), made = _frame(image), struct("facecert_step")
        call(lib.facecert_session_feed, self._raw, frame, time_ms, made)
        asked = next((name for name, bit in ACTIONS.items() if bit == made.action), None)
        return Step(made.kind == lib.FACECERT_STEP_DONE, made.reason, asked, made.remaining_ms)

    def finish(self) -> None:
        """Ends the session as it stands."""
        call(lib.facecert_session_finish, self._raw)

    def result(self) -> Result:
        """What came of it, once it has ended."""
        made = struct("facecert_session_result")
        call(lib.facecert_session_result_get, self._raw, made)
        return Result(
            bool(made.passed),
            _LIVENESS[made.liveness],
            _VERDICTS[made.quality],
            _VERDICTS[made.nonce_check],
            made.reason,
            tuple(reason for reason in made.reasons if reason),
            made.challenge_count,
        )

    def template(self) -> Template:
        """The template of the portrait that was kept."""
        return Template(handle("facecert_template", lib.facecert_session_template, self._raw))

    def package(self, device_id: str, started_at: str, recipient: str | None = None) -> bytes:
        """What the device sends: pictures of a face, sealed if ``recipient`` is the server's public key in PEM."""
        said = *utf8(device_id), *utf8(started_at), *utf8(recipient)
        return data(lib.facecert_session_package, self._raw, *said)

    def evidence(
        self,
        comparison: Comparison | None = None,
        fmr: float = 1e-4,
        reference_source: str | None = None,
        reference_date: str | None = None,
        started_at: str | None = None,
        device_id: str | None = None,
        integrity_asserted: bool = False,
    ) -> dict:
        """Face evidence for a case; ``comparison`` is that of ``template()`` with the reference, at this false match rate."""
        context, compared = struct("facecert_evidence_context"), ffi.NULL
        context.reference_source = _SOURCES[reference_source]
        context.capture_integrity = lib.FACECERT_INTEGRITY_ASSERTED if integrity_asserted else lib.FACECERT_INTEGRITY_NOT_RUN
        said = [utf8(started_at), utf8(device_id), utf8(reference_date)]
        context.started_at, context.started_at_len = said[0]
        context.device_id, context.device_id_len = said[1]
        context.reference_date, context.reference_date_len = said[2]
        if comparison is not None:
            compared = comparison._raw(fmr)
        return json.loads(text(lib.facecert_session_evidence_json, self._raw, compared, context))
