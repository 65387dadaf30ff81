#!/usr/bin/env python3
"""Writes the reference numbers of StatisticsTests beside itself.

    pip install scipy==1.17.1
    python3 Tests/EvaluationTests/Fixtures/statistics.py > Tests/EvaluationTests/Fixtures/statistics.json

Nothing here shares a formula with the Swift code: the tests come from scipy, the score interval from
maximising the likelihood numerically, Holm's correction from its definition by closed testing.
"""
import itertools
import json

import numpy as np
from scipy import optimize, stats

WILSON = [(0, 10), (1, 10), (5, 10), (10, 10), (0, 1), (431, 484), (99_999, 100_000)]
PAIRS = [(0, 0, 10), (0, 0, 484), (5, 5, 40), (1, 9, 50), (9, 1, 50), (0, 4, 20), (4, 0, 20), (130, 2, 484),
         (30, 45, 484), (20, 0, 20), (0, 20, 20), (400, 520, 10_000), (7, 7, 14)]


def score(fixed, broken, total, delta):
    """(observed - supposed difference) / its standard error under the likeliest shares with that difference."""
    rest = total - fixed - broken

    def negative(q):  # q = share of broken cases, q + delta = share of fixed cases
        terms = [(fixed, q + delta), (broken, q), (rest, 1 - 2 * q - delta)]
        return -sum(n * np.log(max(p, 1e-300)) for n, p in terms if n > 0)

    low, high = max(0, -delta), (1 - delta) / 2
    best = optimize.minimize_scalar(negative, bounds=(low, high), method="bounded", options={"xatol": 1e-14})
    q = min([best.x, low, high], key=negative)
    variance = total * (2 * q + delta - delta * delta)
    gap = fixed - broken - total * delta
    return gap / np.sqrt(variance) if variance > 1e-13 else np.sign(gap) * np.inf if abs(gap) > 1e-9 else 0.0


def tango(fixed, broken, total, confidence):
    z = stats.norm.ppf((1 + confidence) / 2)
    estimate = (fixed - broken) / total

    def end(sign):
        outer = -sign  # lower end: from -1; upper end: from +1
        f = lambda d: sign * score(fixed, broken, total, d) - z
        return outer if f(outer + sign * 1e-12) <= 0 else optimize.brentq(f, outer + sign * 1e-12, estimate, xtol=1e-12)

    return [end(1), end(-1)]


def holm(values):
    """p of each = largest Bonferroni p over the sets of hypotheses that hold it."""
    indices = range(len(values))
    return [max(min(1, len(s) * min(values[j] for j in s))
                for size in range(1, len(values) + 1) for s in itertools.combinations(indices, size) if i in s)
            for i in indices]


def bca(differences, confidence):
    result = stats.bootstrap((np.array(differences, float),), np.mean, n_resamples=200_000, confidence_level=confidence,
                             method="BCa", rng=np.random.default_rng(7), batch=2_000)
    return [result.confidence_interval.low, result.confidence_interval.high]


def main():
    # Skewed and continuous, so that both corrections of BCa show.
    skewed = [round(float(x), 6) for x in np.random.default_rng(3).exponential(1, 60) - 0.7]
    binary = [1] * 30 + [-1] * 12 + [0] * 158
    hypotheses = [[0.01, 0.04, 0.03, 0.005], [0.5, 0.5], [0.02], [0.001, 0.2, 0.001, 0.9, 0.04]]
    print(json.dumps({
        "normal": [{"p": p, "z": float(stats.norm.ppf(p))} for p in (1e-12, 0.001, 0.025, 0.3, 0.5, 0.8, 0.95, 0.975, 1 - 1e-9)],
        "wilson": [{"successes": k, "trials": n, "confidence": c,
                    "interval": list(stats.binomtest(k, n).proportion_ci(c, "wilson"))}
                   for k, n in WILSON for c in (0.9, 0.95)],
        "mcnemar": [{"fixed": f, "broken": b,
                     "two_sided": float(stats.binomtest(f, f + b).pvalue) if f + b else 1.0,
                     "worse": float(stats.binomtest(f, f + b, alternative="less").pvalue) if f + b else 1.0,
                     "better": float(stats.binomtest(f, f + b, alternative="greater").pvalue) if f + b else 1.0}
                    for f, b in [p[:2] for p in PAIRS] + [(0, 1), (3, 0), (1000, 1100), (50_000, 50_500)]],
        "tango": [{"fixed": f, "broken": b, "total": n, "confidence": c, "interval": tango(f, b, n, c)}
                  for f, b, n in PAIRS for c in (0.9, 0.95)],
        "holm": [{"p": p, "adjusted": holm(p)} for p in hypotheses],
        "bca": [{"differences": d, "confidence": c, "interval": bca(d, c)} for d in (skewed, binary) for c in (0.9, 0.95)],
    }, indent=1))


if __name__ == "__main__":
    main()
