"""All pairs of a gallery on a Spark cluster: schedules exactly the tasks of a plan.

The plan is made by ``facecert dedup plan`` or ``facecert_dedup_plan``; every worker sees the plan, the galleries and
the folder of parts under the same paths (a shared file system), and has this package with its library. Each block task
is one Spark task, so Spark retries it, runs it twice at once (speculation) or moves it when a worker dies. That is
harmless: a task is pure and puts its part in place whole, by a rename. The merged file has the bytes of a single
machine's run.

As a command: ``spark-submit spark.py PLAN PARTS --purpose TEXT -o pairs.csv``.
"""

import argparse
import json
import os
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
from pyspark.sql import SparkSession

from facecert.face import Gallery
from facecert.library import call, data, ffi, lib, utf8

HEADING = b"id_a,id_b,score\n"


def _read(plan: Path) -> dict:
    return json.loads(plan.read_text(encoding="utf-8"))


def task_count(plan: Path) -> int:
    """Number of tasks of a plan; they are numbered from 0."""
    return len(_read(plan)["tasks"])


def _galleries(plan: Path, purpose: str, threads: int) -> list[Gallery]:
    """The gallery of a plan, or both."""
    made = _read(plan)
    return [Gallery(made[side]["path"], purpose, threads) for side in ("left", "right") if made[side]]


def run_tasks(spark: SparkSession, plan: Path, parts: Path, purpose: str, threads: int = 1) -> None:
    """Runs all tasks of ``plan`` and returns once each has its part in the folder ``parts``.

    ``purpose``: what people are compared for, as your records state it. ``threads``: of one task; set it to
    ``spark.task.cpus``.
    """
    tasks = task_count(plan)
    parts.mkdir(parents=True, exist_ok=True)
    run = partial(run_task, str(plan.absolute()), str(parts.absolute()), purpose, threads)
    # One partition per task: what Spark retries is one task, never a neighbour's work.
    spark.sparkContext.parallelize(range(tasks), tasks).foreach(run)


def run_task(plan: str, parts: str, purpose: str, threads: int, task: int) -> None:
    """Runs one task and writes its part, ``part-`` and its number; raises ``FacecertError`` if it is refused."""
    opened = _galleries(Path(plan), purpose, threads)
    first, second = opened[0]._raw, opened[1]._raw if opened[1:] else ffi.NULL
    call(lib.facecert_dedup_run_task, first, second, *utf8(plan), task, *utf8(parts), ffi.NULL, ffi.NULL)


def merge(plan: Path, parts: Path, output: Path, purpose: str) -> int:
    """Puts the parts of all tasks together in ``output``, whole or not at all; returns the number of pairs."""
    sides = _galleries(plan, purpose, 1) * 2
    written, faults = 0, []
    with tempfile.NamedTemporaryFile(dir=output.absolute().parent, delete=False) as file:
        file.write(HEADING)

        @ffi.callback("facecert_pairs_fn")
        def on_pairs(_user, pairs, count):
            nonlocal written
            try:
                file.writelines(_line(sides, pair) for pair in ffi.unpack(pairs, count))
                written += count
            except Exception as fault:  # it must not cross the library
                faults.append(fault)
            return len(faults)

        try:
            call(lib.facecert_dedup_merge, *utf8(str(plan)), *utf8(str(parts)), on_pairs, ffi.NULL)
            os.replace(file.name, output)
        except BaseException as fault:
            os.unlink(file.name)
            raise faults[0] if faults else fault
    return written


def _line(sides: list[Gallery], pair) -> bytes:
    score = np.format_float_positional(np.float32(pair.score), trim="-")
    names = [_name(sides[0], pair.row_a, pair.id_a), _name(sides[1], pair.row_b, pair.id_b)]
    return b",".join([*names, score.encode()]) + b"\n"


def _name(gallery: Gallery, row: int, number: int) -> bytes:
    """The key of a row as a field of comma-separated values, else its id."""
    key = data(lib.facecert_gallery_key, gallery._raw, row) or str(number).encode()
    return b'"' + key.replace(b'"', b'""') + b'"' if any(c in b',"\r\n' for c in key) else key


def main() -> None:
    """Command line of the driver."""
    parser = argparse.ArgumentParser(description="Run the tasks of a plan on Spark and merge them.")
    parser.add_argument("plan", type=Path, help="made by `facecert dedup plan`")
    parser.add_argument("parts", type=Path, help="folder for the parts, on the shared file system")
    parser.add_argument("--purpose", required=True, help="what people are compared for, as your records state it")
    parser.add_argument("-o", "--output", type=Path, default=Path("pairs.csv"))
    args = parser.parse_args()
    spark = SparkSession.builder.appName("facecert dedup").getOrCreate()
    try:
        run_tasks(spark, args.plan, args.parts, args.purpose, int(spark.conf.get("spark.task.cpus", "1")))
    finally:
        spark.stop()
    print(f"{merge(args.plan, args.parts, args.output, args.purpose)} pairs: {args.output}")


if __name__ == "__main__":
    # Workers import what they run from the package; what is defined in a script cannot be sent to them.
    from facecert import spark

    spark.main()
