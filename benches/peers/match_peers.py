"""Matchers of other projects beside ours: the same vectors, taken in turns, one thread.

    cargo build --release -p facecert-benches --no-default-features --bin match-rounds
    python match_peers.py target/release/match-rounds [--rows 100000] [--scan-rows 1000000]

Needs numpy faiss-cpu usearch hnswlib (PyPI). Each repetition runs every engine once; the best counts, in
processor time of the thread. Prints a line of JSON for each engine, with the recall of the ten best beside
the speed (the exact answer is numpy's in f64), the time over ours and the share of the physical limit.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import faiss  # noqa: E402
import hnswlib  # noqa: E402
import numpy as np  # noqa: E402
from usearch.index import MetricKind, search as usearch_search  # noqa: E402

TOP = 10
QUERIES = 256
FEW = 16  # queries for engines that answer one at a time


class Ours:
    """The program ``match-rounds`` over one set of rows; each call is one round."""

    def __init__(self, program, rows, queries, folder):
        files = [Path(folder) / "rows", Path(folder) / "queries"]
        for file, data in zip(files, (rows, queries)):
            data.astype("<f4").tofile(file)
        self.process = subprocess.Popen([program, *map(str, files), str(rows.shape[1])], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def engine(self, line):
        def call():
            answer = self.ask(line)
            return answer["seconds"], answer["found"]
        return call

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def timed(call):
    """An engine of this process."""
    def run():
        start = time.thread_time()
        found = call()
        return time.thread_time() - start, found
    return run


def take_turns(name, rows, engines, ours, repetitions, exact=None):
    """``engines``: name -> (queries answered, call that returns seconds and what was found)."""
    best, answers, measured = {}, {}, []
    for _ in range(repetitions):
        measured.append(ours.ask("limits"))
        for engine, (_, call) in engines.items():
            seconds, answers[engine] = call()
            best[engine] = min(best.get(engine, seconds), seconds)
    limits = {key: [one[key] for one in measured] for key in ("products_per_s", "rows_per_s")}
    for key, values in limits.items():
        print(json.dumps({"name": "limit", "engine": key, "best": max(values),
                          "best_over_median": round(max(values) / float(np.median(values)), 3)}), flush=True)
    limits = {key: max(values) for key, values in limits.items()}
    count, dim = rows.shape
    limit = limits["rows_per_s"] if name == "scan_top10" else limits["products_per_s"] / dim
    rates = {}
    for engine, (queries, _) in engines.items():
        pairs = count * (count - 1) / 2 if name.startswith("pairs") else count * queries
        rates[engine] = pairs / best[engine]
        row = {"name": name, "engine": engine, "dim": dim, "rows": count, "queries": queries, "threads": 1,
               "pairs_per_s": float(f"{rates[engine]:.4g}"),
               "time_over_ours": round(rates["facecert"] / rates[engine], 2),
               "share_of_limit": float(f"{rates[engine] / limit:.3g}")}
        if exact is not None:
            row["recall"] = recall(answers[engine], exact)
        elif isinstance(answers[engine], int):
            row["found"] = answers[engine]
        print(json.dumps(row), flush=True)


def recall(found, exact):
    hits = [len(set(map(int, a)) & set(map(int, b))) for a, b in zip(found, exact)]
    return sum(hits) / (len(hits) * TOP)


def top_of(scores):
    part = np.argpartition(-scores, TOP, axis=1)[:, :TOP]
    return np.take_along_axis(part, np.argsort(-np.take_along_axis(scores, part, 1), axis=1), 1)


def exact_top(queries, rows, block=50_000):
    queries = queries.astype(np.float64)
    scores = [queries @ rows[at:at + block].T.astype(np.float64) for at in range(0, len(rows), block)]
    return top_of(np.concatenate(scores, axis=1))


def codes_of(values):
    """One scale for all components, as engines without a scale for each row need."""
    scale = 127 * values.shape[1] ** 0.5 / 5
    return np.clip(np.round(values * scale), -127, 127)


def faiss_search(kind, rows, asked):
    """What a search of a faiss index of ``kind`` returns, once packed; the packing is timed."""
    dim, quantizer = rows.shape[1], faiss.ScalarQuantizer
    index = {
        "Flat f32": lambda: faiss.IndexFlatIP(dim),
        "SQ8": lambda: faiss.IndexScalarQuantizer(dim, quantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT),
        "8bit_direct_signed": lambda: faiss.IndexScalarQuantizer(
            dim, quantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT),
    }[kind]()
    if kind == "8bit_direct_signed":
        rows, asked = codes_of(rows), codes_of(asked)
    start = time.thread_time()
    index.train(rows)
    index.add(rows)
    packing(f"faiss {kind}", start)
    return timed(lambda: index.search(asked, TOP)[1])


def packing(engine, start):
    print(json.dumps({"name": "packing", "engine": engine, "seconds": round(time.thread_time() - start, 3)}),
          flush=True)


def exhaustive(ours, line, rows, queries, few):
    """Engines that look at every row."""
    codes, few_codes = codes_of(rows).astype(np.int8), codes_of(queries[:few]).astype(np.int8)
    engines = {"facecert": (len(queries), ours.engine(line)),
               "faiss Flat f32": (len(queries), faiss_search("Flat f32", rows, queries)),
               "numpy OpenBLAS f32": (len(queries), timed(lambda: top_of(queries @ rows.T)))}
    for kind in ("SQ8", "8bit_direct_signed"):
        engines[f"faiss {kind}"] = (few, faiss_search(kind, rows, queries[:few]))
    engines["usearch exact f32"] = (few, timed(lambda: matrix(
        usearch_search(rows, queries[:few], TOP, MetricKind.IP, exact=True, threads=1).keys)))
    engines["usearch exact int8"] = (few, timed(lambda: matrix(
        usearch_search(codes, few_codes, TOP, MetricKind.Cos, exact=True, threads=1).keys)))
    return engines


def matrix(keys):
    """Keys of one query come without their first axis."""
    return np.atleast_2d(keys)


def graph(rows, queries):
    """Engines that look at a part of the rows: hnswlib at three widths of search."""
    index = hnswlib.Index("ip", rows.shape[1])
    index.init_index(max_elements=len(rows), M=16, ef_construction=100)
    start = time.thread_time()
    index.add_items(rows, num_threads=1)
    packing("hnswlib", start)

    def search(ef):
        index.set_ef(ef)
        return index.knn_query(queries, TOP, num_threads=1)[0]

    return {f"hnswlib ef {ef}": (len(queries), timed(lambda ef=ef: search(ef))) for ef in (20, 100, 400)}


def all_pairs(ours, rows, threshold):
    index = faiss.IndexFlatIP(rows.shape[1])
    index.add(rows)

    def faiss_pairs():
        limits = index.range_search(rows, threshold)[0]
        return (int(limits[-1]) - len(rows)) // 2

    def numpy_pairs(block=1000):
        found = 0
        for i in range(0, len(rows), block):
            for j in range(i, len(rows), block):
                near = rows[i:i + block] @ rows[j:j + block].T >= threshold
                found += np.count_nonzero(np.triu(near, 1) if i == j else near)
        return int(found)

    return {"facecert": (len(rows), ours.engine(f"pairs {threshold}")),
            "faiss range_search f32": (len(rows), timed(faiss_pairs)),
            "numpy OpenBLAS f32, triangle": (len(rows), timed(numpy_pairs))}


def unit_rows(count, dim, seed):
    rows = np.random.default_rng(seed).standard_normal((count, dim), dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("match_rounds", help="the program of that name")
    parser.add_argument("--dim", type=int, default=512)
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the batch; 0 leaves it out")
    parser.add_argument("--scan-rows", type=int, default=1_000_000, help="rows of the scan; 0 leaves it out")
    parser.add_argument("--pair-rows", type=int, default=20_000, help="rows of all pairs; 0 leaves them out")
    parser.add_argument("--graph", action="store_true", help="hnswlib too, which takes minutes to build")
    parser.add_argument("--repetitions", type=int, default=5)
    args = parser.parse_args()
    faiss.omp_set_num_threads(1)
    queries = unit_rows(QUERIES, args.dim, 5)
    for name, count in (("pairs", args.pair_rows), ("batch", args.rows), ("scan", args.scan_rows)):
        if count == 0:
            continue
        rows = unit_rows(count, args.dim, 4)
        with tempfile.TemporaryDirectory() as folder:
            ours = Ours(args.match_rounds, rows, queries, folder)
            if name == "pairs":
                # One pair of strangers in a million.
                take_turns("pairs_above_threshold", rows, all_pairs(ours, rows, 4.75 / args.dim ** 0.5), ours,
                           args.repetitions)
            else:
                asked = queries[:1] if name == "scan" else queries
                engines = exhaustive(ours, name, rows, asked, min(FEW, len(asked)))
                if args.graph and name == "batch":
                    engines |= graph(rows, asked)
                exact = exact_top(asked[:FEW], rows)
                take_turns(f"{name}_top10", rows, engines, ours, args.repetitions, exact)
            ours.close()


if __name__ == "__main__":
    main()
