"""Colours: ramps that look even to the eye, mixtures and contrast; a colour is "#RRGGBB".

Mixing is done in OKLab, where equal steps look equal (Ottosson 2020, A perceptual colour space).
"""

from collections.abc import Sequence

import numpy as np

from embedlib.geometry.doors import Doubles

TEXT_CONTRAST = 4.5

_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def ramp(stops: tuple[str, ...], n: int = 9) -> tuple[str, ...]:
    """`n` colours through `stops`, in steps that look equal within each stretch.

    Args:
        stops: Two colours or more, at equal distances along the ramp.
        n: How many colours, 2 or more.

    >>> ramp(("#FFFFFF", "#000000"), 3)
    ('#FFFFFF', '#636363', '#000000')
    """
    labs = np.array([_lab(stop) for stop in stops])
    where = np.linspace(0, len(stops) - 1, n)
    mixed = np.stack([np.interp(where, range(len(stops)), axis) for axis in labs.T], axis=1)
    return tuple(_from_lab(lab) for lab in mixed)


def mix(first: str, second: str, share: float) -> str:
    """The colour `share` of the way from the first to the second.

    >>> mix("#FFFFFF", "#0B6E75", 0.0)
    '#FFFFFF'
    """
    return _from_lab((1 - share) * _lab(first) + share * _lab(second))


def contrast(first: str, second: str) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2.2, relative luminance); text needs 4.5.

    >>> round(contrast("#000000", "#FFFFFF"), 1)
    21.0
    """
    low, high = sorted(
        float(_linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (first, second)
    )
    return (high + 0.05) / (low + 0.05)


def ink(under: str, *inks: str) -> str:
    """What text on the colour `under` is written in: the ink that is read best.

    Where none of them has the contrast that text needs, it is black or white, of which one has.

    >>> ink("#4F8D90", "#1B2430", "#FFFFFF"), ink("#FFFFFF", "#1B2430", "#FFFFFF")
    ('#000000', '#1B2430')
    """
    best = max(inks, key=lambda one: contrast(under, one))
    if contrast(under, best) >= TEXT_CONTRAST:
        return best
    return max(("#000000", "#FFFFFF"), key=lambda one: contrast(under, one))


def along(stops: Sequence[str], share: float) -> str:
    """The colour that a scale with these stops shows at `share`, 0 to 1, of its length.

    >>> along(("#000000", "#808080", "#FFFFFF"), 0.25)
    '#404040'
    """
    channels = np.array([list(bytes.fromhex(stop[1:])) for stop in stops], dtype=np.float64)
    where = float(np.clip(share, 0, 1)) * (len(stops) - 1)
    mixed = [np.interp(where, range(len(stops)), channel) for channel in channels.T]
    return "#" + bytes(np.rint(mixed).astype(np.uint8).tolist()).hex().upper()


def faded(colour: str, opacity: float) -> str:
    """`colour` let through by a share, 0 to 1, as CSS has it.

    >>> faded("#0B6E75", 0.25)
    'rgba(11,110,117,0.25)'
    """
    red, green, blue = bytes.fromhex(colour[1:])
    return f"rgba({red},{green},{blue},{opacity:g})"


def _linear(colour: str) -> Doubles:
    """(3,) light of each channel, 0 to 1, from the sRGB of `colour`."""
    srgb = np.frombuffer(bytes.fromhex(colour[1:]), dtype=np.uint8) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def _lab(colour: str) -> Doubles:
    """(3,) lightness, green to red, blue to yellow."""
    return np.asarray(_TO_LAB @ np.cbrt(_TO_CONES @ _linear(colour)))


def _from_lab(lab: Doubles) -> str:
    """The colour of OKLab coordinates, the nearest one that a screen has."""
    light = np.linalg.solve(_TO_CONES, np.linalg.solve(_TO_LAB, lab) ** 3).clip(0, 1)
    srgb = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return "#" + bytes(np.rint(srgb * 255).astype(np.uint8).tolist()).hex().upper()
