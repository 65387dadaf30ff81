#!/usr/bin/env python3
"""Writes the reference numbers of the tests in Algorithms/ beside itself.

    pip install sacrebleu==2.6.0 rouge-score==0.1.2 scikit-learn==1.9.1 numpy==2.4.6 regex==2026.11.15 'transformers<5'
    python3 Tests/EvaluationTests/Fixtures/algorithms.py > Tests/EvaluationTests/Fixtures/algorithms.json

BLEU and chrF are sacrebleu's; ROUGE-L is rouge-score's, of its own tokenizer and of two that the package `regex`
makes; SQuAD's measures are those of transformers' squad_metrics; scores of labels and Brier's are scikit-learn's,
percentiles numpy's. What no package has (KorQuAD's measures, calibration errors, pass@k, perplexities) is
written here from its definition, in another way than in Swift. Run with Python 3.11. All texts were written for
this file or are drawn by its random generator.
"""
import json
import math
import random
import re
import string
import unicodedata
from collections import Counter
from fractions import Fraction

import numpy as np
import regex
from rouge_score import rouge_scorer
from sacrebleu.metrics import BLEU, CHRF
from sklearn import metrics
from transformers.data.metrics import squad_metrics

random.seed(20)

TEXTS = [
    ("The cat sat on the mat.", ["The cat sat on the mat."]),
    ("The cat sat on the mat.", ["A dog slept under the table.", "The cat is sitting on the mat."]),
    ("", ["Nothing was answered here."]),
    ("Something was answered here.", [""]),
    ("", [""]),
    ("   \n\t ", ["white space is no word"]),
    ("yes", ["yes"]),
    ("yes", ["no"]),
    ("It costs $1,250.50, i.e. 3.5% more - or 20-30 \"units\" (net).", ["It costs $1,250.50: 3.5 % more, 20-30 units, net."]),
    ("Tom &amp; Jerry said &quot;hi&quot; &lt;b&gt; <skipped>to hyphen-\nated words\nand lines",
     ["Tom & Jerry said \"hi\" <b> to hyphenated words and lines"]),
    ("오늘 서울의 날씨는 맑고 기온은 21도입니다.", ["오늘 서울은 맑고 기온이 21도예요.", "서울의 오늘 날씨는 맑습니다."]),
    ("주문하신 상품은 내일 배송됩니다.", ["주문하신 상품은 내일 배송됩니다."]),
    ("배송은 언제 되나요?", ["환불을 원합니다"]),
    (unicodedata.normalize("NFD", "한국어 문장입니다"), ["한국어 문장입니다"]),
    ("《훈민정음》은 세종대왕이 '1443년'에 창제했다.", ["세종대왕", "훈민정음 (1443년)"]),
    ("세종대왕이", ["세종대왕"]),
    ("좋아요 👍🏽👍🏽 정말로 👨‍👩‍👧‍👦!", ["좋아요 👍🏽 정말 👨‍👩‍👧‍👦"]),
    ("🎉", ["🎉🎉"]),
    ("the the the the the the", ["the cat is on the mat"]),
    ("a an the", ["the a"]),
    ("The Eiffel Tower", ["Eiffel Tower", "the tower of Eiffel"]),
    ("An answer; the_answer, A-answer!", ["answer theanswer aanswer"]),
    ("ΟΔΥΣΣΕΥΣ Σ ΣΑΣ' İstanbul STRASSE Straße \u212aelvin", ["οδυσσευς σ σας' i̇stanbul strasse straße kelvin"]),
    ("naïve café – “quoted”, l’été…", ["naive cafe - \"quoted\", l'ete...", "naïve café “quoted”"]),
    ("\u0301\u0323", ["\u0323\u0301"]),
    ("a\u00a0b\u2003c\u3000d\x1ce", ["a b c d e"]),
    ("one two three four five six seven eight nine ten", ["ten nine eight seven six five four three two one"]),
    ("1 2 3", ["1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20"]),
    ("(hi) \"there\" ... !! a.b.c 1.2.3 ,,", ["(hi there) a.b.c 1.2.3"]),
]

ALPHABET = ["a", "b", "The", "the", "an", " ", " ", " ", ".", ",", "-", "1", "23", "\n", "-\n", "&quot;", "&amp;lt;", "'", "\"",
            "가", "나", "다라", "을", "(", ")", "!", "É", "é", "_", "🎉", "\t", "<skipped>", "《", "’", "Σ", "½"]
for _ in range(120):
    draw = lambda most: "".join(random.choice(ALPHABET) for _ in range(random.randint(0, most)))
    TEXTS.append((draw(24), [draw(24) for _ in range(random.randint(1, 3))]))
