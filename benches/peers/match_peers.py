"""Matchers of other projects, one thread, best of several in processor time of the thread.

    python match_peers.py [--rows 100000] [--pair-rows 20000] [--scan-rows 1000000]

Needs numpy faiss-cpu usearch hnswlib (PyPI). Prints a line of JSON for each row, with the
recall of the ten best beside the speed; the exact answer is numpy's in f64. For ours, run
`facecert bench match --json` on the same machine at the same time: its vectors are of the same
kind, random ones without structure.
"""

import argparse
import json
import os
import time

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import faiss  # noqa: E402
import hnswlib  # noqa: E402
import numpy as np  # noqa: E402
from usearch.index import MetricKind, search as usearch_search  # noqa: E402

DIM = 512
TOP = 10
QUERIES = 256
FEW_QUERIES = 16  # for engines that answer one query at a time; scaled up
THRESHOLD = 0.2092  # one pair of strangers in a million


def unit_rows(count, seed):
    rows = np.random.default_rng(seed).standard_normal((count, DIM), dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def best_seconds(call, repetitions):
    seconds = []
    for _ in range(repetitions):
        start = time.thread_time()
        result = call()
        seconds.append(time.thread_time() - start)
    return min(seconds), result


def recall(found, exact):
    hits = [len(set(map(int, a)) & set(map(int, b))) for a, b in zip(found, exact)]
    return sum(hits) / (len(hits) * TOP)


def report(name, engine, rows, queries, pairs, seconds, **more):
    row = {"name": name, "engine": engine, "dim": DIM, "rows": rows, "queries": queries,
           "threads": 1, "pairs_per_s": pairs / seconds, "seconds": seconds, **more}
    print(json.dumps(row), flush=True)


def top_of(scores):
    part = np.argpartition(-scores, TOP, axis=1)[:, :TOP]
    return np.take_along_axis(part, np.argsort(-np.take_along_axis(scores, part, 1), axis=1), 1)


def faiss_indexes(rows):
    kinds = {
        "faiss Flat f32": lambda: faiss.IndexFlatIP(DIM),
        "faiss SQ8": lambda: faiss.IndexScalarQuantizer(
            DIM, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT),
        "faiss 8bit_direct_signed": lambda: faiss.IndexScalarQuantizer(
            DIM, faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT),
    }
    for engine, make in kinds.items():
        index = make()
        scale = 127 / 0.22 if "signed" in engine else 1
        data = np.clip(np.round(rows * scale), -127, 127) if scale > 1 else rows
        index.train(data)
        index.add(data)
        yield engine, index, scale


def batch(rows, repetitions):
    queries = unit_rows(QUERIES, 5)
    exact = top_of(queries.astype(np.float64) @ rows.T.astype(np.float64))
    pairs = len(rows) * QUERIES
    calls = {"numpy sgemm": (QUERIES, lambda: top_of(queries @ rows.T))}
    for engine, index, scale in faiss_indexes(rows):
        count = QUERIES if "Flat" in engine else FEW_QUERIES
        asked = np.ascontiguousarray(queries[:count] * scale)
        asked = np.clip(np.round(asked), -127, 127) if scale > 1 else asked
        calls[engine] = (count, lambda index=index, asked=asked: index.search(asked, TOP)[1])
    codes = np.clip(np.round(rows * (127 / 0.22)), -127, 127).astype(np.int8)
    few = queries[:FEW_QUERIES]
    few_codes = np.clip(np.round(few * (127 / 0.22)), -127, 127).astype(np.int8)
    calls["usearch exact f32"] = (FEW_QUERIES, lambda: usearch_search(
        rows, few, TOP, MetricKind.IP, exact=True, threads=1).keys)
    calls["usearch exact int8"] = (FEW_QUERIES, lambda: usearch_search(
        codes, few_codes, TOP, MetricKind.Cos, exact=True, threads=1).keys)
    for engine, (count, call) in calls.items():
        seconds, found = best_seconds(call, repetitions)
        report("batch_top10", engine, len(rows), count, pairs * count / QUERIES, seconds,
               recall=recall(found, exact))
    graph = hnswlib.Index("ip", DIM)
    graph.init_index(max_elements=len(rows), M=16, ef_construction=100)
    graph.set_num_threads(1)
    start = time.thread_time()
    graph.add_items(rows, num_threads=1)
    build_seconds = time.thread_time() - start
    for ef in (20, 100, 400):
        graph.set_ef(ef)
        seconds, found = best_seconds(lambda: graph.knn_query(queries, TOP, num_threads=1)[0], 2)
        report("batch_top10", f"hnswlib ef {ef}", len(rows), QUERIES, pairs, seconds,
               recall=recall(found, exact), build_seconds=build_seconds)


def scan(rows, repetitions):
    query = unit_rows(1, 3)
    index = faiss.IndexFlatIP(DIM)
    index.add(rows)
    seconds, _ = best_seconds(lambda: index.search(query, TOP), repetitions)
    report("scan_top10", "faiss Flat f32", len(rows), 1, len(rows), seconds)


def all_pairs(rows, repetitions):
    pairs = len(rows) * (len(rows) - 1) // 2
    index = faiss.IndexFlatIP(DIM)
    index.add(rows)
    seconds, _ = best_seconds(lambda: index.range_search(rows, THRESHOLD), repetitions)
    report("pairs_above_threshold", "faiss range_search f32", len(rows), len(rows), pairs, seconds)

    def blocks():
        block, found = 1000, 0
        for i in range(0, len(rows), block):
            for j in range(i, len(rows), block):
                found += np.count_nonzero(rows[i:i + block] @ rows[j:j + block].T >= THRESHOLD)
        return found

    seconds, _ = best_seconds(blocks, repetitions)
    report("pairs_above_threshold", "numpy sgemm blocks", len(rows), len(rows), pairs, seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the batch")
    parser.add_argument("--scan-rows", type=int, default=1_000_000)
    parser.add_argument("--pair-rows", type=int, default=20_000)
    parser.add_argument("--repetitions", type=int, default=5)
    args = parser.parse_args()
    faiss.omp_set_num_threads(1)
    all_pairs(unit_rows(args.pair_rows, 6), args.repetitions)
    batch(unit_rows(args.rows, 4), args.repetitions)
    scan(unit_rows(args.scan_rows, 2), args.repetitions)


if __name__ == "__main__":
    main()
