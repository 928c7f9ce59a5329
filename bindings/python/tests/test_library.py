"""The library from Python: sample photos, a gallery, a case."""

import json
from pathlib import Path

import numpy as np
import pytest

from facecert.face import Engine, Gallery, Template
from facecert.library import FacecertError, ffi, handle, lib, call, struct, utf8
from facecert.rules import Events, Policy
from facecert.session import Session, nonce, say

ROOT = Path(__file__).parents[3]
NAMES = ["wenshui-2025-20.toml", "calendars/cn-2025.toml", "calendars/cn-2026.toml", "forms/chengnuoshu.txt"]


def photo(name: str) -> np.ndarray:
    """A sample photo, decoded by the library, as an array."""
    image = handle("facecert_image", lib.facecert_image_open, *utf8(str(ROOT / "tests/data/photos" / name)), ffi.NULL)
    frame = struct("facecert_frame")
    call(lib.facecert_image_frame, image, frame)
    pixels = ffi.buffer(frame.planes[0].data, frame.planes[0].len)
    return np.frombuffer(pixels, np.uint8).reshape(frame.height, frame.width, 3).copy()


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def test_photos_are_verified(engine):
    same = engine.verify(photo("obama-1.jpg"), photo("obama-2.jpg"))
    assert same.outcome == "match" and same.score >= same.threshold
    assert engine.verify(photo("obama-1.jpg"), photo("collins-1.png")).outcome == "no_match"
    blank = engine.verify(np.zeros((120, 160, 3), np.uint8), photo("obama-1.jpg"))
    assert (blank.outcome, blank.reason) == ("not_decidable", 1001)


def test_templates_are_kept_and_compared(engine):
    a, b = (engine.template(photo(name)) for name in ("obama-1.jpg", "obama-2.jpg"))
    again = Template.from_bytes(bytes(a))
    assert engine.compare(again, b) == engine.compare(a, b)
    assert engine.template(np.zeros((120, 160, 3), np.uint8)) is None


def test_a_gallery_is_searched(tmp_path):
    rng = np.random.default_rng(7)
    rows = rng.standard_normal((500, 128)).astype(np.float32)
    contract = bytes(32)
    templates = [Template.from_array(contract, row) for row in rows]
    path = str(tmp_path / "made-up.gallery")
    Gallery.create(path, contract, templates, list(range(500)), list(range(500)))
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    hits = Gallery(path, purpose="a test").search(templates[:20], limit=5)
    expected = np.argsort(-(unit[:20] @ unit.T), axis=1)[:, :5]
    assert np.array_equal(np.array([hit.id for hit in hits]).reshape(20, 5), expected)
    with pytest.raises(FacecertError, match="FACECERT_E_PURPOSE"):
        Gallery(path).search(templates[:1])


def test_a_case_is_decided():
    policy = Policy(ROOT / "crates/policy/schemes", NAMES, effective_from="2025-09-01")
    events = Events((ROOT / "tests/data/policy/events.jsonl").read_text(encoding="utf-8"))
    case = json.loads((ROOT / "tests/data/policy/window-case.json").read_text(encoding="utf-8"))
    decision = policy.decide(events, case, now="2026-03-05T10:30:00+08:00")
    assert decision["outcome"] == "Certified" and decision["event"]["kind"] == "PassRecorded"
    assert [line["person_ref"] for line in policy.status(events, now="2026-03-05")] == ["p_1"]


def hold(session: Session) -> None:
    """A portrait under a window that moves."""
    portrait = photo("collins-1.png")
    for count in range(300):
        x, y = count % 24, count // 24
        step = session.feed(portrait[y : y + 480, x : x + 480], 100 * count)
        assert say(step.reason)
        if step.done:
            return
    raise AssertionError("it goes on")


def test_a_session_travels_and_becomes_evidence(engine):
    keys, drawn, used = ROOT / "crates/record/tests/keys", nonce(), []

    def consume(given: bytes, _now: int) -> int:
        used.append(given)
        return 0 if given == drawn and len(used) == 1 else 3

    session = Session(engine, drawn, actions=0)
    hold(session)
    assert session.result().passed and session.result().nonce is None
    sealed = session.package("kiosk-7", "2026-03-05T10:00:00+08:00", (keys / "server-x25519.pub.pem").read_text())
    private = (keys / "server-x25519.pem").read_text()
    checked = Session.check(engine, sealed, consume, 1000, private)
    assert checked.result().passed and checked.result().nonce is True
    again = Session.check(engine, sealed, consume, 1000, private).result()
    assert (again.passed, again.nonce) == (False, False)

    comparison = engine.compare(engine.template(photo("collins-1.png")), checked.template())
    evidence = checked.evidence(comparison, reference_source="id_chip", reference_date="2019-05-01")
    assert evidence["match"] == "match" and evidence["device_id"] == "kiosk-7" and evidence["nonce_check"] == "consumed"
    with pytest.raises(FacecertError, match="FACECERT_E_KEY"):
        Session.check(engine, sealed, None, 0)

    asked = Session(engine, nonce(), without=("blink",))
    hold(asked)
    assert not asked.result().passed and asked.result().challenge_count == 12


def test_mistakes_are_exceptions_that_say_what_to_do():
    with pytest.raises(FacecertError, match="FACECERT_E_FORMAT: template: "):
        Template.from_bytes(b"nothing")
    with pytest.raises(FacecertError, match="FACECERT_E_JSON"):
        Events("{}")
