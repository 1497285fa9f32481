"""Text to HTML. Every string that comes from data passes through `escape` before it becomes markup."""

from __future__ import annotations

import html


def escape(text: object) -> str:
    """Text as HTML that shows it and does nothing else, also inside an attribute's quotes.

    Examples
    --------
    >>> escape("<img src=x onerror=alert(1)>")
    '&lt;img src=x onerror=alert(1)&gt;'
    """
    return html.escape(str(text), quote=True)


def swatch(colour: str) -> str:
    """A small square of a segment's colour, hidden from screen readers."""
    return f'<span class="swatch" style="background:{escape(colour)}" aria-hidden="true"></span>'
