"""report.html: a run's report as one file without a network; every text of a person is escaped."""

from collections.abc import Sequence
from html import escape
from typing import Any, Final

_MOST_LABELS: Final = 30
_STYLE: Final = """
:root{color-scheme:light dark;--b:#fff;--p:#f4f6f8;--t:#1b2430;--m:#5b6675;--l:#dce1e7;--a:#0b6e75}
@media(prefers-color-scheme:dark){:root{--b:#0f1419;--p:#1a2129;--t:#e6ebf0;--m:#93a0ae;--l:#2c3641;--a:#3ec6c0}}
body{background:var(--b);color:var(--t);font:16px/1.5 system-ui,sans-serif;max-width:64rem;
margin:2rem auto;padding:0 1rem}
h1,h2{line-height:1.2}h2{margin-top:2.5rem}p.note{color:var(--m)}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;margin:1rem 0}
th,td{padding:.3rem .7rem;border-bottom:1px solid var(--l);text-align:right;vertical-align:top}
th:first-child,td:first-child,td.t,th.t{text-align:left;overflow-wrap:anywhere}
td.c{border:0;padding:.2rem .4rem;text-align:center}td.n{white-space:nowrap}.s{color:var(--b)}
"""


def page(report: dict[str, Any]) -> str:
    """The whole page."""
    title = escape(report["name"])
    parts = [
        f"<h1>{title}</h1>",
        _summary(report),
        _ladder(report),
        _entities(report),
        _per_label(report),
        _confusion(report),
        _calibration(report),
        _mistakes(report),
        _suspicious(report),
        _facts(report),
    ]
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body>"
        + "".join(parts)
        + "</body></html>\n"
    )


def _summary(report: dict[str, Any]) -> str:
    test = report["test"]
    scores = "".join(
        f"<tr><td>{label}</td><td>{_interval(test[key], test[f'{key}_interval'])}</td></tr>"
        for key, label in (
            ("accuracy", "Accuracy"),
            ("macro_f1", "Macro F1"),
            ("entity_f1", "Entity F1, strict"),
        )
        if key in test
    )
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in report["notes"])
    return (
        f"<p>{escape(report['recipe'])} of {escape(report['model'])}, scored on "
        f"{test['rows']:,} test rows that neither taught nor chose anything.</p>"
        f"<table>{scores}</table>{notes}"
    )


def _ladder(report: dict[str, Any]) -> str:
    names = (("entity_f1", "Entity F1"), ("accuracy", "Accuracy"), ("macro_f1", "Macro F1"))
    steps = report.get("ladder", ())
    shown = [(key, name) for key, name in names if any(step[key] for step in steps)]
    rows = [
        [
            escape(step["label"]),
            *(_score(step[key]) for key, _ in shown),
            f"{step['seconds']:,.1f}",
            f"{step['trainable_parameters']:,}",
            f"{step['model_bytes'] / 1e6:,.1f}",
        ]
        for step in steps
    ]
    head = ["Step", *(name for _, name in shown), "Seconds", "Trainable parameters", "MB"]
    said = "".join(f"<p>{escape(one['sentence'])}</p>" for one in report.get("comparisons", ()))
    return f"<h2>What each step bought</h2>{_table(head, rows)}{said}" if rows else ""


def _entities(report: dict[str, Any]) -> str:
    rows = [
        [
            escape(row["type"]),
            *_three(row, row["entities"]),
            f"{row['entities']:,}",
        ]
        for row in report.get("entities", ())
    ]
    head = ["Type", "Precision", "Recall", "F1", "Entities"]
    return f"<h2>Entities, strict</h2>{_table(head, rows)}" if rows else ""


def _per_label(report: dict[str, Any]) -> str:
    rows = [
        [
            escape(row["label"]),
            *_three(row, row["rows"]),
            f"{row['rows']:,}",
        ]
        for row in report["per_label"]
    ]
    return f"<h2>Label by label</h2>{_table(['Label', 'Precision', 'Recall', 'F1', 'Rows'], rows)}"


def _three(row: dict[str, Any], n: int) -> list[str]:
    """Precision, recall and F1; dashes where nothing of the kind was in the test."""
    return [f"{row[key]:.3f}" if n else "–" for key in ("precision", "recall", "f1")]


