"""layer_page: the report on layers as one HTML file that needs no network.

A new part is a picture in `pictures`.
"""

import html
import json

import numpy as np

from embedlib.exporting.layer_pictures import curve_picture, grid_picture, relation_picture
from embedlib.exporting.layer_report import LayerReport
from embedlib.exporting.layer_words import conclusions, pooling_label, score_label
from embedlib.figures import CONFIG, PALETTES, Palette, Picture
from embedlib.geometry import HEALTH
from embedlib.probes import layer_label


def pictures(report: LayerReport, palette: Palette) -> list[Picture]:
    """The pictures in order of reading."""
    found = []
    for made in report.grids:
        found += [grid_picture(made, palette), curve_picture(made, palette)]
    between = report.relations
    names = [layer_label(layer) for layer in between.layers]
    n_texts = len(between.rows)
    if between.cka is not None:
        found.append(
            relation_picture(between.cka, names, names, palette, measure="CKA", n_texts=n_texts)
        )
    found.append(
        relation_picture(
            between.overlap,
            names,
            names,
            palette,
            measure="Overlap of the 10 nearest",
            n_texts=n_texts,
            chance=between.chance,
        )
    )
    return found


def as_html(report: LayerReport, title: str) -> str:
    """The report as one HTML file that needs no network; Plotly is inside it.

    Args:
        report: What was measured.
        title: The heading; any text.
    """
    import plotly.io

    palette = PALETTES["light"]
    drawn = []
    for number, one in enumerate(pictures(report, palette)):
        drawn.append(
            plotly.io.to_html(
                one.figure,
                config=dict(CONFIG),  # Plotly takes keys out of what it is given
                include_plotlyjs=number == 0,
                full_html=False,
                div_id=f"picture-{number}",
            )
        )
        drawn.append(f"<p class='alt'>{html.escape(one.alt)}</p>")
    said = [" ".join((f"{score_label(made)}.", *conclusions(made))) for made in report.grids]
    notes = [*(said or ["Scores need labels: none were given."]), *report.notes]
    return _PAGE.format(
        title=html.escape(title),
        notes="".join(f"<p>{html.escape(note)}</p>" for note in notes),
        pictures="\n".join(drawn),
        health=_health_table(report),
        card=html.escape(json.dumps(dict(report.card), indent=2, ensure_ascii=False)),
    )


def _health_table(report: LayerReport) -> str:
    head = "".join(f"<th>{html.escape(row.label)}</th>" for row in HEALTH.values())
    rows = []
    for place, layer in enumerate(report.relations.layers):
        numbers = [float(report.health[name][place]) for name in HEALTH]
        cells = "".join(f"<td>{'' if np.isnan(x) else format(x, '.3g')}</td>" for x in numbers)
        rows.append(f"<tr><th>{html.escape(layer_label(layer))}</th>{cells}</tr>")
    words = any(made.problem.sequences is not None for made in report.grids)
    pooling = html.escape(pooling_label(report.relations.pooling, words=words))
    return (
        f"<h2>Health of each layer ({pooling})</h2>"
        f"<table><tr><th></th>{head}</tr>{''.join(rows)}</table>"
        + "".join(
            f"<p class='alt'>{html.escape(row.label)}: {html.escape(row.help)}</p>"
            for row in HEALTH.values()
        )
    )


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none';
 script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:">
<style>
body {{ font-family: system-ui, sans-serif; color: #1B2430; max-width: 980px; margin: 2rem auto;
 padding: 0 1rem; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ padding: 0.3rem 0.7rem; border-bottom: 1px solid #DCE1E7; text-align: right; }}
th {{ font-weight: 600; }}
.alt {{ color: #5B6675; font-size: 0.9rem; }}
pre {{ background: #F4F6F8; padding: 1rem; overflow-x: auto; }}
</style></head><body>
<h1>{title}</h1>
{notes}
{pictures}
{health}
<h2>Card: what made these vectors</h2>
<pre>{card}</pre>
</body></html>
"""
