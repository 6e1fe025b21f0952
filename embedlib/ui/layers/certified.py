"""Certificate: whether this model's vectors depend on what they must not, on this machine."""

import json
from collections.abc import Callable
from dataclasses import asdict

import streamlit as st

from embedlib.certificate import CHECKS, Verdict, certify
from embedlib.exporting.card import model_facts, versions
from embedlib.exporting.panel_code import certificate_code
from embedlib.limits import LIMITS
from embedlib.records import Progress
from embedlib.ui import resources
from embedlib.ui.background import background
from embedlib.ui.layers.taking import offer, start
from embedlib.ui.layers.view import View, lacks_texts


def show(seen: View) -> None:
    """One row a check, made when asked for."""
    if lacks_texts(seen, 3, "A certificate is made on"):
        return
    n = min(len(seen.corpus), LIMITS["certificate_texts"].value)
    layer = seen.one_layer
    st.text(
        f"The first {n:,} texts, layer {layer}, {seen.choice.model}, always by mean pooling: made "
        "again in other batches, order and number format, and with plain transformers."
    )
    agreed = st.session_state.setdefault("_certified", set())
    key = ("certificate", seen.choice.model, seen.corpus.digest, layer)
    if key not in agreed:
        if not st.button("Make the certificate", type="primary"):
            return
        agreed.add(key)
        st.rerun()  # without the button
    verdicts = _made(seen, n, layer, key)
    _table(seen, verdicts)
    _files(seen, verdicts, n, layer)


def _files(seen: View, verdicts: tuple[Verdict, ...], n: int, layer: int) -> None:
    rows = [asdict(verdict) for verdict in verdicts]
    facts = {
        "format": "embedlib certificate 1",
        "texts": n,
        "data_digest": seen.corpus.digest,
        "layer": layer,
        "machine": resources.device_line(),
        **model_facts(seen.vectors.encoder),
        "versions": versions(),
        "checks": rows,
    }
    st.download_button(
        "Certificate as JSON",
        json.dumps(facts, indent=1),
        "certificate.json",
        "application/json",
        on_click="ignore",
    )
    table = {name: [row[name] for row in rows] for name in rows[0]}
    code = certificate_code(start(seen), n, layer)
    offer(
        seen, "certificate", code, {"checks": table},
        layer=layer, pooling="mean", rows_measured=n, machine=facts["machine"],
    )  # fmt: skip


def _made(seen: View, n: int, layer: int, key: tuple) -> tuple[Verdict, ...]:
    texts = list(seen.corpus.texts[:n])

    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]):
        from embedlib.models import load

        encoder = load(seen.choice.model)
        return certify(encoder, texts, layer, progress=progress, cancelled=cancelled)

    return background(key, work, "Comparing vectors", height=260)


def _table(seen: View, verdicts: tuple[Verdict, ...]) -> None:
    n_passed = sum(verdict.passed for verdict in verdicts)
    st.markdown(f"**{n_passed} of {len(verdicts)} checks passed**")
    st.dataframe(
        {
            "Check": [CHECKS[verdict.check].label for verdict in verdicts],
            "Verdict": ["✓ passed" if verdict.passed else "✗ failed" for verdict in verdicts],
            "Lowest cosine": [verdict.least_cosine for verdict in verdicts],
            "Needed": [CHECKS[verdict.check].least_cosine for verdict in verdicts],
            "Largest difference": [f"{verdict.largest_difference:.1e}" for verdict in verdicts],
            "Neighbours kept": [verdict.neighbours_kept for verdict in verdicts],
            "What is compared": [CHECKS[verdict.check].help for verdict in verdicts],
        },
        hide_index=True,
        column_config={
            "Lowest cosine": st.column_config.NumberColumn(format="%.7f"),
            "Needed": st.column_config.NumberColumn(format="%.5f"),
            "Neighbours kept": st.column_config.NumberColumn(format="percent"),
        },
        alt="Each check with its verdict",
    )
