"""Words: what a map says of itself, on the page and in a saved picture, which must stand alone."""

from collections.abc import Mapping

from embedlib.figures.amounts import counted
from embedlib.projection import PROJECTIONS, Honesty
from embedlib.ui.map.making import MapPicture

LEAST_JUDGED = 10  # of fewer texts nearly all are neighbours of each other
_MUCH_BY_CHANCE = 0.1


def title(picture: MapPicture) -> str:
    """The finding: how much of the neighbourhoods the map keeps."""
    what = counted(len(picture.space), "text")
    honesty = picture.projection.honesty
    if picture.at_once:
        return f"{what} on the plane of PCA, until the map is made"
    if picture.layers:
        what = f"{what}, layer {picture.layers[picture.frame]} of {picture.layers[-1]}"
    if honesty is None or honesty.n_points < LEAST_JUDGED:
        return f"{what}: too few to judge a map by"
    kept = f"{honesty.knn_preservation:.0%} of each one’s {honesty.k} nearest"
    return f"{what}; the map keeps {kept}{_by_chance(honesty)}"


def made_by(picture: MapPicture) -> str:
    """What made the map, with every option, in one sentence."""
    return f"{_source(picture)} · {picture.projection.n_dims}-D, {', '.join(_parts(picture))}"


def brief(picture: MapPicture) -> str:
    """`made_by` without the options that are as they were to begin with."""
    options = PROJECTIONS[picture.projection.method].options
    defaults = {name: option.default for name, option in options.items()}
    return f"{_source(picture)} · {', '.join(_parts(picture, defaults))}"


def _source(picture: MapPicture) -> str:
    source, choice = picture.space.sentence, picture.space.choice
    if picture.settings.all_layers and choice is not None:
        source = source.replace(choice.layer_name, "all layers")
    return f"{PROJECTIONS[picture.projection.method].label} of {source}"


def _parts(picture: MapPicture, unsaid: Mapping[str, float] | None = None) -> list[str]:
    """What made the map, but for the options that have the values of `unsaid`."""
    first, unsaid = picture.projection, unsaid or {}
    options = PROJECTIONS[first.method].options
    parts = [
        f"{options[name].label.lower()} {value:g}"
        for name, value in first.options.items()
        if value != unsaid.get(name) and (first.labelled or name != "label_weight")
    ]
    if first.method != "pca":
        parts.append(f"seed {first.seed}")
    parts.append(f"{first.metric} distance")
    if first.labelled:
        parts.append("guided by labels")
    if first.neighbour_method == "approximate":
        parts.append("approximate neighbours")
    if picture.layers:
        parts.append(f"{len(picture.layers)} layers aligned")
    seconds = sum(projection.seconds for projection in picture.projections)
    return [*parts, f"{seconds:.1f} s" if seconds >= 0.05 else "under 0.1 s"]


def judged(picture: MapPicture) -> str:
    """How far the map can be trusted, in one sentence; "" where it was not judged."""
    honesty = picture.projection.honesty
    if honesty is None or picture.at_once or honesty.n_points < LEAST_JUDGED:
        return ""
    said = [
        f"Trustworthiness {honesty.trustworthiness:.3f}",
        f"continuity {honesty.continuity:.3f}",
    ]
    if picture.projection.method != "pca":
        said.append(f"PCA keeps {honesty.pca.knn_preservation:.0%} of the neighbours")
    if honesty.sampled:
        said.append(f"measured on {len(honesty.rows):,} texts at random")
    return ", ".join(said)


def _by_chance(honesty: Honesty) -> str:
    """What a random layout would keep, where that is much."""
    share = honesty.k / max(1, honesty.n_points - 1)
    return f" ({share:.0%} by chance)" if share > _MUCH_BY_CHANCE else ""