def _confusion(report: dict[str, Any]) -> str:
    labels, counts = report["labels"], report.get("confusion")
    if not counts:
        return ""
    if len(labels) > _MOST_LABELS:
        return "<h2>Most frequent confusions</h2>" + _confused(labels, counts)
    most = max(max(row) for row in counts) or 1
    head = "".join(f"<th>{escape(label)}</th>" for label in labels)
    body = "".join(
        f"<tr><td>{escape(label)}</td>{''.join(_cell(count, most) for count in row)}</tr>"
        for label, row in zip(labels, counts, strict=True)
    )
    return (
        "<h2>Confusion</h2><p class='note'>Rows: the label. Columns: what was predicted.</p>"
        f"<table><tr><th></th>{head}</tr>{body}</table>"
    )


def _cell(count: int, most: int) -> str:
    """A cell of the confusion, the darker the more rows; its number stays readable."""
    strong = " s" if 2 * count > most else ""
    colour = f"color-mix(in srgb,var(--a) {100 * count // most}%,var(--b))"
    return f'<td class="c{strong}" style="background:{colour}">{count or ""}</td>'


def _confused(labels: Sequence[str], counts: Sequence[Sequence[int]]) -> str:
    pairs = [
        (count, labels[truth], labels[guess])
        for truth, row in enumerate(counts)
        for guess, count in enumerate(row)
        if truth != guess and count
    ]
    rows = [
        [escape(truth), escape(guess), f"{count:,}"]
        for count, truth, guess in sorted(pairs, reverse=True)[:_MOST_LABELS]
    ]
    return _table(["Label", "Predicted", "Rows"], rows)


def _calibration(report: dict[str, Any]) -> str:
    found = report.get("calibration")
    if not found:
        return ""
    rows = [
        [name, f"{found[key]['ece']:.4f}", f"{found[key]['log_loss']:.4f}"]
        for name, key in (("as trained", "before"), ("with the temperature", "after"))
    ]
    return (
        f"<h2>Calibration</h2>{_table(['Confidence', 'ECE', 'Log loss'], rows)}"
        f"<p class='note'>Temperature {found['temperature']:.3f}, fitted on validation rows.</p>"
    )


def _mistakes(report: dict[str, Any]) -> str:
    rows = [
        [
            escape(one["text"]),
            escape(_written(one["label"])),
            escape(_written(one["predicted"])),
            f"{one['confidence']:.0%}" if "confidence" in one else "",
        ]
        for one in report.get("mistakes", ())
    ]
    head = ["Text", "Label", "Predicted", "Confidence"]
    return f"<h2>Surest mistakes</h2>{_table(head, rows)}" if rows else ""


def _suspicious(report: dict[str, Any]) -> str:
    rows = [
        [
            escape(one["text"]),
            escape(one["label"]),
            escape(one["likelier"]),
            f"{one['chance']:.0%}",
            f"{one['row'] + 1:,}",
        ]
        for one in report.get("suspicious") or ()
    ]
    head = ["Text", "Label", "Likelier", "Chance", "Row"]
    said = "Judged by probes that had not seen the row."
    return (
        f"<h2>Suspicious labels</h2><p class='note'>{said}</p>{_table(head, rows)}" if rows else ""
    )


def _written(label: Any) -> str:
    return label if isinstance(label, str) else " ".join(label)


def _facts(report: dict[str, Any]) -> str:
    data = report["data"]
    options = ", ".join(f"{name} {value}" for name, value in report["options"].items())
    versions = ", ".join(f"{name} {number}" for name, number in report["versions"].items())
    rows = [
        ["Data", escape(f"{data['name']}, SHA-256 {data['sha256']}")],
        ["Seed", str(report["seed"])],
        ["Options", escape(options)],
        ["Training", f"{report['seconds']:,.1f} s"],
        ["Versions", escape(versions)],
        ["Date", escape(report["date"])],
    ]
    body = "".join(
        f'<tr><td class="n">{name}</td><td class="t">{value}</td></tr>' for name, value in rows
    )
    return f"<h2>How it came about</h2><table>{body}</table>"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Cells are HTML already; the first column is text."""
    top = "".join(f"<th>{name}</th>" for name in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{body}</table>"


def _score(score: dict[str, float] | None) -> str:
    return "–" if score is None else _interval(score["value"], [score["low"], score["high"]])


def _interval(value: float, bounds: Sequence[float]) -> str:
    return f"{value:.4f} ({bounds[0]:.4f} to {bounds[1]:.4f})"
