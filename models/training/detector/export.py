"""Checkpoint of `train.py` -> ONNX of any input size, batch normalisation folded, answers compared with torch.

    python -m detector.export WORK/last.pt detector.onnx
"""
import argparse
from pathlib import Path

import torch

from common.onnx_file import fold, largest_difference, write
from detector.net import STRIDES, Detector
from detector.runtime import INPUTS

MAX_DIFFERENCE = 1e-3  # logits and cell offsets, of the order of 1 to 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    saved = torch.load(args.checkpoint, weights_only=True)
    net = Detector()
    net.load_state_dict(saved["average"])
    net.eval()
    write(fold(net), torch.zeros(1, 3, 320, 320), args.out, [f"out{stride}" for stride in STRIDES], any_size=True)
    worst = largest_difference(net, args.out, INPUTS)
    print(f"{args.out}: {saved['views']} views seen, largest difference to torch {worst:.1e} over {len(INPUTS)} input sizes")
    if worst > MAX_DIFFERENCE:
        raise SystemExit(f"{args.out}: differs from torch by more than {MAX_DIFFERENCE}")


if __name__ == "__main__":
    main()
