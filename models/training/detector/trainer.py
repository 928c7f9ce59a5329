"""What both trainings share: optimiser, running average of the weights, rate by the clock, checkpoints that resume."""
import json
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

RATE, WEIGHT_DECAY, CLIP = 3e-3, 1e-2, 5.0
HAS_BF16 = any(flag in Path("/proc/cpuinfo").read_text() for flag in ("avx512_bf16", "amx_bf16"))  # elsewhere it is emulated


def rate_factor(done: float) -> float:
    """Share of the full rate after `done` of the time: warm-up, then a cosine down to zero."""
    return min(1.0, 0.05 + done / 0.02) * float(0.5 + 0.5 * torch.cos(torch.tensor(min(done, 1.0) * torch.pi)))


class Trainer:
    """One net in training. `seconds` counts earlier runs with the same checkpoint as well."""

    def __init__(self, make: Callable[[], nn.Module], file: Path, seconds: float, every: float) -> None:
        torch.set_num_threads(1)
        self.file, self.limit, self.every = file, seconds, every
        self.net, self.average = (make().to(memory_format=torch.channels_last) for _ in range(2))
        self.average.load_state_dict(self.net.state_dict())
        self.optimiser = torch.optim.AdamW(self.net.parameters(), RATE, weight_decay=WEIGHT_DECAY)
        self.steps, self.views, self.seconds = 0, 0, 0.0
        if file.exists():
            saved = torch.load(file, weights_only=True)
            for name in ("net", "average", "optimiser"):
                getattr(self, name).load_state_dict(saved[name])
            self.steps, self.views, self.seconds = saved["steps"], saved["views"], saved["seconds"]
        self.before, self.start = self.seconds, time.monotonic()
        self.saved = self.start
        self.sums: dict[str, float] = {}
        self.count = 0

    @property
    def done(self) -> float:
        """Share of the time that is used up."""
        self.seconds = self.before + time.monotonic() - self.start
        return self.seconds / self.limit

    def answer(self, pixels: Tensor) -> Tensor | tuple[Tensor, ...]:
        with torch.autocast("cpu", torch.bfloat16, enabled=HAS_BF16):
            return self.net(pixels)

    def step(self, loss: Tensor, parts: dict[str, Tensor], views: int) -> None:
        for group in self.optimiser.param_groups:
            group["lr"] = RATE * rate_factor(self.done)
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), CLIP)
        self.optimiser.step()
        self.steps += 1
        self.views += views
        self._update_average(min(0.999, (1 + self.steps) / (20 + self.steps)))
        self.count += 1
        for name, value in parts.items():
            self.sums[name] = self.sums.get(name, 0.0) + value.item()
        if time.monotonic() - self.saved >= self.every:
            self.save()

    @torch.no_grad()
    def _update_average(self, keep: float) -> None:
        current = self.net.state_dict()
        for name, value in self.average.state_dict().items():
            value.lerp_(current[name], 1 - keep) if value.is_floating_point() else value.copy_(current[name])

    def save(self) -> None:
        """Checkpoint (written, then renamed) and one line of the mean losses since the last."""
        parts = {name: getattr(self, name).state_dict() for name in ("net", "average", "optimiser")}
        counts = {name: getattr(self, name) for name in ("steps", "views", "seconds")}
        torch.save({**parts, **counts}, self.file.with_suffix(".tmp"))
        self.file.with_suffix(".tmp").rename(self.file)
        means = {name: round(value / max(1, self.count), 4) for name, value in self.sums.items()}
        print(json.dumps({"seconds": round(self.seconds), "views": self.views, **means}), flush=True)
        self.saved, self.sums, self.count = time.monotonic(), {}, 0
