#!/usr/bin/env python3
"""Writes the reference numbers of the tests of tests, intervals and agreement beside itself.

    pip install scipy==1.17.1 statsmodels==0.15.0
    python3 Tests/EvaluationTests/Fixtures/inference.py > Tests/EvaluationTests/Fixtures/inference.json

Nothing here shares a formula with the Swift code: distributions, bootstraps, t tests, powers and kappas come from
scipy and statsmodels, permutations are enumerated one by one, the paired score comes from a likelihood that
statistics.py maximises, and bets are multiplied out in full.
"""
import itertools
import json
import warnings

import numpy as np
from scipy import integrate, optimize, special, stats
from statsmodels.stats import inter_rater, power, weightstats

from statistics import score as paired_score  # the file beside this one, not the standard library's


def rounded(values, digits=6):
    return [round(float(v), digits) for v in values]


def f1(sums):
    return sums[..., 0] / sums[..., 1]


def f1_rows(rng, cases):
    """Twice the true positives and the sum of found and true, for each case; seldom nothing is there."""
    true = rng.integers(1, 6, cases)
    hits = rng.binomial(true, 0.7)
    found = hits + rng.poisson(0.8, cases)
    return np.stack([2 * hits, true + found], axis=1).astype(float)


def bca(statistic, rows, confidence, resamples=200_000):
    """scipy's BCa over indices of rows, so that every statistic of sums can be asked."""
    rows = np.asarray(rows, float)

    def of(indices, axis=-1):
        return statistic(rows[indices.astype(int)].sum(axis=-2))

    result = stats.bootstrap((np.arange(len(rows)),), of, n_resamples=resamples, confidence_level=confidence, method="BCa",
                             rng=np.random.default_rng(5), batch=2_000, vectorized=True)
    return [result.confidence_interval.low, result.confidence_interval.high]


