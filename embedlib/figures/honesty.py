"""How far a map can be trusted, beside PCA and a random layout of the same texts, for scale."""

from typing import Any

from embedlib.figures.picture import Picture, picture
from embedlib.figures.theme import SMALL_PX, Palette, axis, layout

MEASURES = ("Trustworthiness", "Continuity", "Neighbours kept", "Triples in order")
_HEIGHT_PX, _LEGEND_PX = 310, 34


def honesty_scores(
    scores: dict[str, tuple[float, float, float, float]], palette: Palette
) -> Picture:
    """The four measures of several layouts on one scale from 0 to 1.

    Args:
        scores: Name of a layout to its (trustworthiness, continuity, neighbours kept, triples in
            order); the first is the map in question, the others are there for scale.
        palette: The theme.
    """
    styles = [
        ("circle", palette.accent, 14),
        ("square", palette.muted, 11),
        ("x", palette.muted, 10),
    ]
    traces: list[dict[str, Any]] = []
    for (name, values), (symbol, colour, size) in zip(scores.items(), styles, strict=False):
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "x": list(values),
                "y": list(MEASURES),
                "marker": {"symbol": symbol, "color": colour, "size": size},
                "hovertemplate": f"{name}: %{{x:.3f}}<extra></extra>",
            }
        )
    ours, *others = scores.values()
    names = list(scores)
    title = f"Of each text’s nearest texts the map keeps {ours[2]:.0%}"
    if others:
        title += f", {names[1]} {others[0][2]:.0%}"
    frame = layout(
        palette,
        title,
        height=_HEIGHT_PX,
        xaxis=axis(palette, "Share of the best possible, 0 to 1", range=[-0.02, 1.02]),
        yaxis=axis(palette, "Measure", autorange="reversed", showgrid=True),
        showlegend=True,
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "font": {"size": SMALL_PX}},
    )
    frame["margin"] = frame["margin"] | {"t": frame["margin"]["t"] + _LEGEND_PX}
    told = "; ".join(
        f"{name}: "
        + ", ".join(f"{m.lower()} {v:.3f}" for m, v in zip(MEASURES, values, strict=True))
        for name, values in scores.items()
    )
    return picture(traces, frame, f"{told}.")
