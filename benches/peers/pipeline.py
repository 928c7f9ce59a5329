"""Facecert beside onnxruntime with YuNet and MobileFaceNet: nets in turns, then whole cold processes in turns.

    pip install onnxruntime opencv-python-headless numpy
    cargo build --release -p facecert -p facecert-benches
    python pipeline.py --weights WEIGHTS [--target target/release] [--photos tests/data/photos]

Nets: CPU time of one thread, best of the rounds; ours includes letterbox, decoding, suppression and the point refiner, the peer's is
the net alone. Processes: from start to the answer about two megapixel JPEGs, wall and CPU time, peak memory.
"""
import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

PEER = Path(__file__).with_name("onnxruntime_verify.py")


def processor() -> str:
    for line in open("/proc/cpuinfo"):
        if line.startswith(("model name", "vendor_id")):
            yield line.split(":")[1].strip()


class Ours:
    """The stage timer, one stage per call."""

    def __init__(self, program: Path, photo: Path, size: tuple[int, int]) -> None:
        command = [program, photo, str(size[0]), str(size[1])]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def milliseconds(self, stage: str) -> float:
        self.process.stdin.write(stage + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline()) / 1e6

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


class Peer:
    """A net on onnxruntime, one thread."""

    def __init__(self, model: Path, shape: tuple[int, ...]) -> None:
        import numpy as np
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.feed = {self.session.get_inputs()[0].name: np.random.default_rng(0).random(shape, np.float32) * 255}

    def milliseconds(self) -> float:
        start = time.thread_time()
        self.session.run(None, self.feed)
        return 1e3 * (time.thread_time() - start)


def nets(args: argparse.Namespace) -> None:
    yunet, embedder = args.weights / "yunet/yunet_n_dynamic.onnx", args.weights / "mobilefacenet-foamliu/MobileFaceNet.onnx"
    rows = [
        ("detect 320x256", "detect", (320, 256), Peer(yunet, (1, 3, 256, 320))),
        ("detect 640x480", "detect", (640, 480), Peer(yunet, (1, 3, 480, 640))),
        ("embed", "embed", (640, 480), Peer(embedder, (1, 3, 112, 112))),
    ]
    print("stage            facecert ms   onnxruntime ms   ratio")
    for name, stage, size, peer in rows:
        ours = Ours(args.target / "stage-timer", args.photos / "collins-1.png", size)
        mine, theirs = [], []
        for _ in range(args.rounds):
            mine.append(ours.milliseconds(stage))
            theirs.append(peer.milliseconds())
        ours.close()
        print(f"{name:16} {min(mine):11.2f} {min(theirs):16.2f} {min(mine) / min(theirs):7.2f}")


def cold(command: list) -> tuple[float, float, float, str]:
    """Wall s, CPU s, peak MB, standard output of a fresh process."""
    start = time.perf_counter()
    process = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, _, usage = os.wait4(process.pid, 0)
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output


def processes(args: argparse.Namespace) -> None:
    pair = [args.photos / "obama-1.jpg", args.photos / "obama-2.jpg"]
    mine, theirs, imports = [], [], []
    for _ in range(args.cold):
        mine.append(cold([args.target / "facecert", "verify", *pair]))
        theirs.append(cold([sys.executable, PEER, args.weights, *pair]))
        imports.append(float(theirs[-1][3].split()[-1]))
    assert all("same person" in m[3] for m in mine) and all(t[3].startswith("same") for t in theirs)
    best = lambda runs, k: min(run[k] for run in runs)
    print("cold process         wall s    CPU s    peak MB")
    print(f"facecert verify    {best(mine, 0):8.3f} {best(mine, 1):8.3f} {max(m[2] for m in mine):10.1f}")
    print(f"onnxruntime        {best(theirs, 0):8.3f} {best(theirs, 1):8.3f} {max(t[2] for t in theirs):10.1f}")
    print(f"  without imports  {best(theirs, 0) - min(imports):8.3f}")
    print(f"ratio              {best(mine, 0) / best(theirs, 0):8.2f} {best(mine, 1) / best(theirs, 1):8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--target", type=Path, default=Path("target/release"))
    parser.add_argument("--photos", type=Path, default=Path("tests/data/photos"))
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--cold", type=int, default=7)
    args = parser.parse_args()
    print("processor:", ", ".join(dict.fromkeys(processor())))
    nets(args)
    processes(args)


if __name__ == "__main__":
    main()
