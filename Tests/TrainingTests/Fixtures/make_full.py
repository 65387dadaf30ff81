#!/usr/bin/env python3
"""Asks PyTorch's autograd for the gradient in every weight of the tiny models of make_reference.py.

    /tmp/reference/bin/python Tests/TrainingTests/Fixtures/make_full.py

For each model it writes `tiny-<name>-gradient.gguf`: the gradient of the mean loss over the rows of
`tiny-<name>.json`, without adapters, in every tensor of `tiny-<name>.gguf` that is a weight; and as metadata
the loss and the losses of 50 AdamW steps of all weights, of which matrices alone are decayed: no embeddings,
gains or biases. Computed in F64 from the F32 weights, as there.
"""
import json

import gguf
import numpy as np
import torch

from make_reference import HERE, MODELS, STEPS, loss_of

NAMES = ("llama", "qwen2", "qwen3", "gemma3", "phi3", "gpt2")
SETTINGS = {"learning_rate": 2e-3, "weight_decay": 0.1, "clip": 1.0}


def is_decayed(name):
    return name.endswith(".weight") and "norm" not in name and "_embd" not in name


def make(model):
    file = gguf.GGUFReader(str(HERE / f"tiny-{model.name}.gguf"))
    weights = {t.name: torch.from_numpy(np.array(t.data)).double() for t in file.tensors}
    trained = {name: w.requires_grad_() for name, w in weights.items() if not name.startswith("rope_")}
    rows = json.loads((HERE / f"tiny-{model.name}.json").read_text())["rows"]
    nothing = {
        (block, module): (torch.zeros(1, inputs).double(), torch.zeros(outputs, 1).double())
        for block in range(model.blocks)
        for module, (inputs, outputs) in model.modules.items()
    }
    loss, _ = loss_of(rows, model, weights, nothing)
    loss.backward()
    writer = gguf.GGUFWriter(str(HERE / f"tiny-{model.name}-gradient.gguf"), model.architecture)
    for name, weight in trained.items():
        writer.add_tensor(name, weight.grad.float().numpy())
    groups = [
        {"params": [w for n, w in trained.items() if is_decayed(n) == decayed], "weight_decay": decay}
        for decayed, decay in ((True, SETTINGS["weight_decay"]), (False, 0.0))
    ]
    optimiser = torch.optim.AdamW(groups, lr=SETTINGS["learning_rate"], betas=(0.9, 0.999), eps=1e-8)
    losses = []
    for _ in range(STEPS):
        optimiser.zero_grad()
        loss, _ = loss_of(rows, model, weights, nothing)
        loss.backward()
        losses.append(loss.item())
        torch.nn.utils.clip_grad_norm_(list(trained.values()), SETTINGS["clip"])
        optimiser.step()
    writer.add_float64("reference.loss", losses[0])
    for name, value in SETTINGS.items():
        writer.add_float32(f"reference.{name}", value)
    writer.add_array("reference.losses", losses)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    print(model.name, "loss", losses[0], "->", losses[-1])


if __name__ == "__main__":
    for model in MODELS:
        if model.name in NAMES:
            make(model)
