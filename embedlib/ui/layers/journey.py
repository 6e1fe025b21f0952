"""A word's journey: its occurrences through the layers, its nearest words, and predictions."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from embedlib import geometry
from embedlib.errors import EmbedlibError
from embedlib.extract.occurrences import Occurrences, occurrences
from embedlib.figures import CONFIG, layer_curve, layer_maps, number
from embedlib.figures.text import quoted, shorten
from embedlib.records import Progress, digest_of_texts
from embedlib.table import Table
from embedlib.ui import address, faults
from embedlib.ui.background import background
from embedlib.ui.layers.view import View
from embedlib.words import spans_of_word, tokens_of_spans, words_of

OWN = "own"
_HARDLY = 0.02  # a smaller gap of mean cosines is not worth a sentence


@dataclass(frozen=True)
class Journey:
    """A word with texts in which it means two things.

    Args:
        word: The word.
        texts: (text, sense) pairs.
    """

    word: str
    texts: tuple[tuple[str, str], ...]


JOURNEYS: Table[Journey] = Table(
    "journey",
    {
        "bank": Journey(
            "bank",
            (
                ("We pulled the canoe onto the muddy bank and ate our lunch.", "river"),
                ("Willows lean over the left bank where the stream bends.", "river"),
                ("An otter slid down the bank into the water.", "river"),
                ("The bank refused to extend the loan for another year.", "money"),
                ("She opened a savings account at the bank on Main Street.", "money"),
                ("The central bank raised its interest rate in June.", "money"),
            ),
        ),
        "apple": Journey(
            "apple",
            (
                ("She cut the apple into quarters and gave one to the horse.", "fruit"),
                ("An apple fell from the old tree behind the barn.", "fruit"),
                ("He baked the apple with cinnamon and brown sugar.", "fruit"),
                ("Apple presented a new phone in California this autumn.", "company"),
                ("Shares of Apple rose after the quarterly report.", "company"),
                ("The court ordered Apple to open its app store.", "company"),
            ),
        ),
        "打": Journey(
            "打",
            (
                ("拳击手一拳打在对手的下巴上。", "击打"),
                ("他气得举起手要打弟弟，被妈妈拦住了。", "击打"),
                ("请不要打人，有话好好说。", "击打"),
                ("到家以后记得给我打个电话。", "电话"),
                ("客服热线打了三次都没有人接。", "电话"),
                ("我每个星期天给奶奶打电话。", "电话"),
            ),
        ),
        "意思": Journey(
            "意思",
            (
                ("这个成语的意思我还是不太明白。", "含义"),
                ("请你解释一下这句话是什么意思。", "含义"),
                ("我不懂这个词的意思。", "含义"),
                ("这部电影真有意思，我想再看一遍。", "趣味"),
                ("他讲课很有意思，学生们从来不打瞌睡。", "趣味"),
                ("这个游戏没意思，我们换一个吧。", "趣味"),
            ),
        ),
    },
)


def show(seen: View) -> None:
    """Choose a word, then its curve, its maps and its nearest words layer by layer."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = address.chooser(
            st.pills,
            "Word",
            [*JOURNEYS, OWN],
            format_func=lambda name: "A word of these texts" if name == OWN else name,
            key="journey",
            default="bank",
            required=True,
        )
        word = _own_word(seen) if name == OWN else JOURNEYS[name].word
    texts, senses = _texts(seen, name)
    if not word:
        st.caption("Type a word that stands in at least two of the texts.")
        return
    found = _read(seen, texts, word)
    if found is None:
        return
    _curve(seen, found)
    _maps(seen, found, texts, senses)
    _nearest(found)
    _lens(seen, found, texts)


def _own_word(seen: View) -> str:
    return st.text_input(
        "A word of these texts",
        key="journey_word",
        bind="query-params",
        max_chars=60,
        placeholder=next(iter(words_of(seen.corpus.texts[0])), ""),
    ).strip()


def _texts(seen: View, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if name == OWN:
        labels = seen.corpus.labels
        return seen.corpus.texts, labels or ("",) * len(seen.corpus)
    texts, senses = zip(*JOURNEYS[name].texts, strict=True)
    return texts, senses


def _read(seen: View, texts: tuple[str, ...], word: str) -> Occurrences | None:
    choice = seen.choice

    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]):
        from embedlib.models import load

        return occurrences(
            load(choice.model), texts, word, choice.tokens, progress=progress, cancelled=cancelled
        )

    key = ("journey", choice.model, choice.tokens, digest_of_texts(list(texts)), word)
    if sum(bool(spans_of_word(text, word)) for text in texts) == 0:
        st.text(f"No text has the word {word!r}.")
        return None
    return background(key, work, "Following the word", height=420)


