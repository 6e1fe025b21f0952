"""Numbers as sentences and pictures write them; another unit is one function."""

from math import isfinite, isnan


def number(value: float) -> str:
    """`value` with three significant digits, a real minus sign and separated thousands.

    >>> number(-0.034567), number(12345.6), number(0.5), number(3), number(float("nan"))
    ('−0.0346', '12,300', '0.500', '3', 'not known')
    """
    if not isfinite(value):
        return "not known" if isnan(value) else "∞" if value > 0 else "−∞"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}".replace("-", "−")
    if 1e-4 <= abs(value) < 1e6:
        digits = max(0, 2 - _exponent(value))
        rounded = round(value, 2 - _exponent(value))
        return f"{rounded:,.{digits}f}".replace("-", "−")
    return f"{value:.2e}".replace("-", "−")


def counted(n: int, noun: str, plural: str = "") -> str:
    """How many there are of something.

    >>> counted(1, "text"), counted(2400, "text"), counted(2, "category", "categories")
    ('1 text', '2,400 texts', '2 categories')
    """
    return f"{n:,} {noun if n == 1 else plural or f'{noun}s'}"


def ordinal(n: int) -> str:
    """A place in an order.

    >>> ordinal(2), ordinal(3), ordinal(11), ordinal(21)
    ('2nd', '3rd', '11th', '21st')
    """
    ending = {1: "st", 2: "nd", 3: "rd"}.get(n % 10 if n % 100 not in (11, 12, 13) else 0, "th")
    return f"{n}{ending}"


def percent(share: float) -> str:
    """A share, 0 to 1, in per cent: "34 %", "3.4 %", "0.34 %", and never 0 % for a little.

    >>> percent(0.3412), percent(0.0341), percent(0.00001), percent(0), percent(1)
    ('34 %', '3.4 %', '< 0.01 %', '0 %', '100 %')
    """
    value = 100 * share
    if 0 < value < 0.01:
        return "< 0.01 %"
    if 99.5 <= value < 100:
        return f"{min(value, 99.99):.2f} %"
    digits = 0 if value >= 9.95 or value == 0 else 1 if value >= 1 else 2
    return f"{value:.{digits}f} %"


def _exponent(value: float) -> int:
    """The power of ten of the first significant digit after rounding to three."""
    return int(f"{abs(value):.2e}".split("e")[1])
