"""predictor: a trained run's model, ready for new texts; frozen heads and fine-tuned alike."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from embedlib.errors import Cancelled, ModelError, OptionError, ReadError
from embedlib.records import Floats, Progress
from embedlib.texts import checked_texts
from embedlib.training.durable import is_whole, read_json
from embedlib.training.examples import Examples
from embedlib.training.heads import LinearHead, is_head, read_head
from embedlib.training.runs import REPORT, Run
from embedlib.training.scores import softmax

_DAMAGED: Final = "Train the run again, or take its folder from a copy."
_AT_ONCE: Final = 256  # texts between two looks at whether to stop


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a model says of new texts.

    Args:
        labels: The labels, in the order of the columns.
        chances: (text, label) calibrated probabilities.
    """

    labels: tuple[str, ...]
    chances: Floats

    @property
    def predicted(self) -> tuple[str, ...]:
        """The likeliest label of each text."""
        return tuple(self.labels[number] for number in self.chances.argmax(axis=1))

    @property
    def confidence(self) -> Floats:
        """(text,) the chance of the likeliest label."""
        return np.asarray(self.chances.max(axis=1), dtype=np.float32)

    @property
    def guesses(self) -> "Guesses":
        """The two likeliest labels of each text, which are small enough to keep."""
        rows = np.arange(len(self.chances))
        others = self.chances.copy()
        others[rows, self.chances.argmax(axis=1)] = -1.0
        second = others.argmax(axis=1)
        names = tuple(self.labels[number] for number in second)
        return Guesses(self.predicted, self.confidence, names, self.chances[rows, second])


@dataclass(frozen=True, eq=False)
class Guesses:
    """The two likeliest labels of each text.

    Args:
        labels: (text,) the likeliest.
        chances: (text,) its calibrated chance.
        next_labels: (text,) the next.
        next_chances: (text,) its chance.
    """

    labels: tuple[str, ...]
    chances: Floats
    next_labels: tuple[str, ...]
    next_chances: Floats


