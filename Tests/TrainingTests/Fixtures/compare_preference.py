"""Compares the cases of make_preference.py with TRL 1.16: what its trainers' `_compute_loss` makes of the same
likelihoods, the model being a stand-in that gives them back. Compared are the loss, its slope in each answer's
likelihood and the rewards. Not compared: label smoothing, which TRL's sigmoid loss no longer has."""
import collections
import types

import torch
from trl import DPOTrainer, KTOTrainer


class Accelerator:
    device = torch.device("cpu")

    def gather_for_metrics(self, value):
        return value

    gather = gather_for_metrics


class Model:
    """Gives likelihoods instead of computing them, spread evenly over the answers' tokens."""

    training = True

    def __init__(self, by_inputs):
        self.by_inputs = by_inputs

    def __call__(self, input_ids, **_):
        values, mask = self.by_inputs[int(input_ids[0, 0])]
        spread = (values / mask.sum(1))[:, None] * mask
        return types.SimpleNamespace(
            log_probs=spread, entropy=torch.zeros_like(spread), mean_logits=torch.zeros_like(spread),
            is_top1=torch.zeros_like(spread, dtype=torch.bool))


def trainer(kind, **settings):
    made = object.__new__(kind)
    made.accelerator = Accelerator()
    made.model = types.SimpleNamespace(training=True)
    made._metrics = {"train": collections.defaultdict(list)}
    made._total_train_tokens, made._tp_size = 0, 1
    made.aux_loss_enabled, made.precompute_ref_logps = False, True
    for name, value in settings.items():
        setattr(made, name, value)
    return made


def inputs(lengths, marker):
    longest = int(lengths.max())
    mask = (torch.arange(longest)[None] < lengths[:, None]).long()
    whole = torch.cat((torch.zeros(len(lengths), 1).long(), mask), 1)
    ids = torch.full_like(whole, marker)
    return mask.double(), {"input_ids": ids, "attention_mask": torch.ones_like(ids), "completion_mask": whole}


def compare(cases, now, base, lengths, good):
    # TRL's batches have all chosen answers first.
    order = torch.cat((torch.arange(0, len(now), 2), torch.arange(1, len(now), 2)))
    count = 0
    for case in cases:
        leaf = now.clone().requires_grad_()
        if case["method"] == "dpo":
            if case["label_smoothing"]:
                continue
            subject = trainer(
                DPOTrainer, beta=case["beta"], loss_types=[case["loss_type"]], loss_weights=[1.0], ld_alpha=None,
                f_divergence_type="reverse_kl", label_smoothing=0.0, use_weighting=False)
            mask, batch = inputs(lengths[order], 1)
            half = len(now) // 2
            batch["ref_chosen_logps"], batch["ref_rejected_logps"] = base[order][:half], base[order][half:]
            subject.ref_model = None
            # IPO counts the tokens of the mask before it is shifted, which has as many.
            loss = subject._compute_loss(Model({1: (leaf[order], mask)}), batch, False)
        else:
            subject = trainer(
                KTOTrainer, beta=case["beta"], loss_type="kto", calculate_KL=True,
                desirable_weight=case["desirable_weight"], undesirable_weight=case["undesirable_weight"])
            mask, batch = inputs(lengths, 1)
            for name, value in inputs(lengths, 2)[1].items():
                batch[f"KL_{name}"] = value
            batch["label"], batch["ref_logps"] = good, base
            batch["ref_KL_logps"] = base
            moved = base + case["metrics"]["kl"]
            loss = subject._compute_loss(Model({1: (leaf, mask), 2: (moved, mask)}), batch, False)
        loss.backward()
        torch.testing.assert_close(loss.item(), case["loss"], rtol=1e-9, atol=1e-9)
        torch.testing.assert_close(leaf.grad.tolist(), case["slopes"], rtol=1e-9, atol=1e-9)
        for name, values in subject._metrics["train"].items():
            if name.startswith("rewards/") or name == "kl":
                torch.testing.assert_close(values[-1], case["metrics"][name], rtol=1e-6, atol=1e-6)
        count += 1
    print(count, "of", len(cases), "cases equal TRL's")
