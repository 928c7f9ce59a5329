"""Distil an embedder from teacher features.

    python -m embedder.train --data FACES --out RUN --size standard-p4 --views 20000000     # can be repeated
    python -m embedder.train --data FACES --out RUN --size standard-p4 --until 12:55        # a background run, UTC
    torchrun --nproc-per-node 2 -m embedder.train ...                                       # one process per free core
    python -m embedder.train ... --device cuda --batch 1024 --loaders 15

FACES holds the folders that data.py describes. RUN/last.pt is written every five minutes and at the end, and a run that finds it
goes on from there. --start takes the weights of another run's checkpoint (of the same size, or a narrower net, see grow.py).
"""
import argparse
import datetime
import json
import os
import pathlib
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F

from embedder import grow
from embedder.data import Batches, Chips, fit_basis, targets, teacher_features
from embedder.net import SIZES, build, pixels
from embedder.optimizer import Muon
from embedder.schedule import Schedule
from embedder.views import clean

SAVE_EVERY_S = 300
HELD_OUT = 1024  # chips of unseen people on which the curve is drawn
EMA = 0.999


def bf16_is_fast(device):
    """On a CPU without such instructions bf16 is emulated, and three times slower than f32."""
    if device != "cpu":
        return True
    flags = pathlib.Path("/proc/cpuinfo")
    return flags.exists() and any(name in flags.read_text() for name in ("amx_bf16", "avx512_bf16"))


def loss_of(y, target, others, settings):
    """Own teacher feature, the teachers' ranking of other chips, and the relations within the batch; and the mean cosine."""
    known = torch.cat([target, others])
    cosine = (y * target).sum(1).mean()
    wanted = F.softmax(target @ known.T / settings.temperature, 1)
    found = F.log_softmax(y @ known.T / settings.temperature, 1)
    ranking = F.kl_div(found, wanted, reduction="batchmean")
    relation = (y @ y.T - target @ target.T).pow(2).mean()
    return settings.w_cosine * (1 - cosine) + ranking + settings.w_relation * relation, cosine


def average_gradients(parameters, workers):
    flat = torch.cat([p.grad.reshape(-1) for p in parameters])
    dist.all_reduce(flat)
    for p, grad in zip(parameters, flat.div_(workers).split([p.numel() for p in parameters])):
        p.grad.copy_(grad.view_as(p))


@torch.no_grad()
def average_weights(ema, net, step):
    keep = min(EMA, (1 + step) / (20 + step))
    for name, value in net.state_dict().items():
        if value.dtype.is_floating_point:
            ema[name].lerp_(value, 1 - keep)
        else:
            ema[name].copy_(value)


