"""A widget bound to one choice of the state, with the param's label and its doc as tooltip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import param

if TYPE_CHECKING:
    from panel.widgets import Widget

    from segdash.views.view import View

SWITCH = ".MuiTypography-root { font-size: 14px !important; }"
"""Stylesheet of a switch: its label in the size of the text around it."""


def control(view: View, name: str, widget_type: type[Widget], **settings: Any) -> Any:
    """A widget that shows a choice, changes it, and goes back when the change is refused.

    Parameters
    ----------
    view : View
        Whose state is changed.
    name : str
        Param of the state.
    widget_type : type
        A Panel widget class with a ``value``.
    **settings
        Further params of the widget.

    Returns
    -------
    panel.widgets.Widget
    """
    state, choice = view.state, view.state.param[name]
    if hasattr(choice, "objects"):
        settings["options"] = _options(choice)
    if isinstance(widget_type.param["size"], param.Selector):
        settings = {"size": "small", **settings}
    widget: Any = widget_type(
        **{
            "label": choice.label,
            "description": choice.doc,
            "value": getattr(state, name),
            "margin": 0,
            **settings,
        }
    )

    def chosen(event: Any) -> None:
        if event.new != getattr(state, name) and not view.change(**{name: event.new}):
            widget.value = getattr(state, name)

    def changed(*_events: Any) -> None:
        if hasattr(choice, "objects") and widget.options != _options(choice):
            widget.param.update(options=_options(choice), value=getattr(state, name))
        elif widget.value != getattr(state, name):
            widget.value = getattr(state, name)

    widget.param.watch(chosen, "value")
    # What was refused beside the page is known by its problem alone.
    state.param.watch(changed, [name, "features", "problem"])
    return widget


def _options(choice: Any) -> dict[str, Any]:
    return dict(choice.get_range())
