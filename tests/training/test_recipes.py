"""Every recipe learns the tiny task, keeps what it says it keeps, and comes back from disk."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification

from embedlib.errors import OptionError
from embedlib.models import load
from embedlib.models.classifiers import classifier
from embedlib.training import checkpoints, loop
from embedlib.training.child import train
from embedlib.training.features import LikeLengths
from embedlib.training.predicting import predictor
from embedlib.training.recipes import RECIPES
from tests.training import made

FAST = {"epochs": 4, "learning_rate": 3e-3, "batch_size": 8}


def done(folder, models_dir, recipe, **options):
    run = made.run(folder, models_dir, recipe, **options)
    train(run.folder)
    return run


@pytest.fixture(scope="module")
def lora(tmp_path_factory, models_dir):
    root = tmp_path_factory.mktemp("lora")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMBEDLIB_HOME", str(root))
        return done(root / "run", models_dir, "lora", rank=4, **FAST | {"learning_rate": 2e-2})


@pytest.mark.parametrize("recipe", ["centroids", "probe"])
def test_a_frozen_recipe_learns_and_predicts_as_it_was_scored(recipe, tmp_path, models_dir):
    run = done(tmp_path / "run", models_dir, recipe)
    report = run.report()
    assert report["test"]["accuracy"] > 0.6
    assert report["trainable_parameters"] == 3 * 17 if recipe == "probe" else 51
    rows = run.examples().part("test")
    said = predictor(run).predict(rows.texts)
    right = np.mean([a == b for a, b in zip(said.predicted, rows.labels, strict=True)])
    assert right == pytest.approx(report["test"]["accuracy"])
    np.testing.assert_allclose(said.chances.sum(axis=1), 1, atol=1e-5)


def test_lora_learns_few_numbers_and_leaves_one_plain_model_and_its_adapters(lora, models_dir):
    report = lora.report()
    assert report["trainable_parameters"] < report["parameters"] / 2
    model = AutoModelForSequenceClassification.from_pretrained(lora.model)
    assert not any("lora" in name for name, _ in model.named_parameters())
    assert (lora.folder / "adapter" / "adapter_config.json").is_file()
    from peft import PeftModel

    torch.manual_seed(7)
    base = classifier("tiny", tuple(report["labels"]), models_dir=models_dir).model
    joined = PeftModel.from_pretrained(base, str(lora.folder / "adapter")).eval()
    ids = torch.tensor([[2, 5, 9, 8, 3]])
    with torch.inference_mode():
        np.testing.assert_allclose(joined(ids).logits, model.eval()(ids).logits, atol=1e-5)


def test_adalora_shares_out_its_ranks_and_resumes_where_it_was(tmp_path, models_dir):
    options = FAST | {"rank": 2, "learning_rate": 2e-2}
    whole = done(tmp_path / "whole", models_dir, "adalora", **options)
    step = checkpoints.steps(whole.folder)[-1]
    ranks = json.loads((checkpoints.path_of(whole.folder, step) / "ranks.json").read_text())[
        "ranks"
    ]
    kept = [sum(one) for one in ranks.values()]
    assert sum(kept) <= 2 * len(kept) and len(set(kept)) > 1
    cut = made.run(tmp_path / "cut", models_dir, "adalora", **options)
    save = loop._Trainer._save_checkpoint

    def then_stop(self, model, trial):
        save(self, model, trial)
        if self.state.global_step >= 34:
            raise SystemExit(1)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop._Trainer, "_save_checkpoint", then_stop)
        with pytest.raises(SystemExit):
            train(cut.folder)
    assert cut.status().state == "interrupted"
    train(cut.folder)
    there, here = (load_file(r.model / "model.safetensors") for r in (whole, cut))
    assert all(torch.equal(there[name], here[name]) for name in there)


def test_frozen_layers_do_not_move(tmp_path, models_dir):
    run = done(tmp_path / "run", models_dir, "frozen_lower", frozen_layers=2, **FAST)
    before = classifier("tiny", ("a", "b", "c"), models_dir=models_dir).model.state_dict()
    after = load_file(run.model / "model.safetensors")
    moved = {name for name in after if not torch.equal(before[name], after[name])}
    assert not [n for n in moved if "embeddings" in n or ".layer.0." in n or ".layer.1." in n]
    assert [n for n in moved if ".layer.2." in n] and "classifier.weight" in moved
    with pytest.raises(OptionError, match="frozen_layers must be from 0 to 3"):
        done(tmp_path / "many", models_dir, "frozen_lower", frozen_layers=4, **FAST)


def test_a_recipe_is_never_worse_on_validation_than_what_it_begins_with(
    tmp_path, models_dir, monkeypatch
):
    monkeypatch.setattr("embedlib.training.tuning._WARM_STRENGTH", 1e3)  # the head is good at once
    spoiling = {"epochs": 2, "learning_rate": 0.9, "batch_size": 8, "rank": 4}
    run = done(tmp_path / "run", models_dir, "lora", **spoiling)
    first, *later = (line["score"] for line in run.curves().validation)
    report = run.report()
    assert first > max(later) and report["facts"]["best_epoch"] == 0
    assert report["validation"]["macro_f1"] == pytest.approx(first)
    assert "the model is unchanged below its head" in report["notes"][0]
    before = classifier("tiny", ("a", "b", "c"), models_dir=models_dir).model.state_dict()
    after = load_file(run.model / "model.safetensors")
    moved = {name for name in after if not torch.allclose(before[name], after[name])}
    assert moved == {"classifier.weight", "classifier.bias"}


def test_pairs_are_learned_frozen_and_tuned(tmp_path, models_dir):
    single = made.examples()
    second = [single.texts[(7 * row) % len(single)] for row in range(len(single))]
    topic = dict(zip(single.texts, single.labels, strict=True))
    same = tuple(
        "yes" if topic[a] == topic[b] else "no" for a, b in zip(single.texts, second, strict=True)
    )
    pairs = replace(single, pairs=tuple(second), labels=same)
    for recipe, options in (("probe", {}), ("full", FAST | {"epochs": 1})):
        run = done(tmp_path / recipe, models_dir, recipe, data=pairs, task="pair", **options)
        assert run.report()["labels"] == ["no", "yes"]
        assert "roc" in run.report()["curves"]
        said = predictor(run).predict(["the dog"], ["a cat"])
        assert said.chances.shape == (1, 2)
        with pytest.raises(OptionError, match="for the task pair"):
            predictor(run).predict(["the dog"])


def test_the_shared_model_is_never_touched(lora, models_dir):
    encoder = load("tiny", models_dir=models_dir)
    before = {name: tensor.clone() for name, tensor in encoder.model.state_dict().items()}
    own = classifier("tiny", ("a", "b"), models_dir=models_dir).model
    pointers = {tensor.data_ptr() for tensor in encoder.model.state_dict().values()}
    assert not pointers & {tensor.data_ptr() for tensor in own.state_dict().values()}
    assert all(torch.equal(before[n], t) for n, t in encoder.model.state_dict().items())


def test_rows_come_in_an_order_of_like_lengths_that_only_seed_and_epoch_decide():
    lengths = np.random.default_rng(0).integers(3, 60, 1_000)
    order = LikeLengths(lengths, 16, seed=1)
    first = list(order)
    assert sorted(first) == list(range(1_000)) and list(order) == first
    order.set_epoch(1)
    assert list(order) != first
    batches = [lengths[first[at : at + 16]] for at in range(0, 992, 16)]
    padded = sum(len(batch) * batch.max() for batch in batches)
    assert padded < 1.1 * sum(map(np.sum, batches))


def test_every_recipe_that_changes_the_model_says_so():
    assert {n for n, r in RECIPES.items() if r.changes_model} == set(RECIPES) - {
        "probe",
        "centroids",
    }
