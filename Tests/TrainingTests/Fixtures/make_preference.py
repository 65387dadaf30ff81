#!/usr/bin/env python3
"""Makes what PyTorch's autograd says about preference losses on the tiny Qwen2 model.

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install torch numpy gguf
    /tmp/reference/bin/python Tests/TrainingTests/Fixtures/make_preference.py

Writes `preference-qwen2.json`: questions with two answers each, their likelihoods under the base (B = 0) and under
the A and B of `tiny-qwen2.json`, and for each setting of DPO and KTO the loss, the slope in each answer's
likelihood, the metrics and the gradient of every A and B. Everything in F64, from the formulas of the papers
(arXiv:2305.18290 eq. 7, 2310.12036 eq. 17, 2402.01306 eq. 8); nothing here shares code with the project.

    /tmp/reference/bin/pip install trl && /tmp/reference/bin/python …/make_preference.py --compare

also runs TRL's DPOTrainer and KTOTrainer over the same likelihoods and fails where loss or slopes differ.
"""
import json
import math
import sys

import torch
import torch.nn.functional as F

from make_reference import ALPHA, HERE, MODELS, flat, logits, random_weights

NAME = "qwen2"
MODEL = next(model for model in MODELS if model.name == NAME)
RANK = MODEL.rank
# (kind of loss, β, label smoothing)
DPO = [("sigmoid", 0.1, 0.0), ("sigmoid", 0.5, 0.2), ("ipo", 0.1, 0.0), ("hinge", 0.3, 0.0)]
# (β, weight of good answers, weight of bad ones)
KTO = [(0.1, 1.0, 1.0), (0.4, 1.5, 0.7)]


def likelihood(question, answer, weights, adapters):
    tokens = question + answer
    out = logits(tokens[:-1], MODEL, weights, adapters).log_softmax(-1)
    return sum(out[place - 1, tokens[place]] for place in range(len(question), len(tokens)))


def dpo(kind, beta, smoothing, now, base, lengths):
    """now, base, lengths: [pairs, 2], chosen first."""
    if kind == "ipo":
        gain = (now - base) / lengths
        return ((gain[:, 0] - gain[:, 1] - 1 / (2 * beta)) ** 2).mean()
    gain = now - base
    x = beta * (gain[:, 0] - gain[:, 1])
    if kind == "hinge":
        return torch.clamp(1 - x, min=0).mean()
    return (-(1 - smoothing) * F.logsigmoid(x) - smoothing * F.logsigmoid(-x)).mean()


def kto(beta, good_weight, bad_weight, now, base, good, divergence):
    x = beta * (now - base - divergence)
    value = torch.where(good, torch.sigmoid(x), torch.sigmoid(-x))
    weight = torch.where(good, *torch.tensor([good_weight, bad_weight], dtype=now.dtype))
    return (weight * (1 - value)).mean()


def main(compares):
    generator = torch.Generator().manual_seed(MODEL.seed)
    weights = {name: value.double() for name, value in random_weights(MODEL, generator).items()}
    tiny = json.loads((HERE / f"tiny-{NAME}.json").read_text())
    numbers = iter(torch.tensor(tiny["parameters"], dtype=torch.float32).double())
    adapters, parameters, bases = {}, [], {}
    for block in range(MODEL.blocks):
        for module, (inputs, outputs) in MODEL.modules.items():
            pair = [
                torch.stack([next(numbers) for _ in range(RANK * inputs)]).view(RANK, inputs).requires_grad_(),
                torch.stack([next(numbers) for _ in range(RANK * outputs)]).view(outputs, RANK).requires_grad_(),
            ]
            adapters[block, module] = pair
            parameters += pair
            bases[block, module] = [pair[0].detach(), torch.zeros_like(pair[1])]
    generator = torch.Generator().manual_seed(11)

    def some(count):
        return torch.randint(0, 256, (count,), generator=generator).tolist()

    rows = [
        {"question": some(asked), "chosen": some(one), "rejected": some(other)}
        for asked, one, other in [(5, 4, 7), (3, 6, 2), (8, 5, 5)]
    ]
    answers = [(row["question"], row[side]) for row in rows for side in ("chosen", "rejected")]
    now = torch.stack([likelihood(*answer, weights, adapters) for answer in answers])
    with torch.no_grad():
        base = torch.stack([likelihood(*answer, weights, bases) for answer in answers])
    lengths = torch.tensor([len(answer) for _, answer in answers]).double()

    def judged(loss_of, **settings):
        for parameter in parameters:
            parameter.grad = None
        leaf = now.detach().requires_grad_()
        loss_of(leaf).backward()
        loss = loss_of(now)
        loss.backward(retain_graph=True)
        return settings | {
            "loss": loss.item(), "slopes": leaf.grad.tolist(), "gradient": flat(p.grad for p in parameters),
        }

    gains = (now - base).detach()
    cases = []
    for kind, beta, smoothing in DPO:
        paired = [t.view(-1, 2) for t in (base, lengths)]
        case = judged(
            lambda now: dpo(kind, beta, smoothing, now.view(-1, 2), *paired),
            method="dpo", loss_type=kind, beta=beta, label_smoothing=smoothing)
        rewards = (beta * gains).view(-1, 2)
        case["metrics"] = {
            "rewards/chosen": rewards[:, 0].mean().item(), "rewards/rejected": rewards[:, 1].mean().item(),
            "rewards/margins": (rewards[:, 0] - rewards[:, 1]).mean().item(),
            "rewards/accuracies": (rewards[:, 0] > rewards[:, 1]).double().mean().item(),
        }
        cases.append(case)
    # KTO sees the six answers as six rows, each with the answer of the row before it for z₀.
    good = torch.tensor([True, False] * len(rows))
    with torch.no_grad():
        mixed = [(answers[i][0], answers[i - 1][1]) for i in range(len(answers))]
        moved = torch.stack(
            [likelihood(*m, weights, adapters) - likelihood(*m, weights, bases) for m in mixed]).mean()
    for beta, good_weight, bad_weight in KTO:
        for divergence in (moved.clamp(min=0).item(), 1.25):
            case = judged(
                lambda now: kto(beta, good_weight, bad_weight, now, base, good, divergence),
                method="kto", beta=beta, desirable_weight=good_weight, undesirable_weight=bad_weight)
            rewards = beta * gains
            case["metrics"] = {
                "rewards/chosen": rewards[good].mean().item(), "rewards/rejected": rewards[~good].mean().item(),
                "rewards/margins": (rewards[good].mean() - rewards[~good].mean()).item(), "kl": divergence,
            }
            cases.append(case)
    text = json.dumps({
        "rank": RANK, "alpha": ALPHA, "rows": rows, "base": base.tolist(), "now": now.tolist(),
        "moved": moved.item(), "cases": cases,
    })
    (HERE / f"preference-{NAME}.json").write_text(text + "\n")
    for case in cases:
        print({name: value for name, value in case.items() if name not in ("gradient", "slopes")})
    if compares:
        from compare_preference import compare

        compare(cases, now.detach(), base, lengths, good)


if __name__ == "__main__":
    main("--compare" in sys.argv[1:])
