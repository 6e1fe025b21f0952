"""Confidence: does 80 % mean right in 80 %, and what does every threshold give?"""

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from embedlib.figures import CONFIG
from embedlib.figures.amounts import counted
from embedlib.figures.reliability import reliability
from embedlib.figures.thresholds import precision_recall_picture, roc_picture
from embedlib.records import Progress
from embedlib.training.calibration import is_calibrated
from embedlib.training.finished import Finished
from embedlib.training.thresholds import LabelCurves, label_curves
from embedlib.ui import address
from embedlib.ui.background import background
from embedlib.ui.heading import palette
from embedlib.ui.train.report import kept

AS_TRAINED, CALIBRATED = "as trained", "calibrated"
_MEASURES = ("ece", "log_loss", "brier")
_MEANING = (
    "ECE: how far confidence and share right are apart, averaged over rows; with few test rows "
    "chance alone gives a few hundredths. "
)
_TEMPERATURE = (
    "The temperature divides all logits by one number that was fitted on the validation rows, "
    "never on these. It changes no prediction, and every confidence on this page is after it (Guo "
    "et al. 2017)."
)
_NO_TEMPERATURE = (
    "No temperature was fitted, because too few validation rows are wrong: every confidence on "
    "this page is as the model gives it."
)
_AREAS = {"ROC AUC": "roc_auc", "Average precision": "average_precision"}


def show(found: Finished) -> None:
    """The reliability diagram, then the curves of a label."""
    if found.tags_words:
        st.caption(
            "Tags are decoded together, sentence by sentence, so that a single tag has no "
            "calibrated confidence, and there is no threshold to move."
        )
        return
    _calibration(found)
    _curves(found)


def _calibration(found: Finished) -> None:
    made = found.report.get("calibration")
    if made is None:
        st.caption("This report has no calibration.")
        return
    before, after = made["before"], made["after"]
    fitted = is_calibrated(found.report)
    left, right = st.columns([3, 2], gap="medium")
    title = f"ECE {before['ece']:.3f} as trained"
    if fitted:
        title += f", {after['ece']:.3f} with temperature {made['temperature']:.3g}"
    picture = reliability(
        {AS_TRAINED: before["bins"]} | ({CALIBRATED: after["bins"]} if fitted else {}),
        palette(),
        title,
        f"{found.report['test']['rows']:,} test rows in bins of equal width.",
    )
    left.plotly_chart(picture.figure, theme=None, config=CONFIG, key="reliability", alt=picture.alt)
    with right:
        st.dataframe(
            {
                "": ["ECE", "Log loss, nats", "Brier score"],
                "As trained": [before[key] for key in _MEASURES],
                **({"Calibrated": [after[key] for key in _MEASURES]} if fitted else {}),
            },
            hide_index=True,
            column_config={
                name: st.column_config.NumberColumn(format="%.4f")
                for name in ("As trained", "Calibrated")
            },
            alt="Calibration before and after the temperature",
        )
        if after["ece"] > before["ece"]:
            st.caption("Here the temperature brings confidence no nearer to the truth.")
        st.caption(_MEANING + (_TEMPERATURE if fitted else _NO_TEMPERATURE))


def _curves(found: Finished) -> None:
    """ROC and precision-recall of one label against the rest."""
    areas = found.report.get("curves", {}).get("areas", [])
    names = [area["label"] for area in areas]
    if not names:
        st.caption("No threshold curves: the test rows have one label only.")
        return
    label = address.chooser(
        st.selectbox,
        "One label against the rest",
        names,
        key="curve_label",
        default=names[-1],
        width=320,
        help="At every threshold of the chance of this label: what is caught, and what is caught "
        "wrongly.",
    )
    _areas(areas, found.labels)
    curves = {one.label: one for one in _made(found)}
    if label not in curves:
        st.caption("This label has no curve on the test rows.")
        return
    one = curves[label]
    colours = palette()
    pictures = (
        roc_picture(label, one.false_positive_rate, one.true_positive_rate, one.roc_auc, colours),
        precision_recall_picture(
            label, one.recall, one.precision, one.average_precision, one.share, colours
        ),
    )
    for column, name, picture in zip(st.columns(2), ("roc", "recall"), pictures, strict=True):
        column.plotly_chart(
            picture.figure, theme=None, config=CONFIG, key=f"curve_{name}", alt=picture.alt
        )


def _areas(areas: list[dict[str, Any]], labels: tuple[str, ...]) -> None:
    if n_without := len(labels) - len(areas):
        st.caption(
            f"{counted(n_without, 'label')} without test rows, or with all of them, cannot be told "
            "from the rest there and have no curve: –."
        )
    if len(labels) < 3:
        return
    of_label = {area["label"]: area for area in areas}
    with st.expander(f"Areas of all {len(labels)} labels"):
        st.dataframe(
            {
                "Label": list(labels),
                **{
                    name: [of_label.get(label, {}).get(key) for label in labels]
                    for name, key in _AREAS.items()
                },
            },
            hide_index=True,
            column_config={name: st.column_config.NumberColumn(format="%.3f") for name in _AREAS},
            placeholder="–",
            alt="Areas under the curves of every label",
        )


def _made(found: Finished) -> tuple[LabelCurves, ...]:
    """The curves of all labels; the chances are made again from the saved model."""
    rows = kept.test_rows(found)
    number = {label: place for place, label in enumerate(found.labels)}
    truth = np.array([number[label] for label in rows.labels], dtype=np.int64)

    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]):
        from embedlib.training.predicting import predict_all

        said = predict_all(
            kept.ready(found), rows.texts, rows.pairs, progress=progress, cancelled=cancelled
        )
        return label_curves(said.chances, truth, found.labels)

    key = ("label curves", str(found.run.folder), found.report["date"])
    return background(key, work, "Predicting the test rows", height=300)