WORDS = ["model", "data", "release", "metric", "학습", "평가", "배포", "데이터를", "모델은", "and", "of", "the", "7", "3.5", "fine-tuned"]
long_text = lambda n: " ".join(random.choice(WORDS) for _ in range(n)) + "."
TEXTS.append((long_text(1500), [long_text(1200), long_text(1700)]))
shared = long_text(700)
TEXTS.append((long_text(300) + " " + shared, [shared + " " + long_text(300)]))


class Units:
    def __init__(self, pattern):
        self.pattern = regex.compile(pattern)

    def tokenize(self, text):
        text = unicodedata.normalize("NFC", text.lower())
        return [unit for unit in self.pattern.findall(text) if not unit.isspace()]


ROUGE = {name: rouge_scorer.RougeScorer(["rougeL"], tokenizer=tokenizer) for name, tokenizer in
         [("rouge", None), ("words", Units(r"[\p{L}\p{M}\p{N}]+")), ("characters", Units(r"\X"))]}
BLEUS = [(tokenizer, lower) for tokenizer in ["13a", "char", "none"] for lower in [False, True]]
CHRFS = {"chrf": {}, "chrf++": {"word_order": 2}, "lower": {"lowercase": True}, "space": {"whitespace": True},
         "epsilon": {"eps_smoothing": True, "word_order": 2}, "beta1": {"beta": 1, "char_order": 3}}


def korquad(text):
    for mark in "'\"《》<>〈〉()‘’":
        text = text.replace(mark, " ")
    return "".join(c for c in text.lower() if c not in string.punctuation).split()


def korquad_f1(answer, reference):
    a, b = Counter("".join(korquad(answer))), Counter("".join(korquad(reference)))
    same = (a & b).total()
    return float(2 * Fraction(same, a.total() + b.total())) if same else 0.0


def overlap(answer, references):
    gold = [r for r in references if squad_metrics.normalize_answer(r)] or [""]
    row = {"answer": answer, "references": references, "bleu": [], "chrf": {}, "rouge": {}}
    for tokenizer, lower in BLEUS:
        bleu = BLEU(tokenize=tokenizer, lowercase=lower, effective_order=True)
        stats = bleu._extract_corpus_statistics([answer], [[r] for r in references])[0]
        row["bleu"].append({"tokenizer": tokenizer, "lowercase": lower, "numbers": [int(n) for n in stats],
                            "sentence": bleu.sentence_score(answer, references).score})
    for name, options in CHRFS.items():
        row["chrf"][name] = CHRF(**options).sentence_score(answer, references).score
    for name, scorer in ROUGE.items():
        score = scorer.score_multi(references, answer)["rougeL"]
        row["rouge"][name] = [score.precision, score.recall, score.fmeasure]
    row["squad_f1"] = float(max(squad_metrics.compute_f1(r, answer) for r in gold))
    row["squad_exact"] = float(max(squad_metrics.compute_exact(r, answer) for r in gold))
    row["korquad_f1"] = max(korquad_f1(answer, r) for r in references)
    row["korquad_exact"] = float(any(korquad(answer) == korquad(r) for r in references))
    return row


def corpus(indices):
    answers = [TEXTS[i][0] for i in indices]
    most = max(len(TEXTS[i][1]) for i in indices)
    references = [[(TEXTS[i][1] + [None] * most)[k] for i in indices] for k in range(most)]
    return {
        "cases": indices,
        "bleu": {t: BLEU(tokenize=t).corpus_score(answers, references).score for t in ["13a", "char", "none"]},
        "chrf": {name: CHRF(**options).corpus_score(answers, references).score for name, options in CHRFS.items()},
    }


def labels(expected, answers, given):
    """`given` None: all labels met, as scikit-learn does; else these alone. `null` is an unreadable answer."""
    read = ["<unreadable>" if a is None else a for a in answers]
    row = {"expected": expected, "answers": answers, "given": given, "accuracy": metrics.accuracy_score(expected, read)}
    names = given or sorted(set(expected) | set(read))
    row["labels"] = names
    for average in ["macro", "micro", "weighted"]:
        row[average] = list(metrics.precision_recall_fscore_support(
            expected, read, labels=names, average=average, zero_division=0)[:3])
    each = metrics.precision_recall_fscore_support(expected, read, labels=names, average=None, zero_division=0)
    row["each"] = [[float(x) for x in column] for column in zip(*each)]
    row["matrix"] = metrics.confusion_matrix(expected, read, labels=names).tolist()
    return row


