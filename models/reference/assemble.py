"""Model packs of public nets, to be measured beside ours through the same code. None of their weights is in this repository.

    python assemble.py WEIGHTS OUT

WEIGHTS holds the folders `yunet`, `omz-face-reidentification-retail-0095`, `edgeface-xs`, `mobilefacenet-foamliu`; OUT receives
a pack DETECTOR-EMBEDDER for each embedder with YuNet and with our own detector. Then, for instance:

    facecert evaluate verification --lfw LFW --pack OUT/yunet-omz
    facecert evaluate detection --data VAL --against OUT/yunet-omz

Pre-processing is as their authors state it. The packs have no calibration: `facecert calibrate` makes one.
"""
import argparse
import hashlib
import shutil
import tomllib
from pathlib import Path

OURS = Path(__file__).resolve().parent.parent / "default"
ARCFACE = [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
OMZ = [[0.31556875, 0.46157407], [0.68262292, 0.46157407], [0.50026250, 0.64050535], [0.34947188, 0.82469196], [0.65343646, 0.82469196]]
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

EMBEDDERS = {
    "omz": {
        "path": "omz-face-reidentification-retail-0095/omz_face_reid_0095.onnx",
        "input": {"channels": "bgr", "mean": [0.0] * 3, "scale": [1.0] * 3},
        "size": [128, 128],
        "dim": 256,
        "alignment": [[x * 128, y * 128] for x, y in OMZ],
    },
    "edgeface": {
        "path": "edgeface-xs/edgeface_xs.onnx",
        "input": {"channels": "rgb", "mean": [127.5] * 3, "scale": [1 / 127.5] * 3},
        "size": [112, 112],
        "dim": 512,
        "alignment": ARCFACE,
    },
    "foamliu": {
        "path": "mobilefacenet-foamliu/MobileFaceNet.onnx",
        "input": {"channels": "rgb", "mean": [255 * m for m in IMAGENET_MEAN], "scale": [1 / (255 * s) for s in IMAGENET_STD]},
        "size": [112, 112],
        "dim": 128,
        "alignment": ARCFACE,
    },
}
YUNET = {
    "decoder": "yunet",
    "input": {"channels": "bgr", "mean": [0.0] * 3, "scale": [1.0] * 3},
    "sizes": [[320, 256], [256, 320], [320, 320], [640, 480], [480, 640], [640, 640]],
    "score_threshold": 0.6,
    "nms_iou": 0.45,
    "direct_conv": True,
}


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else repr(value)


def table(name: str, folder: Path, source: Path, settings: dict[str, object]) -> str:
    """Copies the net and describes it."""
    shutil.copyfile(source, folder / source.name)
    rows = {"file": source.name, "sha256": hashlib.sha256(source.read_bytes()).hexdigest(), **settings}
    return f"\n[{name}]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in rows.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    ours = tomllib.loads((OURS / "manifest.toml").read_text())
    plain = lambda net: {k: v for k, v in net.items() if k not in ("file", "sha256")}
    for name, settings in EMBEDDERS.items():
        for detector in ("yunet", "facecert"):
            folder = args.out / f"{detector}-{name}"
            folder.mkdir(parents=True, exist_ok=True)
            text = f'format = 1\nid = "{detector}-{name}"\n'
            if detector == "yunet":
                text += table("detector", folder, args.weights / "yunet/yunet_n_dynamic.onnx", YUNET)
            else:
                text += table("detector", folder, OURS / ours["detector"]["file"], plain(ours["detector"]))
                if "refiner" in ours:
                    text += table("refiner", folder, OURS / ours["refiner"]["file"], plain(ours["refiner"]))
            text += table("embedder", folder, args.weights / settings["path"], plain({k: v for k, v in settings.items() if k != "path"}))
            (folder / "manifest.toml").write_text(text)


if __name__ == "__main__":
    main()
