"""The driver on a real local Spark of three worker processes, one of which is killed half way."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

pyspark = pytest.importorskip("pyspark")

from pyspark.sql import SparkSession  # noqa: E402

from facecert import spark as driver  # noqa: E402
from facecert.face import Gallery, Template  # noqa: E402
from facecert.library import FacecertError, call, ffi, lib, struct, utf8  # noqa: E402

ROWS, DIM, BLOCK, BUDGET = 1500, 64, 256, 400
CONTRACT = bytes([0xAB]) * 32
PURPOSE = "test"
PACKAGES = [Path(driver.__file__).parents[1], Path(__file__).parent]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A gallery, its plan, and the answer of one machine."""
    rows = np.random.default_rng(5).standard_normal((ROWS, DIM))
    gallery, numbers = str(tmp_path / "g"), list(range(ROWS))
    Gallery.create(gallery, CONTRACT, [Template.from_array(CONTRACT, row) for row in rows], numbers, numbers)
    opened = Gallery(gallery, PURPOSE, threads=1)
    options, result, tasks = struct("facecert_dedup_options"), struct("facecert_dedup_result"), ffi.new("uint64_t *")
    options.review_budget = BUDGET
    what = (opened._raw, ffi.NULL, ffi.NULL, options)
    call(lib.facecert_dedup_to_file, *what, *utf8(str(tmp_path / "one.csv")), ffi.NULL, 0, result)
    call(lib.facecert_dedup_plan, *what, BLOCK, *utf8(str(tmp_path / "plan")), tasks)
    assert tasks[0] == driver.task_count(tmp_path / "plan") == 21
    return tmp_path


def slow_task(plan: str, parts: str, purpose: str, threads: int, task: int) -> None:
    """A task that notes each attempt before and after its work, and takes long enough to be killed on the way."""
    with (Path(plan).parent / "attempts").open("a") as log:
        print("start", task, os.getpid(), file=log, flush=True)
        time.sleep(0.7)
        driver.run_task(plan, parts, purpose, threads, task)
        print("end", task, os.getpid(), file=log, flush=True)


def executor_of(pid: int) -> int:
    """Process id of the Spark worker that a Python process works for."""
    while b"CoarseGrainedExecutorBackend" not in Path(f"/proc/{pid}/cmdline").read_bytes():
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return pid


def kill_one_half_way(log: Path, tasks: int, killed: list[int]) -> None:
    while not killed:
        time.sleep(0.02)
        attempts = [line.split() for line in log.read_text().splitlines()] if log.exists() else []
        ended = [rest for word, *rest in attempts if word == "end"]
        running = [rest for word, *rest in attempts if word == "start" and rest not in ended]
        if len(ended) >= tasks // 2 and running:
            victim = executor_of(int(running[-1][1]))
            os.kill(victim, signal.SIGKILL)
            killed.append(victim)


def test_a_killed_worker_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "run_task", slow_task)
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    plan, parts, log = folder / "plan", folder / "parts", folder / "attempts"
    tasks = driver.task_count(plan)
    builder = SparkSession.builder.master("local-cluster[3,1,512]").config("spark.executor.memory", "512m")
    builder = builder.config("spark.ui.enabled", "false")
    builder = builder.config("spark.executorEnv.PYTHONPATH", os.pathsep.join(map(str, PACKAGES)))
    for variable in ("FACECERT_LIBRARY", "FACECERT_HEADER"):
        if variable in os.environ:
            builder = builder.config(f"spark.executorEnv.{variable}", os.environ[variable])
    spark = builder.getOrCreate()
    killed: list[int] = []
    try:
        killer = threading.Thread(target=kill_one_half_way, args=(log, tasks, killed), daemon=True)
        killer.start()
        driver.run_tasks(spark, plan, parts, PURPOSE)
        killer.join(timeout=30)
    finally:
        spark.stop()

    attempts = log.read_text().splitlines()
    started, ended = (sum(line.startswith(word) for line in attempts) for word in ("start", "end"))
    assert len(killed) == 1
    assert started > tasks and ended >= tasks, "the killed worker's task was run again"
    assert sorted(path.name for path in parts.iterdir()) == sorted(f"part-{task}" for task in range(tasks))
    assert driver.merge(plan, parts, folder / "many.csv", PURPOSE) == BUDGET
    assert (folder / "many.csv").read_bytes() == (folder / "one.csv").read_bytes()


def test_two_attempts_at_once_leave_one_sound_part(folder: Path) -> None:
    plan, parts = folder / "plan", folder / "parts"
    parts.mkdir()
    threads = [threading.Thread(target=driver.run_task, args=(str(plan), str(parts), PURPOSE, 1, task))
               for task in range(driver.task_count(plan)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    driver.merge(plan, parts, folder / "many.csv", PURPOSE)
    assert (folder / "many.csv").read_bytes() == (folder / "one.csv").read_bytes()


def test_what_is_refused_says_why(folder: Path) -> None:
    with pytest.raises(FacecertError, match="task 99"):
        driver.run_task(str(folder / "plan"), str(folder), PURPOSE, 1, 99)
    with pytest.raises(FacecertError, match="task 0 is missing"):
        driver.merge(folder / "plan", folder / "nowhere", folder / "many.csv", PURPOSE)
    assert not (folder / "many.csv").exists() and {path.name for path in folder.iterdir()} == {"g", "one.csv", "plan"}
