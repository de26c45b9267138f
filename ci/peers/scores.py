#!/usr/bin/env python3
"""Accuracy from scores with numpy, scikit-learn, polars and pandas: the tasks of harness/stats/benches/accuracy.rs.

Usage: scores.py [--impostors N] [--genuine N] [--rows N] [--repeat N] [TASK ...]
Tasks: fnmr, det, bootstrap, csv, parquet; all by default. Sizes default to 10^7 impostors, 10^6 genuine, 10^7 rows.
Needs numpy, scikit-learn, polars, pandas, pyarrow. Prints the fastest of the repetitions in seconds; generation,
writing and imports are not timed. Nothing is read but what it writes itself, into a temporary folder.
"""
import argparse
import math
import pathlib
import sys
import tempfile
import time

import numpy as np

TARGET = 1e-4


def fastest(name: str, repeat: int, work):
    """Prints the fastest run of `work`; gives its last result."""
    best, result = math.inf, None
    for _ in range(repeat):
        result = None
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    print(f"{name:<58} {best:9.3f} s", flush=True)
    return result


def classes(arguments, mean: float = 6.5):
    """Scores of both classes, float32."""
    random = np.random.default_rng(1)
    impostor = random.standard_normal(arguments.impostors, dtype=np.float32)
    genuine = random.standard_normal(arguments.genuine, dtype=np.float32) + np.float32(mean)
    return genuine, impostor


def at_fmr(genuine, impostor):
    """Lowest threshold with FMR at most the target: selection, not sorting."""
    allowed = math.floor(TARGET * len(impostor) + 1e-9)
    place = len(impostor) - 1 - allowed
    threshold = np.nextafter(np.partition(impostor, place)[place], np.float32(np.inf))
    return threshold, np.count_nonzero(genuine < threshold) / len(genuine)


def fnmr(arguments):
    genuine, impostor = classes(arguments)
    fastest("plain sum of the same memory (numpy)", arguments.repeat, lambda: impostor.sum() + genuine.sum())
    fastest("FNMR at FMR 1e-4: numpy partition", arguments.repeat, lambda: at_fmr(genuine, impostor))


def curve(genuine, impostor):
    """FMR and FNMR at every genuine score, by sorting."""
    genuine, impostor = np.sort(genuine), np.sort(impostor)
    fmr = 1 - np.searchsorted(impostor, genuine, side="left") / len(impostor)
    return fmr, np.arange(len(genuine)) / len(genuine)


def det(arguments):
    from sklearn.metrics import det_curve

    for name, mean in [("apart", 6.5), ("mixed", 1.0)]:
        genuine, impostor = classes(arguments, mean)
        fastest(f"DET, classes {name}: numpy sort and searchsorted", arguments.repeat, lambda: curve(genuine, impostor))
        labels = np.repeat(np.array([1, 0], dtype=np.int8), [len(genuine), len(impostor)])
        scores = np.concatenate([genuine, impostor])
        fastest(f"DET, classes {name}: scikit-learn det_curve", arguments.repeat, lambda: det_curve(labels, scores))


def bootstrap(arguments, subjects: int = 1_000, attempts: int = 5, replicates: int = 1_000):
    """Subjects, then their attempts, drawn with replacement; impostors weighed by both their subjects; threshold anew."""
    random = np.random.default_rng(2)
    impostor = random.standard_normal((subjects, subjects), dtype=np.float32)
    genuine = random.standard_normal((subjects, attempts), dtype=np.float32) + np.float32(6.5)
    off = ~np.eye(subjects, dtype=bool)
    reference, probe = np.nonzero(off)
    flat = impostor[off]

    def drawn(random):
        chosen = random.integers(0, subjects, subjects)
        picked = genuine[chosen[:, None], random.integers(0, attempts, (subjects, attempts))]
        return np.bincount(chosen, minlength=subjects).astype(np.int64), picked

    def of(order, random):
        weights, picked = drawn(random)
        total = weights.sum() ** 2 - (weights**2).sum()
        cumulated = np.cumsum(weights[reference[order]] * weights[probe[order]])
        place = np.searchsorted(cumulated, math.floor(TARGET * total + 1e-9), side="right")
        return np.count_nonzero(picked <= flat[order[min(place, len(order) - 1)]]) / picked.size

    def tail():
        random = np.random.default_rng(3)
        kept = 8 * math.ceil(TARGET * len(flat))
        order = np.argpartition(flat, len(flat) - kept)[-kept:]
        order = order[np.argsort(flat[order])[::-1]]
        return [of(order, random) for _ in range(replicates)]

    def naive():
        random = np.random.default_rng(3)
        order = np.argsort(flat)[::-1]
        return [of(order, random) for _ in range(replicates)]

    name = f"{replicates} replicates, {subjects} subjects"
    quick = fastest(f"{name}: numpy, weighed tail", arguments.repeat, tail)
    slow = fastest(f"{name}: numpy, all impostors weighed", 1, naive)
    assert quick == slow, "the tail must be enough"


