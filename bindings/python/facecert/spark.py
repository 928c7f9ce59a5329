"""All pairs of a gallery on a Spark cluster: schedules exactly the tasks of a plan.

The plan is made by ``facecert dedup plan``; every worker sees the plan, the galleries and the folder of
parts under the same paths (a shared file system). Each block task is one Spark task, so Spark retries it,
runs it twice at once (speculation) or moves it when a worker dies. That is harmless: a task is pure and
puts its part in place whole, by a rename. The merged file has the bytes of a single machine's run.

The work itself is done by the program ``facecert``, one process per task, which must be installed on every
worker, as must this package. As a command: ``spark-submit spark.py PLAN PARTS -o pairs.csv``.
"""

import argparse
import json
import subprocess
from functools import partial
from pathlib import Path

from pyspark.sql import SparkSession


class TaskError(RuntimeError):
    """The program refused a task; the message is its own."""


def task_count(plan: Path) -> int:
    """Number of tasks of a plan; they are numbered from 0."""
    return len(json.loads(plan.read_text(encoding="utf-8"))["tasks"])


def run_tasks(spark: SparkSession, plan: Path, parts: Path, program: str = "facecert", threads: int = 1) -> None:
    """Runs all tasks of ``plan`` and returns once each has its part in the folder ``parts``.

    ``threads`` is the number of threads of one task: set it to ``spark.task.cpus``.
    """
    tasks = task_count(plan)
    parts.mkdir(parents=True, exist_ok=True)
    run = partial(_run_task, str(plan.absolute()), str(parts.absolute()), program, threads)
    # One partition per task: what Spark retries is one task, never a neighbour's work.
    spark.sparkContext.parallelize(range(tasks), tasks).foreach(run)


def merge(plan: Path, parts: Path, output: Path, program: str = "facecert") -> str:
    """Merges the parts of all tasks into ``output``; returns what the program says of the result."""
    return _call([program, "dedup", "merge", str(plan), str(parts), "-o", str(output)])


def _run_task(plan: str, parts: str, program: str, threads: int, task: int) -> None:
    part = Path(parts) / f"part-{task}"
    _call([program, "dedup", "run-block", plan, "--task", str(task), "-o", str(part), "--threads", str(threads)])


def _call(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise TaskError(done.stderr.strip() or f"{command[0]} ended with {done.returncode}")
    return done.stdout


def main() -> None:
    """Command line of the driver."""
    parser = argparse.ArgumentParser(description="Run the tasks of a plan on Spark and merge them.")
    parser.add_argument("plan", type=Path, help="made by `facecert dedup plan`")
    parser.add_argument("parts", type=Path, help="folder for the parts, on the shared file system")
    parser.add_argument("-o", "--output", type=Path, default=Path("pairs.csv"))
    parser.add_argument("--program", default="facecert", help="the program on every worker")
    args = parser.parse_args()
    spark = SparkSession.builder.appName("facecert dedup").getOrCreate()
    try:
        threads = int(spark.conf.get("spark.task.cpus", "1"))
        run_tasks(spark, args.plan, args.parts, args.program, threads)
    finally:
        spark.stop()
    print(merge(args.plan, args.parts, args.output, args.program), end="")


if __name__ == "__main__":
    main()
