"""occurrences: one word wherever it stands, at every layer, among the other words of its texts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from embedlib.errors import Cancelled, TextError, shown
from embedlib.extract import token_vectors
from embedlib.geometry import mean_pair_similarity, self_similarity, unit
from embedlib.limits import LIMITS
from embedlib.models.encoder import Encoder
from embedlib.records import Floats, Longs, Progress, TokenSettings
from embedlib.words import spans_of_word, tokens_of_spans, word_spans

_DEFAULT = TokenSettings()


@dataclass(frozen=True, eq=False)
class Occurrences:
    """A word's occurrences, and the words around them.

    Args:
        word: As asked for.
        hidden: (layer, occurrence, dim) mean of the word's pieces.
        rows: (occurrence,) the text of each.
        spans: (occurrence,) first and last-plus-one character in the text.
        others: (layer, word, dim) every other word of these texts.
        other_words: (word,) as written.
        baseline: (layer,) mean cosine of all pairs of tokens of these texts, special ones left out.
        n_texts: Texts that were read; the first ones that have the word.
        n_found: Texts that have the word.
    """

    word: str
    hidden: Floats
    rows: Longs
    spans: tuple[tuple[int, int], ...]
    others: Floats
    other_words: tuple[str, ...]
    baseline: Floats
    n_texts: int
    n_found: int

    @property
    def raw(self) -> Floats:
        """(layer,) mean cosine of the occurrences."""
        return self_similarity(self.hidden)

    @property
    def adjusted(self) -> Floats:
        """(layer,) the same, above what any two tokens have (Ethayarajh 2019)."""
        return self_similarity(self.hidden, self.baseline)

    def nearest_words(self, n: int = 5) -> tuple[tuple[tuple[str, float], ...], ...]:
        """For each layer the other words nearest to the mean of the occurrences, with cosines.

        A word that is written several times counts once, at its nearest.
        """
        found: list[tuple[tuple[str, float], ...]] = []
        for layer, others in zip(self.hidden, self.others, strict=True):
            if not len(others):
                found.append(())
                continue
            cosines = unit(others) @ unit(layer.mean(axis=0)[None])[0]
            best: dict[str, float] = {}
            for place in np.argsort(-cosines, kind="stable"):
                best.setdefault(self.other_words[place].casefold(), float(cosines[place]))
                if len(best) == n:
                    break
            found.append(tuple(best.items()))
        return tuple(found)


def occurrences(
    encoder: Encoder,
    texts: Sequence[str],
    word: str,
    settings: TokenSettings = _DEFAULT,
    *,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Occurrences:
    """Read the texts that have `word`, at most `LIMITS["journey_texts"]` of them.

    Args:
        encoder: The model.
        texts: Where to look.
        word: Whatever its case; in scripts without spaces any run of characters.
        settings: How texts become tokens.
        progress: Called in texts.
        cancelled: Asked before each text.

    Raises:
        TextError: If the word is read less than twice (it may be cut).
        Cancelled: If `cancelled` said so.
    """
    found = [row for row, text in enumerate(texts) if spans_of_word(text, word)]
    read = found[: LIMITS["journey_texts"].value]
    own: list[tuple[int, tuple[int, int], Floats]] = []
    others: list[tuple[str, Floats]] = []
    tokens: list[Floats] = []
    for number, row in enumerate(read):
        if cancelled is not None and cancelled():
            raise Cancelled
        if progress is not None:
            progress(Progress(number, len(read), "texts", 0.0))
        text = texts[row]
        made = token_vectors(encoder, text, settings)
        tokens.append(made.hidden[:, ~made.special])
        token_spans = made.spans.tolist()
        targets = spans_of_word(text, word)
        for span in (*targets, *_apart(word_spans(text), targets)):
            pieces = tokens_of_spans(token_spans, [span])
            if not pieces:
                continue  # cut
            vector = made.hidden[:, pieces].mean(axis=1)
            if span in targets:
                own.append((row, span, vector))
            else:
                others.append((text[span[0] : span[1]], vector))
    if len(own) < 2:
        raise TextError(
            f"The word must be read at least twice, got {shown(word)} {len(own)} times.",
            "Choose a word that stands in several texts.",
        )
    return Occurrences(
        word=word,
        hidden=np.stack([vector for _, _, vector in own], axis=1),
        rows=np.array([row for row, _, _ in own], dtype=np.int64),
        spans=tuple(span for _, span, _ in own),
        others=_stacked([vector for _, vector in others], own[0][2]),
        other_words=tuple(name for name, _ in others),
        baseline=mean_pair_similarity(np.concatenate(tokens, axis=1)),
        n_texts=len(read),
        n_found=len(found),
    )


def _apart(
    spans: Sequence[tuple[int, int]], targets: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The spans that touch none of the targets."""
    return [
        span for span in spans if not any(span[0] < end and span[1] > at for at, end in targets)
    ]


def _stacked(vectors: list[Floats], like: Floats) -> Floats:
    if not vectors:
        return np.zeros((len(like), 0, like.shape[1]), dtype=np.float32)
    return np.stack(vectors, axis=1)