def table(arguments):
    """All ordered pairs of so many subjects that there are about `rows`."""
    import polars as pl

    subjects = math.isqrt(arguments.rows)
    random = np.random.default_rng(4)
    score = random.standard_normal((subjects, subjects))
    score[np.diag_indices(subjects)] += 6.5
    ids = pl.Series([f"s{n:04}" for n in range(subjects)])
    numbers = np.arange(subjects)
    return pl.DataFrame({
        "reference": ids[np.repeat(numbers, subjects)],
        "probe": ids[np.tile(numbers, subjects)],
        "attempt": np.ones(subjects * subjects, dtype=np.int32),
        "score": score.ravel().astype(np.float32),
    })


def checked_polars(frame):
    """What csv::read gives: ids as numbers, classes apart, refused when not finite or repeated."""
    import polars as pl

    frame = frame.with_columns(pl.col("reference", "probe").cast(pl.Categorical("lexical")).to_physical())
    if not frame["score"].is_finite().all():
        raise ValueError("not finite")
    if frame.select("reference", "probe", "attempt").is_duplicated().any():
        raise ValueError("repeated")
    own = pl.col("reference") == pl.col("probe")
    return frame.filter(own), frame.filter(~own)


def checked_pandas(frame):
    """As above."""
    import pandas as pd

    count = len(frame)
    codes, _ = pd.factorize(pd.concat([frame["reference"], frame["probe"]], ignore_index=True))
    frame["reference"], frame["probe"] = codes[:count], codes[count:]
    if not np.isfinite(frame["score"]).all():
        raise ValueError("not finite")
    if frame.duplicated(["reference", "probe", "attempt"]).any():
        raise ValueError("repeated")
    own = frame["reference"] == frame["probe"]
    return frame[own], frame[~own]


def csv(arguments):
    import pandas as pd
    import polars as pl

    frame = table(arguments)
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=5)
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in [("by reference", frame), ("shuffled", shuffled)]:
            path = pathlib.Path(folder) / "scores.csv"
            rows.write_csv(path, float_precision=6)
            types = {"score": pl.Float32, "attempt": pl.Int32}
            polars = lambda: pl.read_csv(path, schema_overrides=types)
            pandas = lambda: pd.read_csv(path, dtype={"score": np.float32, "attempt": np.int32})
            arrow = lambda: pd.read_csv(path, engine="pyarrow")
            fastest(f"CSV {name}: bytes into memory (Python)", arguments.repeat, path.read_bytes)
            fastest(f"CSV {name}: polars read_csv alone", arguments.repeat, polars)
            fastest(f"CSV {name}: polars, classes and checks", arguments.repeat, lambda: checked_polars(polars()))
            fastest(f"CSV {name}: pandas read_csv (C) alone", 1, pandas)
            fastest(f"CSV {name}: pandas read_csv (pyarrow) alone", arguments.repeat, arrow)
            fastest(f"CSV {name}: pandas (pyarrow), classes and checks", arguments.repeat, lambda: checked_pandas(arrow()))


def parquet(arguments):
    """FNMR at FMR from a file with numbers as ids: everything held in memory."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    subjects = math.isqrt(arguments.rows)
    random = np.random.default_rng(6)
    numbers = np.arange(subjects, dtype=np.int32)
    score = random.standard_normal((subjects, subjects), dtype=np.float32)
    score[np.diag_indices(subjects)] += np.float32(6.5)
    columns = {"reference": np.repeat(numbers, subjects), "probe": np.tile(numbers, subjects), "score": score.ravel()}
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "scores.parquet"
        pq.write_table(pa.table(columns), path, use_dictionary=["reference", "probe"])

        def work():
            read = pq.read_table(path)
            reference, probe, score = (read[name].to_numpy() for name in columns)
            own = reference == probe
            return at_fmr(score[own], score[~own])

        fastest("Parquet, FNMR at FMR 1e-4: pyarrow and numpy", arguments.repeat, work)


def main() -> int:
    tasks = {"fnmr": fnmr, "det": det, "bootstrap": bootstrap, "csv": csv, "parquet": parquet}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--impostors", type=int, default=10_000_000)
    parser.add_argument("--genuine", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=", ".join(tasks))
    arguments = parser.parse_args()
    unknown = set(arguments.tasks) - set(tasks)
    if unknown:
        parser.error(f"no such task: {', '.join(sorted(unknown))}")
    for name in arguments.tasks or tasks:
        tasks[name](arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main())