def bootstraps():
    rng = np.random.default_rng(21)
    made = []
    for cases, size in ((90, 1), (300, 1), (120, 6)):
        candidate, baseline = f1_rows(rng, cases), f1_rows(rng, cases)
        clusters = np.arange(cases) // size
        # What makes clusters matter: the cases of one have much in common.
        lift = rng.poisson(2, cases // size)[clusters] if size > 1 else 0
        candidate[:, 1] += lift
        both = np.concatenate([candidate, baseline], axis=1)
        units = np.array([both[clusters == c].sum(axis=0) for c in np.unique(clusters)])
        made.append({"candidate": candidate.flatten().tolist(), "baseline": baseline.flatten().tolist(),
                     "clusters": (clusters * 7 - 3).tolist() if size > 1 else None, "confidence": 0.9,
                     "interval": bca(lambda s: f1(s[..., :2]) - f1(s[..., 2:]), units, 0.9)})
    return made


def permutations():
    rng = np.random.default_rng(8)
    made = []
    for cases in (1, 5, 9):
        candidate, baseline = f1_rows(rng, cases), f1_rows(rng, cases)
        if cases > 5:
            candidate[3], candidate[4], baseline[4] = baseline[3], baseline[5], candidate[5]  # a tie, and a mirror
        seen = f1(candidate.sum(axis=0)) - f1(baseline.sum(axis=0))
        swaps = np.array(list(itertools.product([0, 1], repeat=cases)))[:, :, None]
        first = np.where(swaps, baseline, candidate).sum(axis=1)
        second = np.where(swaps, candidate, baseline).sum(axis=1)
        all_ = f1(first) - f1(second)
        made.append({"candidate": candidate.flatten().tolist(), "baseline": baseline.flatten().tolist(),
                     "larger": float(np.mean(all_ >= seen - 1e-12)), "smaller": float(np.mean(all_ <= seen + 1e-12)),
                     "two_sided": float(np.mean(np.abs(all_) >= abs(seen) - 1e-12))})
    return made


def equivalence():
    counts = [(0, 0, 100), (5, 5, 40), (1, 9, 50), (30, 45, 484), (400, 520, 10_000), (0, 4, 20), (20, 0, 20)]
    made = []
    for fixed, broken, total in counts:
        for margin in (0.0, 0.02, 0.1):
            made.append({"fixed": fixed, "broken": broken, "total": total, "margin": margin,
                         "not_worse": float(stats.norm.sf(paired_score(fixed, broken, total, -margin))),
                         "not_better": float(stats.norm.cdf(paired_score(fixed, broken, total, margin)))})
    return made


def t_tests():
    rng = np.random.default_rng(4)
    made = []
    for cases, spread, shift in ((2, 1, 0.1), (5, 0.3, 0), (40, 2, 0.3), (1000, 0.1, 0.004)):
        values = rounded(rng.normal(shift, spread, cases))
        margin = round(0.3 * spread, 3)
        whole, low, high = weightstats.ttost_paired(np.array(values), np.zeros(cases), -margin, margin)
        interval = stats.ttest_1samp(values, 0).confidence_interval(0.9)
        made.append({"differences": values, "margin": margin, "not_worse": float(low[1]), "equivalent": float(whole),
                     "confidence": 0.9, "interval": [interval.low, interval.high]})
    return made


def powers():
    """One-sided alpha 0.05 with power 0.8: how many cases an effect of so many deviations needs, and back."""
    solve = power.TTestPower().solve_power
    return ([{"effect": d, "cases": float(solve(effect_size=d, nobs=None, alpha=0.05, power=0.8, alternative="larger"))}
             for d in (0.02, 0.1, 0.3, 0.5)]
            + [{"effect": float(solve(effect_size=None, nobs=n, alpha=0.05, power=0.8, alternative="larger")), "cases": n}
               for n in (20, 100, 2000)])


def kappas():
    rng = np.random.default_rng(6)
    made = []
    for cases, labels, agree in ((12, 2, 0.8), (100, 3, 0.6), (400, 5, 0.1), (10, 2, 1.0)):
        first = rng.integers(0, labels, cases)
        second = np.where(rng.random(cases) < agree, first, rng.integers(0, labels, cases))
        result = inter_rater.cohens_kappa(inter_rater.to_table(np.stack([first, second], axis=1), bins=labels)[0])
        made.append({"first": first.tolist(), "second": second.tolist(), "kappa": float(result.kappa),
                     "error": float(result.std_kappa)})
    return made


def weighted_kappas():
    """Scores of two, the second biased, with quadratic weights: far apart is worse than near."""
    rng = np.random.default_rng(16)
    made = []
    for cases, lowest, highest, noise in ((8, 1, 5, 1), (60, 1, 5, 1), (300, 0, 10, 4), (40, -2, 2, 9), (12, 0, 1, 0)):
        first = rng.integers(lowest, highest + 1, cases)
        second = np.clip(first + rng.integers(-noise, noise + 1, cases) + (rng.random(cases) < 0.3), lowest, highest)
        bins = highest - lowest + 1
        table = inter_rater.to_table(np.stack([first, second], axis=1) - lowest, bins=bins)[0]
        result = inter_rater.cohens_kappa(table, wt="quadratic")
        made.append({"first": first.tolist(), "second": second.tolist(), "kappa": float(result.kappa),
                     "error": float(result.std_kappa)})
    return made


def fleiss():
    rng = np.random.default_rng(9)
    made = []
    for cases, judgements, labels in ((10, 3, 2), (60, 5, 4)):
        base = rng.integers(0, labels, cases)[:, None]
        ratings = np.where(rng.random((cases, judgements)) < 0.6, base, rng.integers(0, labels, (cases, judgements)))
        made.append({"ratings": ratings.tolist(), "kappa": float(inter_rater.fleiss_kappa(inter_rater.aggregate_raters(ratings)[0]))})
    return made


def sequences():
    """Each subject's X, and the interval that full products of bets give: never wider than the bounded one."""
    rng = np.random.default_rng(12)
    made = []
    for subjects, share, rates, least, most in ((400, 0.5, (0.6, 0.75), 0, 1), (3000, 0.1, (0.9, 0.85), 0, 1),
                                                (1500, 0.5, (0.02, 0.05), 0, 1), (500, 0.3, (0.4, 0.4), -2, 3)):
        arms = (rng.random(subjects) < share).astype(int)
        means = np.where(arms == 1, rates[1], rates[0])
        real = (least, most) != (0, 1)
        y = rng.beta(8 * means, 8 * (1 - means)) if real else (rng.random(subjects) < means).astype(float)
        outcomes = rounded(least + (most - least) * y, 4)
        y = (np.array(outcomes) - least) / (most - least)
        before = np.concatenate([[0.0], np.cumsum(y)[:-1]])
        m = (0.5 + before) / (1 + np.arange(subjects))
        x = np.where(arms == 1, (y - m) / share, -(y - m) / (1 - share))
        stakes = 0.65 / (1 / min(share, 1 - share) + 1) * 0.5 ** (np.arange(16) / 2)

        money = 1 / np.arange(2, 18)

        def capital(numbers, d):
            return special.logsumexp(np.log1p(np.outer(stakes, numbers - d)).sum(axis=1), b=money / money.sum())

        def lower(numbers):
            f = lambda d: capital(numbers, d) - np.log(2 / 0.05)
            return -1.0 if f(-1.0) < 0 else optimize.brentq(f, -1.0, numbers.mean(), xtol=1e-12)

        made.append({"outcomes": outcomes, "arms": arms.tolist(), "share": share, "least": least, "most": most,
                     "mean": float(x.mean() * (most - least)), "confidence": 0.95,
                     "interval": [lower(x) * (most - least), -lower(-x) * (most - least)],
                     "p": min(1.0, 2 * float(np.exp(-max(capital(x, 0), capital(-x, 0)))))})
    return made


def ratios():
    made = []
    for first, second, share in ((50, 50, 0.5), (0, 0, 0.3), (60, 40, 0.5), (30, 370, 0.1), (110, 890, 0.1)):
        prior = stats.beta(200 * share, 200 * (1 - share))
        evidence = lambda q: np.exp(prior.logpdf(q) + first * np.log(q / share) + second * np.log((1 - q) / (1 - share)))
        area = sum(integrate.quad(evidence, a, a + 0.02, limit=200)[0] for a in np.arange(0, 1, 0.02))
        made.append({"candidate": first, "baseline": second, "share": share, "p": float(min(1, 1 / area))})
    return made


def main():
    warnings.simplefilter("ignore")
    points = [-40.0, -10.0, -3.0, -1.2, -1e-3, 0.0, 0.7, 2.5, 30.0]
    print(json.dumps({
        "gamma": [{"x": x, "log": float(special.gammaln(x))} for x in (1e-3, 0.5, 1, 2, 7.3, 12, 400.5, 5e6)],
        "log_beta": [{"a": a, "b": b, "log": float(special.betaln(a, b))}
                     for a, b in ((0.5, 0.5), (3, 9), (0.5, 50), (20, 180), (5e6, 0.5), (300, 5e6))],
        "beta": [{"x": x, "a": a, "b": b, "p": float(special.betainc(a, b, x))}
                 for a, b in ((0.5, 0.5), (2, 3), (0.5, 30), (50, 0.5), (400, 700)) for x in (1e-6, 0.1, 0.36, 0.5, 0.97)],
        "student": [{"t": t, "freedom": f, "p": float(stats.t.cdf(t, f))} for f in (1, 2, 5, 30, 999, 1e7) for t in points],
        "student_quantile": [{"p": p, "freedom": f, "t": float(stats.t.ppf(p, f))}
                             for f in (1, 2, 19, 1e6) for p in (1e-6, 0.025, 0.3, 0.5, 0.95, 0.999)],
        "bootstraps": bootstraps(), "permutations": permutations(), "equivalence": equivalence(), "t_tests": t_tests(),
        "powers": powers(), "kappas": kappas(), "weighted_kappas": weighted_kappas(), "fleiss": fleiss(), "sequences": sequences(), "ratios": ratios(),
    }, separators=(",", ":")))


if __name__ == "__main__":
    main()
