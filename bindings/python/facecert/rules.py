"""The county's rules: policy, events and time in, answers as Python objects out."""

import json
from pathlib import Path

from .library import ffi, handle, lib, text, utf8


class Policy:
    """The rules of a county, from the folder of the root and the names of all files, the root first."""

    def __init__(self, folder: Path, names: list[str], effective_from: str | None = None):
        files = ffi.new("facecert_named_file[]", len(names))
        kept = []  # what the array points to
        for file, name in zip(files, names, strict=True):
            content = (folder / name).read_bytes()
            kept += [(called := utf8(name)), (raw := ffi.from_buffer("uint8_t[]", content)), content]
            file.name, file.name_len = called
            file.bytes, file.bytes_len = raw, len(content)
        self._raw = handle("facecert_policy", lib.facecert_policy_load, files, len(names), *utf8(effective_from))

    def decide(self, events: "Events", case: dict, now: str) -> dict:
        """Decides a case; append the answer's ``event`` to your events."""
        outcome = ffi.new("facecert_decision *")
        case_text = json.dumps(case, ensure_ascii=False)
        return json.loads(
            text(lib.facecert_policy_decide_json, self._raw, events._raw, *utf8(case_text), *utf8(now), outcome)
        )

    def status(self, events: "Events", now: str, person_ref: str | None = None) -> list[dict]:
        """Where every benefit line stands, and why."""
        lines = text(lib.facecert_policy_status_json, self._raw, events._raw, *utf8(person_ref), *utf8(now))
        return [json.loads(line) for line in lines.splitlines()]


class Events:
    """What is known about people, as JSON Lines."""

    def __init__(self, jsonl: str):
        self._raw = handle("facecert_events", lib.facecert_events_read, *utf8(jsonl))
