"""A batch that does not fit in memory is done in pieces, and the step is the same step."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import Trainer

from embedlib.training.child import train
from embedlib.training.features import IGNORED
from embedlib.training.fitting import pieces
from tests.training import made

STEPS = {"epochs": 2, "learning_rate": 1e-3, "batch_size": 8}


def mean_loss(logits, labels, weights):
    weight = None if weights is None else torch.from_numpy(weights)
    return torch.nn.functional.cross_entropy(
        logits.reshape(-1, logits.shape[-1]),
        labels.reshape(-1),
        weight=weight,
        ignore_index=IGNORED,
        label_smoothing=0.1,
    )


@pytest.mark.parametrize("shape", [(7,), (7, 5)], ids=["a label a row", "a label a token"])
@pytest.mark.parametrize("weights", [None, np.array([0.2, 1.0, 3.0], np.float32)])
@pytest.mark.parametrize("n_pieces", [1, 2, 4, 7, 8])
def test_the_shares_of_the_pieces_give_the_loss_of_the_batch(shape, weights, n_pieces):
    drawn = torch.Generator().manual_seed(3)
    logits = torch.randn(*shape, 3, generator=drawn)
    labels = torch.randint(0, 3, shape, generator=drawn)
    if len(shape) == 2:
        labels[0], labels[2:, 3:] = IGNORED, IGNORED
    parts = pieces({"logits": logits, "labels": labels}, n_pieces, weights)
    found = sum(share * mean_loss(part["logits"], part["labels"], weights) for part, share in parts)
    torch.testing.assert_close(found, mean_loss(logits, labels, weights))
    assert sum(share for _, share in parts) == pytest.approx(1)


def test_training_with_little_memory_ends_with_the_same_weights(tmp_path, models_dir, monkeypatch):
    monkeypatch.setenv("EMBEDLIB_HOME", str(tmp_path))
    without_dropout = torch.nn.Module.train
    monkeypatch.setattr(torch.nn.Module, "train", lambda self, _=True: without_dropout(self, False))
    whole = made.run(tmp_path / "whole", models_dir, **STEPS)
    train(whole.folder)
    real, tried = Trainer.training_step, []

    def with_room_for_three(self, model, inputs, num_items_in_batch=None):
        tried.append(len(inputs["labels"]))
        if len(inputs["labels"]) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return real(self, model, inputs, num_items_in_batch)

    monkeypatch.setattr(Trainer, "training_step", with_room_for_three)
    cut = made.run(tmp_path / "cut", models_dir, **STEPS)
    train(cut.folder)
    assert tried[:6] == [8, 4, 2, 2, 2, 2] and max(tried[2:]) == 2  # it is not tried again
    weights = load_file(cut.model / "model.safetensors")
    for name, tensor in load_file(whole.model / "model.safetensors").items():
        torch.testing.assert_close(weights[name], tensor, atol=2e-4, rtol=1e-3)


def test_a_row_that_does_not_fit_ends_the_run_in_words(tmp_path, models_dir, monkeypatch):
    monkeypatch.setenv("EMBEDLIB_HOME", str(tmp_path))

    def never(*_):
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(Trainer, "training_step", never)
    run = made.run(tmp_path / "run", models_dir, **STEPS)
    with pytest.raises(torch.OutOfMemoryError):
        train(run.folder)
    status = run.status()
    assert status.state == "failed"
    assert status.what == "Training must fit in memory, and did not."
    assert "smaller batch" in status.hint
