"""Brings a pack's manifest up to date: digests of its files, and the self-check's template.

    python pack.py models/default

Run after any file of the pack was replaced. The template of `check.png` is computed with onnxruntime from the manifest's own
settings, so that the library's answer is checked against another runtime.
"""
import argparse
import hashlib
import re
import tomllib
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

PAIR = re.compile(r'file = "([^"]+)"(,?\s+)sha256 = "[^"]*"')


def template(folder: Path, embedder: dict) -> np.ndarray:
    """Unit-norm template of the check chip, f32."""
    chip = cv2.imread(str(folder / embedder["check"]["chip"]["file"]), cv2.IMREAD_COLOR)
    settings = embedder["input"]
    if settings["channels"] == "rgb":
        chip = chip[:, :, ::-1]
    planes = (chip.astype(np.float32) - np.float32(settings["mean"])) * np.float32(settings["scale"])
    session = onnxruntime.InferenceSession(folder / embedder["file"], providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    values = session.run(None, {name: planes.transpose(2, 0, 1)[None].copy()})[0].ravel().astype(np.float64)
    return (values / np.linalg.norm(values)).astype("<f4")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    path = folder / "manifest.toml"
    text = path.read_text()
    embedder = tomllib.loads(text)["embedder"]
    if "check" in embedder:
        (folder / embedder["check"]["template"]["file"]).write_bytes(template(folder, embedder).tobytes())
    digest = lambda name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
    path.write_text(PAIR.sub(lambda m: f'file = "{m[1]}"{m[2]}sha256 = "{digest(m[1])}"', text))


if __name__ == "__main__":
    main()