def _curve(seen: View, found: Occurrences) -> None:
    raw, adjusted = found.raw, found.adjusted
    layer = seen.choice.layer
    picture = layer_curve(
        {f"{found.word}, raw": raw, f"{found.word}, adjusted": adjusted},
        found.baseline,
        seen.palette,
        chosen_layer=layer if isinstance(layer, int) else None,
    )
    st.plotly_chart(picture.figure, theme=None, config=CONFIG, key="journey_curve", alt=picture.alt)
    note = f"{found.hidden.shape[1]} occurrences in {found.n_texts} texts"
    if found.n_texts < found.n_found:
        note += f", the first of {found.n_found} that have the word"
    st.caption(
        f"{note}. Adjusted: the mean cosine of the occurrences minus that of all pairs of tokens "
        "of these texts (Ethayarajh 2019; cosines of uncentred vectors throughout)."
    )


def _maps(seen: View, found: Occurrences, texts: tuple[str, ...], senses: tuple[str, ...]) -> None:
    names = [texts[row] for row in found.rows]
    groups = [senses[row] for row in found.rows]
    layers = [f"Layer {layer}" for layer in range(len(found.hidden))]
    apart = _apart(found, groups)
    picture = layer_maps(
        geometry.aligned_planes(found.hidden),
        layers,
        names,
        groups,
        seen.palette,
        f"Where the occurrences of {quoted(found.word)} lie, layer by layer{apart}",
        "Each layer's plane of greatest variance, turned onto the next; sizes are set equal",
    )
    st.plotly_chart(picture.figure, theme=None, config=CONFIG, key="journey_maps", alt=picture.alt)


def _apart(found: Occurrences, groups: list[str]) -> str:
    """Where the senses part most, if there are two with two occurrences each."""
    kinds = [kind for kind in dict.fromkeys(groups) if groups.count(kind) > 1]
    if len(kinds) < 2:
        return ""
    same = np.array([[a == b for b in groups] for a in groups])
    off = ~np.eye(len(groups), dtype=bool)
    gaps = []
    for layer in found.hidden:
        cosines = geometry.cosine_matrix(layer)
        gaps.append(float(cosines[same & off].mean() - cosines[~same].mean()))
    most = int(np.argmax(gaps))
    if gaps[most] < _HARDLY:
        return "; the senses hardly part at any layer"
    return f"; the senses part most at layer {most} (cosine gap {number(gaps[most])})"


def _nearest(found: Occurrences) -> None:
    st.dataframe(
        {
            "Layer": [f"Layer {layer}" for layer in range(len(found.hidden))],
            "Nearest other words of these texts, with cosine": [
                ", ".join(f"{word} {cosine:.2f}" for word, cosine in words)
                for words in found.nearest_words(6)
            ],
        },
        hide_index=True,
        alt="The nearest words at each layer",
    )


def _lens(seen: View, found: Occurrences, texts: tuple[str, ...]) -> None:
    """What the model would predict at the word, for models with a head for it."""
    if not st.toggle(
        "Predictions layer by layer (logit lens)",
        key="lens",
        bind="query-params",
        help="For models with a language-modelling head: what it would predict at this place if "
        "the model ended after each layer. Early layers were never trained to be read so.",
    ):
        return
    from embedlib.attention.lens import logit_lens
    from embedlib.models import load

    place = st.selectbox(
        "Occurrence",
        range(len(found.rows)),
        format_func=lambda place: shorten(texts[found.rows[place]], 90),
        key="lens_text",
    )
    text, span = texts[found.rows[place]], found.spans[place]
    choice = seen.choice

    def work(_: Callable[[Progress], None], __: Callable[[], bool]):
        from embedlib.extract import token_vectors

        encoder = load(choice.model)
        tokens = token_vectors(encoder, text, choice.tokens)
        position = tokens_of_spans(tokens.spans.tolist(), [span])[0]
        return logit_lens(encoder, text, position, settings=choice.tokens)

    key = ("lens", choice.model, choice.tokens, digest_of_texts([text]), span)
    try:
        lines = background(key, work, "Reading the layers", height=200)
    except EmbedlibError as error:
        faults.show(error)
        return
    st.dataframe(
        {
            "Layer": [f"Layer {layer}" for layer in range(len(lines))],
            "Likeliest": [
                ", ".join(
                    f"{piece} {share:.0%}"
                    for piece, share in zip(one.written, one.probabilities, strict=True)
                )
                for one in lines
            ],
        },
        hide_index=True,
        alt="The likeliest tokens at each layer",
    )