def calibration(confidences, rights, bins):
    c, r = np.array(confidences), np.array(rights, dtype=float)
    edges = np.array([k / bins for k in range(1, bins)])
    where = np.digitize(c, edges, right=True)
    gaps = [abs(r[where == b].mean() - c[where == b].mean()) * (where == b).sum() for b in range(bins) if (where == b).any()]
    widest = max(abs(r[where == b].mean() - c[where == b].mean()) for b in range(bins) if (where == b).any())
    order = np.argsort(c, kind="stable")
    shared = np.array([r[c == value].mean() for value in c[order]])
    parts = [p for p in np.array_split(np.arange(len(c)), min(bins, len(c)))]
    adaptive = sum(abs(shared[p].mean() - c[order][p].mean()) * len(p) for p in parts) / len(c)
    return {"confidences": confidences, "rights": rights, "bins": bins, "ece": float(sum(gaps) / len(c)), "mce": float(widest),
            "adaptive": float(adaptive), "brier": float(np.mean((c - r) ** 2)) if len(set(rights)) < 2 else
            float(metrics.brier_score_loss(rights, confidences)), "counts": [int((where == b).sum()) for b in range(bins)]}


def perplexity(texts):
    likelihood = math.fsum(t["log_likelihood"] for t in texts)
    words = sum(len(re.split(r"\s+", t["text"])) for t in texts)
    count = sum(len(t["text"].encode()) for t in texts)
    return {"texts": texts, "token": math.exp(-likelihood / sum(t["tokens"] for t in texts)), "word": math.exp(-likelihood / words),
            "byte": math.exp(-likelihood / count), "bits_per_byte": -likelihood / count / math.log(2)}


def pass_at(n, c, k):
    wrong = Fraction(math.comb(n - c, k), math.comb(n, k))
    return {"samples": n, "right": c, "k": k, "value": float(1 - wrong)}


fixed = random.Random(7)
classes = ["배송", "환불", "billing", "other", "Zoo", "가"]
some = lambda n, share: (lambda e: (e, [x if fixed.random() < share else fixed.choice(classes + [None, "nonsense"]) for x in e]))(
    [fixed.choice(classes[:5]) for _ in range(n)])
PAIRS = [some(200, 0.6), some(12, 0.3), (["a", "b"], ["b", "a"]), (["a", "a"], ["a", "a"]), (["a", "a"], [None, None]),
         (["a", "b", "c"], ["a", "b", None])]
tenths = [k / 10 for k in range(11)]
CONFIDENCES = [
    (tenths, [k % 3 == 0 for k in range(11)], 10), (tenths, [k % 2 == 0 for k in range(11)], 15),
    ([0.5] * 6, [True, False, True, False, True, True], 10), ([1.0], [True], 15), ([0.0, 1.0], [True, False], 10),
    ([round(fixed.random(), 2) for _ in range(300)], [fixed.random() < 0.7 for _ in range(300)], 15),
    ([fixed.random() ** 0.3 for _ in range(101)], [fixed.random() < 0.8 for _ in range(101)], 10),
]
SAMPLES = [[3.0], [1.0, 2.0], [5.0, 1.0, 3.0], [0.1] * 7, [fixed.expovariate(0.01) for _ in range(101)],
           [fixed.gauss(0, 1) for _ in range(20)]]
PERPLEXITY = [
    [{"text": " leading and trailing ", "tokens": 5, "log_likelihood": -11.25}],
    [{"text": "모델은 매일 조금씩 나아집니다.", "tokens": 14, "log_likelihood": -40.5},
     {"text": "One line\n\nand another\tone", "tokens": 7, "log_likelihood": -20.125}, {"text": "", "tokens": 1, "log_likelihood": -0.5}],
    [{"text": "certain", "tokens": 1, "log_likelihood": 0.0}],
]

print(json.dumps({
    "overlap": [overlap(*case) for case in TEXTS],
    "corpora": [corpus(list(range(0, 29))), corpus(list(range(29, 149))), corpus([10, 11, 12]), corpus([2, 4]), corpus([6]),
                corpus([149, 150, 0])],
    "labels": [labels(e, a, None) for e, a in PAIRS] + [labels(e, a, sorted(set(e))) for e, a in PAIRS],
    "calibration": [calibration(*case) for case in CONFIDENCES],
    "pass_at_k": [pass_at(n, c, k) for n, c, k in [(1, 0, 1), (1, 1, 1), (10, 3, 1), (10, 3, 5), (10, 8, 3), (200, 1, 100),
                                                   (200, 37, 100), (1000, 2, 10), (5000, 2500, 1000), (20, 20, 20), (20, 0, 20)]],
    "perplexity": [perplexity(texts) for texts in PERPLEXITY],
    "percentiles": [{"samples": s, "values": [[q, float(np.percentile(s, 100 * q))] for q in [0, 0.05, 0.25, 0.5, 0.9, 0.95, 0.99, 1]]}
                    for s in SAMPLES],
    "case_folds": [[a, b, a.casefold() == b.casefold()] for a, b in [
        ("Straße", "STRASSE"), ("ΣΑΣ", "σας"), ("é", "É"), ("한국", "한국"), ("ﬁn", "FIN"), ("a", "b"), ("Ǆ", "ǅ"), ("K", "k")]],
}, ensure_ascii=False, allow_nan=False, separators=(",", ":")))
