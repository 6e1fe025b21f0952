"""Small data that can be learned, and runs of a tiny model on it."""

import random
from pathlib import Path
from typing import Any

from embedlib.training import runs
from embedlib.training.examples import Examples
from embedlib.training.runs import Run
from embedlib.training.settings import settings
from embedlib.training.splitting import split

TOPICS = {"animals": ["dog", "cat", "runs"], "money": ["bank", "savings", "money"]}
TOPICS["water"] = ["river", "sea", "flows"]


def examples(n_each: int = 60, seed: int = 0, labels: tuple[str, ...] = tuple(TOPICS)) -> Examples:
    """Texts of the tiny tokenizer's words, a topic each, split; none twice."""
    chance = random.Random(seed)
    texts: dict[str, str] = {}
    for label in labels:
        n_before = len(texts)
        while len(texts) < n_before + n_each:
            words = [*chance.choices(TOPICS[label], k=3), *chance.choices(["the", "a", "is"], k=3)]
            chance.shuffle(words)
            texts.setdefault(" ".join(words), label)
    whole = Examples(tuple(texts), tuple(texts.values()), tuple(range(len(texts))), name="topics")
    return split(whole, seed)


def tagged(n: int = 120) -> Examples:
    """Sentences in which animals and banks are entities."""
    chance = random.Random(0)
    kinds = {"dog": "B-animal", "cat": "B-animal", "bank": "B-place", "river": "B-place"}
    words = [
        tuple(chance.choices([*kinds, "the", "is", "fast", "runs"], k=chance.randint(2, 6)))
        for _ in range(n)
    ]
    tags = tuple(tuple(kinds.get(word, "O") for word in row) for row in words)
    texts = tuple(" ".join(row) for row in words)
    whole = Examples(texts, (), tuple(range(n)), words=tuple(words), tags=tags, name="tagged")
    return split(whole, 0)


def run(folder: Path, models_dir: Path, recipe: str = "full", **options: Any) -> Run:
    """A run of the tiny model that has not begun."""
    data = options.pop("data", None) or examples()
    rungs = options.pop("rungs", ())
    task = options.pop("task", "sequence")
    trials = options.pop("trials", 0)
    small = {"max_tokens": 32} if recipe not in ("centroids", "probe") else {}
    made = settings(
        name="Topics",
        task=task,
        recipe=recipe,
        model="tiny",
        options={**small, **options},
        seed=7,
        rungs=rungs,
        trials=trials,
        device="cpu",
        models_dir=models_dir,
    )
    return runs.create(made, data, folder)
