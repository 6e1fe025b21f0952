"""Every architecture can be trained whole, from a layer on, and with adapters."""

from pathlib import Path

import pytest
import torch

from embedlib.models.classifiers import classifier, output_of
from embedlib.training.adapting import PREPARE
from embedlib.training.recipes import RECIPES
from embedlib.training.work import Work
from tests import tiny
from tests.models import folders
from tests.training import made

LABELS = ("a", "b", "c")


@pytest.mark.parametrize("model_type", tiny.ARCHITECTURES)
def test_what_is_to_learn_gets_gradients_and_nothing_else(model_type, tmp_path):
    folders.save(tmp_path / model_type, model_type)
    ids = torch.tensor([[2, 5, 9, 3], [2, 5, 3, 0]])
    for recipe, prepare in PREPARE.items():
        own = classifier(model_type, LABELS, models_dir=tmp_path)
        options = RECIPES[recipe].defaults
        options |= {"frozen_layers": 2} if "frozen_layers" in options else {}
        work = Work(Path(), made.examples(), LABELS, model_type, options, seed=0)
        model = prepare(own, work, 100)
        model(
            input_ids=ids, attention_mask=(ids > 0).long(), labels=torch.tensor([0, 1])
        ).loss.backward()
        names = {name for name, p in model.named_parameters() if p.requires_grad}
        assert names == {n for n, p in model.named_parameters() if p.grad is not None}
        embeddings = [name for name in names if "embed" in name or ".wte" in name]
        assert bool(embeddings) == (recipe == "full")
        if recipe in ("lora", "adalora"):
            assert any("lora_A" in name for name in names)
            assert not any("base_layer" in name for name in names)
        assert output_of(own.model).out_features == len(LABELS)
