"""One camera for living faces and attacks alike, so that size, sharpness, light, noise and compression tell nothing apart."""
import cv2
import numpy as np

from liveness.attacks.settings import Random

SMALLEST_PX = 40  # of the crop's side before it is brought to the net's size
FULL_SHARE = 0.4  # of the views keep every pixel
NOISE = np.random.default_rng(0).standard_normal((480, 480, 3)).astype(np.float32)


def seen(picture: np.ndarray, size: int, random: Random) -> np.ndarray:
    """uint8, square -> uint8, `size` x `size`, through one drawn lens, sensor and coder."""
    side = size if random.random() < FULL_SHARE else int(np.exp(random.uniform(np.log(SMALLEST_PX), np.log(size))))
    out = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
    if random.random() < 0.5:
        out = cv2.GaussianBlur(out, (0, 0), random.uniform(0.3, 1.4))
    out = _exposed(out, random)
    out = _noisy(out, random)
    if random.random() < 0.75:
        _, coded = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(35, 96))])
        out = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    return cv2.resize(out, (size, size), interpolation=cv2.INTER_LINEAR)


def _exposed(picture: np.ndarray, random: Random) -> np.ndarray:
    """Exposure, white balance, contrast."""
    table = np.arange(256, dtype=np.float32)[:, None] / 255
    gain = np.exp(random.normal(0, 0.22)) * np.exp(random.normal(0, 0.07, 3))
    table = np.clip(table ** np.exp(random.normal(0, 0.2)) * gain, 0, 1)
    table = np.clip((table - 0.5) * random.uniform(0.75, 1.2) + 0.5, 0, 1) * 255
    return cv2.LUT(picture, table.astype(np.uint8).reshape(256, 1, 3))


def _noisy(picture: np.ndarray, random: Random) -> np.ndarray:
    """Sensor noise, at times smoothed as a phone's denoiser smooths it."""
    x, y = random.integers(0, len(NOISE) - picture.shape[1]), random.integers(0, len(NOISE) - picture.shape[0])
    noise = NOISE[y : y + picture.shape[0], x : x + picture.shape[1]]
    if random.random() < 0.4:
        noise = cv2.blur(noise, (3, 3)) * 2
    return np.clip(picture + np.float32(random.exponential(3.0)) * noise, 0, 255).astype(np.uint8)
