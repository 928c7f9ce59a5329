"""What the trainings share: optimiser, running average of the weights, rate by processor time, checkpoints that resume.

Under `torchrun --nproc-per-node N` the processes average their gradients; the first one keeps the clock and the checkpoint.
"""
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor, nn

from common.optimiser import MuonAndAdam

CLIP = 5.0  # norm of the joint gradient
HAS_BF16 = any(flag in Path("/proc/cpuinfo").read_text() for flag in ("avx512_bf16", "amx_bf16"))  # elsewhere it is emulated


def rate_factor(done: float) -> float:
    """Share of the full rate after `done` of the time: warm-up, then a cosine down to zero."""
    return min(1.0, 0.05 + done / 0.02) * float(0.5 + 0.5 * torch.cos(torch.tensor(min(done, 1.0) * torch.pi)))


def join_processes() -> int:
    """Joins the other processes of a `torchrun`; the rank of this one."""
    if int(os.environ.get("WORLD_SIZE", 1)) > 1:
        if os.getpid() != os.getsid(0):
            os.setsid()  # the kernel shares a busy machine out by session
        dist.init_process_group("gloo")
        return dist.get_rank()
    return 0


class Trainer:
    """One net in training. `seconds` is processor time of this process, earlier runs with the same checkpoint included, so that a busy
    machine does not cut the schedule short."""

    def __init__(self, make: Callable[[], nn.Module], file: Path, seconds: float, every: float) -> None:
        torch.set_num_threads(1)
        torch.manual_seed(0)
        self.file, self.limit, self.every = file, seconds, every
        self.net, self.average = (make().to(memory_format=torch.channels_last) for _ in range(2))
        self.average.load_state_dict(self.net.state_dict())
        self.optimiser = MuonAndAdam(self.net)
        self.steps, self.views, self.seconds = 0, 0, 0.0
        if file.exists():
            saved = torch.load(file, weights_only=True)
            for name in ("net", "average", "optimiser"):
                getattr(self, name).load_state_dict(saved[name])
            self.steps, self.views, self.seconds = saved["steps"], saved["views"], saved["seconds"]
        self.before, self.start = self.seconds, time.process_time()
        self.saved = time.monotonic()
        self.sums: dict[str, float] = {}
        self.count = 0

    @property
    def done(self) -> float:
        """Share of the time that is used up."""
        self.seconds = self.before + time.process_time() - self.start
        return self.seconds / self.limit

    @property
    def finished(self) -> bool:
        """The same answer in every process."""
        over = torch.tensor([float(self.done >= 1)])
        if dist.is_initialized():
            dist.broadcast(over, 0)
        return bool(over)

    def answer(self, pixels: Tensor) -> Tensor | tuple[Tensor, ...]:
        with torch.autocast("cpu", torch.bfloat16, enabled=HAS_BF16):
            return self.net(pixels)

    def step(self, loss: Tensor, parts: dict[str, Tensor], views: int) -> None:
        self.optimiser.zero_grad()
        loss.backward()
        self._share_gradients()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), CLIP)
        self.optimiser.step(rate_factor(self.done))
        self.steps += 1
        self.views += views * (dist.get_world_size() if dist.is_initialized() else 1)
        self._update_average(min(0.999, (1 + self.steps) / (20 + self.steps)))
        self.count += 1
        for name, value in parts.items():
            self.sums[name] = self.sums.get(name, 0.0) + value.item()
        if time.monotonic() - self.saved >= self.every:
            self.save()

    def _share_gradients(self) -> None:
        if dist.is_initialized():
            gradients = [parameter.grad for parameter in self.net.parameters()]
            joined = torch.cat([gradient.flatten() for gradient in gradients])
            dist.all_reduce(joined)
            joined /= dist.get_world_size()
            for gradient, mean in zip(gradients, joined.split([g.numel() for g in gradients])):
                gradient.copy_(mean.view_as(gradient))

    @torch.no_grad()
    def _update_average(self, keep: float) -> None:
        current = self.net.state_dict()
        for name, value in self.average.state_dict().items():
            value.lerp_(current[name], 1 - keep) if value.is_floating_point() else value.copy_(current[name])

    def save(self) -> None:
        """Checkpoint (written, then renamed) and one line of the mean losses since the last; by the first process only."""
        if dist.is_initialized() and dist.get_rank():
            return
        parts = {name: getattr(self, name).state_dict() for name in ("net", "average", "optimiser")}
        counts = {name: getattr(self, name) for name in ("steps", "views", "seconds")}
        torch.save({**parts, **counts}, self.file.with_suffix(".tmp"))
        self.file.with_suffix(".tmp").rename(self.file)
        means = {name: round(value / max(1, self.count), 4) for name, value in self.sums.items()}
        print(json.dumps({"seconds": round(self.seconds), "views": self.views, **means}), flush=True)
        self.saved, self.sums, self.count = time.monotonic(), {}, 0
