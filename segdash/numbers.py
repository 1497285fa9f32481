"""Numbers as people read them: thousands separators, shares, money, ordinals. Text only, no markup."""

from __future__ import annotations

import math

NOTHING = "–"
"""Written where there is no number."""


def number(value: float, decimals: int = 0) -> str:
    """A number with thousands separators.

    Examples
    --------
    >>> number(2852), number(1313.987, 2), number(float("nan"))
    ('2,852', '1,313.99', '–')
    """
    return NOTHING if not math.isfinite(value) else f"{value:,.{decimals}f}"


def short(value: float) -> str:
    """Three significant digits: 3.75 M, 651 k, 42.

    Examples
    --------
    >>> short(3_747_491.56), short(650_989.13), short(999_999.0), short(12.34), short(0)
    ('3.75 M', '651 k', '1 M', '12.3', '0')
    """
    if not math.isfinite(value):
        return NOTHING
    size = abs(float(f"{value:.3g}"))  # rounded first: 999,999 is 1 M, not 1,000 k
    factor, unit = next(((f, u) for f, u in ((1e9, " bn"), (1e6, " M"), (1e3, " k")) if size >= f), (1.0, ""))
    return f"{float(f'{value:.3g}') / factor:,.10g}{unit}"


def percent(share: float, decimals: int = 1) -> str:
    """A share of 1 as per cent; small ones are not rounded to nothing.

    Examples
    --------
    >>> percent(0.174), percent(0.0000004), percent(1)
    ('17.4 %', '< 0.1 %', '100.0 %')
    """
    if not math.isfinite(share):
        return NOTHING
    least = 10.0 ** (-decimals)
    if 0 < 100 * share < least / 2:
        return f"< {least:g} %"
    return f"{100 * share:.{decimals}f} %"


def money(value: float, currency: str = "", decimals: int = 2) -> str:
    """An amount with its currency: a symbol before, a code after; none when none is set.

    Examples
    --------
    >>> money(77183.6, "£"), money(77183.6, "GBP"), money(77183.6)
    ('£77,183.60', '77,183.60 GBP', '77,183.60')
    """
    return _with_currency(number(value, decimals), currency)


def short_money(value: float, currency: str = "") -> str:
    """`short` with its currency.

    Examples
    --------
    >>> short_money(2_182_166, "£")
    '£2.18 M'
    """
    return _with_currency(short(value), currency)


def _with_currency(text: str, currency: str) -> str:
    if not currency or text == NOTHING:
        return text
    if any(character.isalnum() for character in currency):
        return f"{text} {currency}"
    return f"-{currency}{text[1:]}" if text.startswith("-") else f"{currency}{text}"


def ordinal(n: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st.

    Examples
    --------
    >>> [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)]
    ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '102nd', '111th']
    """
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"
