"""Two photos, one answer, by onnxruntime with YuNet and MobileFaceNet: the peer of `facecert verify`.

    python onnxruntime_verify.py WEIGHTS REFERENCE PROBE

Prints `same` or `different`, the cosine, and the seconds that the imports took.
"""
import sys
import time

START = time.perf_counter()
import cv2
import numpy as np
import onnxruntime

IMPORTS = time.perf_counter() - START
TEMPLATE = np.array([(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)])
LONG_SIDE, THRESHOLD = 640, 0.35


def session(model: str) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])


def five_points(net: onnxruntime.InferenceSession, picture: np.ndarray) -> np.ndarray:
    """The points of the best face."""
    scale = LONG_SIDE / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = (-(-side // 32) * 32 for side in small.shape[:2])
    canvas = np.zeros((height, width, 3), np.uint8)
    canvas[: small.shape[0], : small.shape[1]] = small
    names = [o.name for o in net.get_outputs()]
    out = dict(zip(names, net.run(None, {"input": canvas.transpose(2, 0, 1)[None].astype(np.float32)})))
    best_score, best = 0.0, None
    for stride in (8, 16, 32):
        score = np.sqrt(out[f"cls_{stride}"].ravel() * out[f"obj_{stride}"].ravel())
        cell = int(score.argmax())
        if score[cell] > best_score:
            corner = np.array([cell % (width // stride), cell // (width // stride)])
            best_score, best = score[cell], (out[f"kps_{stride}"].reshape(-1, 5, 2)[cell] + corner) * stride / scale
    return best


def template(net: onnxruntime.InferenceSession, picture: np.ndarray, points: np.ndarray) -> np.ndarray:
    matrix, _ = cv2.estimateAffinePartial2D(points, TEMPLATE, method=cv2.LMEDS)
    chip = cv2.warpAffine(picture, matrix, (112, 112))[:, :, ::-1] / 255.0
    planes = ((chip - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)).astype(np.float32).transpose(2, 0, 1)[None]
    values = net.run(None, {net.get_inputs()[0].name: planes})[0].ravel()
    return values / np.linalg.norm(values)


def main() -> None:
    weights, *photos = sys.argv[1:]
    detector = session(f"{weights}/yunet/yunet_n_dynamic.onnx")
    embedder = session(f"{weights}/mobilefacenet-foamliu/MobileFaceNet.onnx")
    pictures = [cv2.imread(photo) for photo in photos]
    a, b = (template(embedder, picture, five_points(detector, picture)) for picture in pictures)
    cosine = float(a @ b)
    print("same" if cosine >= THRESHOLD else "different", f"{cosine:.3f}", f"{IMPORTS:.3f}")


if __name__ == "__main__":
    main()