@dataclass(frozen=True, eq=False)
class Predictor:
    """A model that is ready; threads may share it.

    Args:
        run: Where it comes from.
        report: The run's report.
        head: A head on frozen vectors, or None.
        encoder: What makes these vectors, or None.
        model, tokenizer: A fine-tuned model, or None.
    """

    run: Run
    report: dict[str, Any]
    head: LinearHead | None = None
    encoder: Any = None
    model: Any = None
    tokenizer: Any = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def predict(self, texts: Sequence[str], pairs: Sequence[str] = ()) -> Predictions:
        """Calibrated chances of every label.

        Args:
            texts: New texts; none blank.
            pairs: Their second texts, for a run on pairs.

        Raises:
            TextError: If there is no text, or one is blank.
            OptionError: If pairs are missing, or too many.
        """
        texts = checked_texts(texts)
        if self.report["task"] == "tokens":
            raise OptionError("This run tags the words of sentences.", "Call `tag`.")
        if bool(pairs) != (self.report["task"] == "pair") or (pairs and len(pairs) != len(texts)):
            raise OptionError(
                f"This run predicts for the task {self.report['task']}, "
                f"got {len(texts):,} texts and {len(pairs):,} second texts."
            )
        rows = Examples(texts, (), tuple(range(len(texts))), pairs=tuple(pairs))
        with self.lock:
            logits = self._frozen(rows) if self.head is not None else self._tuned(rows)
        heat = float(self.report["calibration"]["temperature"])
        chances = softmax(logits / np.float32(heat)).astype(np.float32)
        return Predictions(tuple(self.report["labels"]), chances)

    def tag(self, words: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
        """A tag for each word of each sentence, decoded as in the report.

        Raises:
            OptionError: If the run does not tag words, or a sentence has none.
        """
        from embedlib.training.features import word_features
        from embedlib.training.loop import logits_of
        from embedlib.training.tagging import collect, tags_of

        if self.report["task"] != "tokens" or not words or not all(words):
            raise OptionError("A run on tokens tags sentences of at least one word each.")
        most = int(self.report["facts"]["max_tokens"])
        with self.lock:
            blank = [[0] * len(row) for row in words]
            features = word_features(self.tokenizer, words, blank, most)
            logits = logits_of(self.model, features, int(self.tokenizer.pad_token_id or 0))
        return tags_of(collect(features, logits), tuple(self.report["labels"]))

    def _frozen(self, rows: Examples) -> Floats:
        from embedlib.training.frozen import vectors_for

        assert self.head is not None  # noqa: S101 - `predict`
        return self.head.logits(vectors_for(self.encoder, rows, self.head.source))

    def _tuned(self, rows: Examples) -> Floats:
        from embedlib.training.features import text_features
        from embedlib.training.loop import logits_of

        prefix = self.report["options"].get("prefix", "")
        features = text_features(
            self.tokenizer,
            [prefix + text for text in rows.texts],
            rows.pairs,
            [0] * len(rows),
            int(self.report["facts"]["max_tokens"]),
        )
        return np.stack(logits_of(self.model, features, int(self.tokenizer.pad_token_id or 0)))


def predictor(run: Run) -> Predictor:
    """The model of a run that is done.

    Raises:
        ReadError: If the run has no report yet, or its files are damaged.
        ModelError: If the model that a frozen head reads from has changed since.
    """
    report = read_json(run.folder / REPORT)
    if report is None:
        raise ReadError(
            "A run must be done to predict, and has no report yet.", "Wait, or resume it."
        )
    if not is_whole(run.model):
        raise ReadError("The run's model must be as it was saved, and is not.", _DAMAGED)
    if is_head(run.model):
        head = read_head(run.model)
        return Predictor(run, report, head=head, encoder=_encoder(run, head))
    model, tokenizer = load_tuned(run.model, report["task"])
    return Predictor(run, report, model=model, tokenizer=tokenizer)


def predict_all(
    ready: Predictor,
    texts: Sequence[str],
    pairs: Sequence[str] = (),
    *,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Predictions:
    """As `Predictor.predict`, for many texts: with progress, and it can be stopped.

    Raises:
        Cancelled: If `cancelled` said so.
        TextError, OptionError: As `Predictor.predict`.
    """
    chances = []
    for start in _steps(len(texts), progress, cancelled):
        part = slice(start, start + _AT_ONCE)
        chances.append(ready.predict(texts[part], pairs[part]).chances)
    if not chances:
        return ready.predict(texts, pairs)  # says what is missing
    return Predictions(tuple(ready.report["labels"]), np.concatenate(chances))


def tag_all(
    ready: Predictor,
    words: Sequence[Sequence[str]],
    *,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[tuple[str, ...]]:
    """As `Predictor.tag`, for many sentences: with progress, and it can be stopped.

    Raises:
        Cancelled: If `cancelled` said so.
        OptionError: As `Predictor.tag`.
    """
    tags: list[tuple[str, ...]] = []
    for start in _steps(len(words), progress, cancelled):
        tags += ready.tag(words[start : start + _AT_ONCE])
    return tags or ready.tag(words)


def _steps(
    n: int, progress: Callable[[Progress], None] | None, cancelled: Callable[[], bool] | None
) -> Iterator[int]:
    """Where each part begins; says how far it is, and stops when asked to."""
    began = time.monotonic()
    for start in range(0, n, _AT_ONCE):
        if cancelled is not None and cancelled():
            raise Cancelled
        if progress is not None:
            progress(Progress(start, n, "texts", time.monotonic() - began))
        yield start


def load_tuned(folder: Path, task: str) -> tuple[Any, Any]:
    """A fine-tuned model and its tokenizer, as plain transformers loads them."""
    import torch

    from embedlib.models.loading import building_alone

    options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    with building_alone():
        import transformers

        family = "TokenClassification" if task == "tokens" else "SequenceClassification"
        maker: Any = getattr(transformers, f"AutoModelFor{family}")
        model = maker.from_pretrained(
            str(folder), dtype=torch.float32, use_safetensors=True, **options
        )
        tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder), **options)
    return model.eval().requires_grad_(False), tokenizer


def _encoder(run: Run, head: LinearHead) -> Any:
    from embedlib.models import load

    folder = run.settings.models_dir
    encoder = load(head.source["model"], models_dir=Path(folder) if folder else None)
    if encoder.card.weights_sha256 != head.source["weights_sha256"]:
        raise ModelError(
            f"The weights of {encoder.card.name} must be those that the head was trained on, "
            "and have changed since.",
            "Train the run again.",
        )
    return encoder
