"""Rounds shares so that they add up to their total again."""

from decimal import ROUND_FLOOR, Decimal


def split(total, weights, cents=2):
    """The total in parts that are proportional to the weights, rounded, and exactly the total together."""
    unit = Decimal(1).scaleb(-cents)
    whole = sum(weights)
    exact = [Decimal(str(total)) * weight / whole for weight in weights]
    parts = [share.quantize(unit, rounding=ROUND_FLOOR) for share in exact]
    left = int((Decimal(str(total)) - sum(parts)) / unit)
    by_rest = sorted(range(len(parts)), key=lambda index: exact[index] - parts[index], reverse=True)
    for index in by_rest[:left]:
        parts[index] += unit
    return parts
