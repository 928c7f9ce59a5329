"""The driver on a real local Spark of three worker processes, one of which is killed half way."""

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import numpy as np
import pytest

pyspark = pytest.importorskip("pyspark")

from pyspark.sql import SparkSession  # noqa: E402

from facecert import spark as driver  # noqa: E402

ROWS, DIM, BLOCK = 1500, 64, 256
PACKAGES = Path(driver.__file__).parents[1]
PROGRAM = os.environ.get("FACECERT", "facecert")

# Notes each attempt before and after its work, and takes long enough to be killed on the way.
SLOW_PROGRAM = """#!/bin/sh
echo "start $4 $5" >> "{log}"
sleep 0.7
"{program}" "$@" || exit $?
echo "end $4 $5" >> "{log}"
"""


def facecert(folder: Path, *args: str) -> str:
    return subprocess.run([PROGRAM, *args], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A gallery, its plan, and the answer of one machine."""
    rows = np.random.default_rng(5).standard_normal((ROWS, DIM)).astype("<f4")
    np.save(tmp_path / "t.npy", rows)
    (tmp_path / "ids.tsv").write_text("".join(f"{row}\t{row}\t{row}\n" for row in range(ROWS)))
    facecert(tmp_path, "enrol", "--templates", "t.npy", "--ids", "ids.tsv", "--contract", "ab" * 32,
             "--purpose", "test", "-o", "g")
    wanted = ["--review-budget", "400", "--purpose", "test"]
    facecert(tmp_path, "dedup", "g", *wanted, "-o", "one.csv")
    facecert(tmp_path, "dedup", "plan", "g", *wanted, "--block", str(BLOCK), "-o", "plan")
    return tmp_path


def command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def busy_executor(program: Path) -> int:
    """Process id of a Spark worker that has an attempt of ``program`` running."""
    while True:
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                pid = int(entry.name)
                if str(program).encode() not in command(pid).split(b"\0"):
                    continue
                while b"CoarseGrainedExecutorBackend" not in command(pid):
                    pid = parent(pid)
                return pid
            except OSError:
                continue  # it ended meanwhile
        time.sleep(0.02)


def kill_one_half_way(log: Path, program: Path, tasks: int, killed: list[int]) -> None:
    while not log.exists() or log.read_text().count("end") < tasks // 2:
        time.sleep(0.02)
    victim = busy_executor(program)
    os.kill(victim, signal.SIGKILL)
    killed.append(victim)


def test_a_killed_worker_changes_nothing(folder: Path) -> None:
    log, slow = folder / "attempts", folder / "slow"
    slow.write_text(SLOW_PROGRAM.format(log=log, program=PROGRAM))
    slow.chmod(0o755)
    plan, parts = folder / "plan", folder / "parts"
    tasks = driver.task_count(plan)
    assert tasks == 21

    spark = (
        SparkSession.builder.master("local-cluster[3,1,512]")
        .config("spark.executor.memory", "512m")
        .config("spark.ui.enabled", "false")
        .config("spark.executorEnv.PYTHONPATH", str(PACKAGES))
        .getOrCreate()
    )
    killed: list[int] = []
    try:
        killer = threading.Thread(target=kill_one_half_way, args=(log, slow, tasks, killed), daemon=True)
        killer.start()
        driver.run_tasks(spark, plan, parts, str(slow))
        killer.join(timeout=30)
    finally:
        spark.stop()

    attempts = log.read_text().splitlines()
    started, ended = (sum(line.startswith(word) for line in attempts) for word in ("start", "end"))
    assert len(killed) == 1
    assert started > tasks and ended >= tasks, "the killed worker's task was run again"
    assert sorted(path.name for path in parts.iterdir()) == sorted(f"part-{task}" for task in range(tasks))
    said = driver.merge(plan, parts, folder / "many.csv", PROGRAM)
    assert said.startswith("400 pairs")
    assert (folder / "many.csv").read_bytes() == (folder / "one.csv").read_bytes()


def test_two_attempts_at_once_leave_one_sound_part(folder: Path) -> None:
    plan, parts = folder / "plan", folder / "parts"
    parts.mkdir()
    threads = [threading.Thread(target=driver._run_task, args=(str(plan), str(parts), PROGRAM, 1, task))
               for task in range(driver.task_count(plan)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    driver.merge(plan, parts, folder / "many.csv", PROGRAM)
    assert (folder / "many.csv").read_bytes() == (folder / "one.csv").read_bytes()


def test_a_refused_task_says_why(folder: Path) -> None:
    with pytest.raises(driver.TaskError, match="task 99"):
        driver._run_task(str(folder / "plan"), str(folder), PROGRAM, 1, 99)
