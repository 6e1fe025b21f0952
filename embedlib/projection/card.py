"""The card of a map: everything that decided the picture, and how far it can be trusted."""

from typing import Any

from embedlib.projection.records import Honesty, Projection, Scores


def facts(projection: Projection) -> dict[str, Any]:
    """What made the map and how honest it is; plain values that JSON takes."""
    return {
        "method": projection.method,
        "options": dict(projection.options),
        "n_dims": projection.n_dims,
        "seed": projection.seed,
        "metric": projection.metric,
        "guided_by_labels": projection.labelled,
        "neighbours": projection.neighbour_method,
        "points": len(projection.points),
        "seconds": round(projection.seconds, 3),
        "honesty": None if projection.honesty is None else honesty_facts(projection.honesty),
        "notes": list(projection.notes),
        "versions": dict(projection.versions),
    }


def honesty_facts(honesty: Honesty) -> dict[str, Any]:
    """The scores of the map, of PCA and of a random layout; and on how many points."""
    return {
        "neighbours_compared": honesty.k,
        "points_measured": len(honesty.rows),
        "points": honesty.n_points,
        "map": _scores(honesty.map),
        "pca": _scores(honesty.pca),
        "random": _scores(honesty.random),
        "seconds": round(honesty.seconds, 3),
    }


def _scores(scores: Scores) -> dict[str, float]:
    names = ("trustworthiness", "continuity", "knn_preservation", "triplets")
    values = {name: round(getattr(scores, name), 6) for name in names}
    margins = zip(names, (*scores.margins, scores.triplets_margin), strict=True)
    return values | {f"{name}_margin_95": round(margin, 6) for name, margin in margins if margin}