class Run:
    def __init__(self, settings):
        self.settings, self.device = settings, settings.device
        self.rank, self.workers = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        if self.workers > 1:
            dist.init_process_group("gloo")
        torch.manual_seed(settings.seed)
        torch.set_num_threads(1 if self.device == "cpu" else os.cpu_count())
        self.out = pathlib.Path(settings.out)
        self.out.mkdir(parents=True, exist_ok=True)
        last = self.out / "last.pt"
        saved = torch.load(last, map_location=self.device, weights_only=True) if last.exists() else None
        given = torch.load(settings.start, map_location=self.device, weights_only=True) if settings.start and not saved else None
        self.prepare_data(saved or given)
        self.prepare_net(saved, given)

    def prepare_data(self, earlier):
        self.chips = Chips(self.settings.data)
        features = teacher_features(self.chips, self.settings.teachers)
        if earlier and earlier["settings"]["teachers"] == self.settings.teachers:
            self.basis = tuple(part.float().cpu().numpy() for part in earlier["basis"])
        else:
            self.basis = fit_basis(features[self.chips.train])
        self.target = targets(features, self.basis)
        chosen = np.random.default_rng(1).permutation(self.chips.eval)[:HELD_OUT]
        self.held_out = torch.from_numpy(np.stack([clean(self.chips.chip(i)) for i in chosen])), torch.from_numpy(self.target[chosen])

    def prepare_net(self, saved, given):
        s = self.settings
        self.net = build(s.size)
        if given:
            grow.start_from(self.net, s.size, given["ema"], given["size"])
        self.net.to(self.device, memory_format=torch.channels_last)
        self.parameters = list(self.net.parameters())
        self.optimizer = Muon(self.parameters, s.rate, s.adam_rate, torch.bfloat16 if bf16_is_fast(self.device) else torch.float32)
        self.ema = {name: value.clone() for name, value in self.net.state_dict().items()}
        self.step, started = 0, None
        if saved:
            self.net.load_state_dict(saved["net"])
            self.optimizer.load_state_dict(saved["optimizer"])
            self.ema, self.step, started = saved["ema"], saved["step"], saved["started"]
        self.schedule = Schedule(s.views, s.until, started, s.decay)

    @property
    def seen(self):
        return self.step * self.settings.batch * self.workers

    def autocast(self):
        return torch.autocast(self.device.split(":")[0], torch.bfloat16, enabled=bf16_is_fast(self.device))

    def train(self):
        batches = Batches(self.chips, self.target, self.settings, self.rank, self.workers).stream(self.step, self.settings.loaders)
        saved_at, cosines = time.time(), []
        while not self.is_over():
            self.net.train()
            views, target, others = (part.to(self.device) for part in next(batches))
            with self.autocast():
                y = self.net(pixels(views))
            loss, cosine = loss_of(F.normalize(y.float()), target, others, self.settings)
            for p in self.parameters:
                p.grad = None
            loss.backward()
            if self.workers > 1:
                average_gradients(self.parameters, self.workers)
            self.optimizer.step(self.schedule.scale(self.schedule.progress(self.seen)))
            self.step += 1
            average_weights(self.ema, self.net, self.step)
            cosines.append(cosine.detach())
            if self.rank == 0 and time.time() - saved_at > SAVE_EVERY_S:
                self.save(cosines, time.time() - saved_at)
                saved_at, cosines = time.time(), []
        if self.rank == 0:
            self.save(cosines, time.time() - saved_at)

    def is_over(self):
        """Decided by the first worker, so that all stop at the same step."""
        over = torch.tensor([float(self.schedule.progress(self.seen) >= 1)])
        if self.workers > 1:
            dist.broadcast(over, 0)
        return bool(over)

    @torch.no_grad()
    def held_out_cosine(self):
        net = build(self.settings.size).to(self.device, memory_format=torch.channels_last)
        net.load_state_dict(self.ema)
        net.eval()
        views, target = self.held_out
        with self.autocast():
            y = torch.cat([F.normalize(net(pixels(part.to(self.device))).float()).cpu() for part in views.split(64)])
        return float((y * target).sum(1).mean())

    def save(self, cosines, seconds):
        """Written beside, then renamed: a run may be cut off at any moment."""
        part = self.out / "part.pt"
        state = {
            "size": self.settings.size, "net": self.net.state_dict(), "ema": self.ema, "optimizer": self.optimizer.state_dict(),
            "basis": tuple(torch.from_numpy(np.asarray(p)) for p in self.basis), "step": self.step, "seen": self.seen,
            "started": self.schedule.started, "settings": vars(self.settings),
        }
        torch.save(state, part)
        os.replace(part, self.out / "last.pt")
        progress = self.schedule.progress(self.seen)
        line = {
            "at": datetime.datetime.now(datetime.timezone.utc).strftime("%H:%M:%S"), "seen": self.seen,
            "views_per_s": round(len(cosines) * self.settings.batch * self.workers / max(seconds, 1e-3)),
            "scale": round(self.schedule.scale(progress), 3), "train_cosine": round(float(torch.stack(cosines).mean()), 4) if cosines else None,
            "held_out_cosine": round(self.held_out_cosine(), 4),
        }
        print(json.dumps(line), flush=True)
        with open(self.out / "log.jsonl", "a") as log:
            log.write(json.dumps(line) + "\n")


def utc_today(text):
    """HH:MM, UTC, today: in seconds since 1970."""
    hour, minute = map(int, text.split(":"))
    return datetime.datetime.now(datetime.timezone.utc).replace(hour=hour, minute=minute, second=0, microsecond=0).timestamp()


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", required=True, help="folder of chips with teacher features")
    p.add_argument("--out", required=True, help="folder of the run")
    p.add_argument("--size", choices=SIZES, default="standard-p4")
    p.add_argument("--teachers", choices=("both", "omz"), default="both")
    p.add_argument("--start", help="checkpoint whose weights to start from")
    end = p.add_mutually_exclusive_group(required=True)
    end.add_argument("--views", type=int, help="length of the run")
    end.add_argument("--until", type=utc_today, help="HH:MM (UTC, today) at which the run ends")
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--device", default="cpu")
    p.add_argument("--loaders", type=int, default=0, help="processes that prepare views (0: the training process itself)")
    p.add_argument("--batch", type=int, default=128, help="views per step and worker")
    p.add_argument("--others", type=int, default=2048, help="other chips to rank against")
    p.add_argument("--hard", type=float, default=0.6, help="share of degraded views")
    p.add_argument("--rate", type=float, default=0.02, help="Muon's")
    p.add_argument("--adam-rate", type=float, default=2e-3)
    p.add_argument("--decay", type=float, default=0.5, help="share of the run over which the rate falls to nothing")
    p.add_argument("--temperature", type=float, default=0.07, help="of the ranking")
    p.add_argument("--w-cosine", type=float, default=2.0)
    p.add_argument("--w-relation", type=float, default=5.0)
    return p.parse_args()


if __name__ == "__main__":
    Run(arguments()).train()
