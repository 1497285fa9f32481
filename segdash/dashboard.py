"""Which views, where, in which template. The only room that knows a template."""

from __future__ import annotations

import secrets
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import panel as pn
import panel_material_ui as pmui
import param
from bokeh.models import CustomJS
from bokeh.util.warnings import BokehUserWarning
from panel.util import edit_readonly
from panel.viewable import Viewer

from segdash import views
from segdash.address import Address
from segdash.charts.theme import FONT, INK, MUTED, SURFACE
from segdash.errors import SegdashError, count
from segdash.intake.either import read_either
from segdash.intake.orders import Orders
from segdash.markup import escape
from segdash.preparation import Preparation
from segdash.processes import end_together
from segdash.state import Segmentation
from segdash.views.view import STYLE, html

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from bokeh.document import Document
    from panel.viewable import Viewable

THEME: dict[str, Any] = {
    "light": {
        "palette": {
            "primary": {"main": "#2456A6"},
            "background": {"default": "#F5F7F9", "paper": SURFACE},
            "text": {"primary": INK, "secondary": MUTED},
        },
        "typography": {"fontFamily": FONT, "fontSize": 14},
    },
    "dark": {
        "palette": {
            "primary": {"main": "#8FB4F5"},
            "background": {"default": "#0E1217", "paper": "#171C22"},
            "text": {"primary": "#E6EAF0", "secondary": "#A3ADB8"},
        },
        "typography": {"fontFamily": FONT, "fontSize": 14},
    },
}

SCRIPT = "".join(
    f"{{\n{Path(__file__).with_name(name).read_text(encoding='utf-8')}}}\n"
    for name in ("dashboard.js", "connection.js")
)

DRAWER = (
    "DataPanel",
    "SegmentationControls",
    "SegmentEditor",
    "SegmentationFile",
    "FilterControls",
    "AppearanceControls",
)
"""Views in the drawer, from the top."""

ROOMS = {
    "How many segments": ("SegmentStudy", "SegmentQuality"),
    "Rule studio": ("RuleStudio",),
    "Compare": ("Comparison",),
    "Explain": ("Explanation",),
    "Customer card": ("CustomerCard",),
    "More pictures": ("Pictures",),
}
"""Rooms below the page that are furnished when they are first opened: title -> views."""

SCRIPTS_LOAD = 150
"""Milliseconds after the session's making in which the server is idle and the browser is not."""

AWAY = 500
"""Milliseconds until it is looked again whether a browser that was away is back."""

PAGE_STYLE = """
.main { background: var(--panel-background-color); }
.header.MuiAppBar-root { background: var(--panel-surface-color); color: var(--panel-on-surface-color);
  box-shadow: none; background-image: none; border-bottom: 1px solid var(--divider-color); }
"""


class Dashboard(Viewer):
    """The page: header, drawer, and the views in the order people think.

    Parameters
    ----------
    state : Segmentation
        What is shown.

    Examples
    --------
    In an app: ``segdash.Dashboard(segdash.Segmentation(customers="RFM_Clustered.csv")).servable()``. A notebook takes
    the single views instead, such as ``segdash.views.Scatter(state)``: templates don't render there.
    """

    state: Segmentation = param.ClassSelector(  # type: ignore[assignment]
        class_=Segmentation, constant=True, doc="The choices and tables the page shows."
    )

    sample = param.Path(
        default=None, allow_None=True, check_exists=False, doc="Orders that a visitor without a file may try."
    )

    @classmethod
    def open(cls, source: str | os.PathLike[str], **params: Any) -> Dashboard:
        """A dashboard on a customer table or an order log; a file that can't be used gives an empty page that says why.

        Sessions of one server share its tables and its first segmentation: both are made once per version of the
        file.
        """
        try:
            state = _open_once(str(source), _version(source)).fork()
        except SegdashError as refused:
            state = Segmentation()
            state.problem = str(refused)
        return cls(state=state, **params)

    def __init__(self, state: Segmentation, **params: Any) -> None:
        super().__init__(state=state, **params)
        self.page: pmui.Page | None = None
        self.preparation = Preparation(state)
        self._room = pn.Column(
            css_classes=["segdash-grid"], stylesheets=[STYLE], sizing_mode="stretch_width", margin=0, min_width=1
        )
        self.preparation.param.watch(self._show_room, "under_way")
        self._below: list[Viewable] = []
        self._rest = pn.Column(
            css_classes=["segdash-waiting"],
            stylesheets=[STYLE],
            sizing_mode="stretch_width",
            margin=0,
            styles={"gap": "16px"},
        )

    def __panel__(self) -> pmui.Page:
        if self.page is None:
            self.page = self._assemble()
            # When the first screen is drawn; at once where no browser loads the page.
            pn.state.onload(self._fill)
        return self.page

    def servable(self, title: str | None = "Customer segments", **settings: Any) -> Dashboard:  # type: ignore[override]
        """Put the page into the served document, its choices in step with the browser's address."""
        # 2026-11: of a widget put on a page that stands, Bokeh 3.9's browser side sends the whole model with its first
        # event; the server knows it already, says so, and all is well.
        warnings.filterwarnings("ignore", "reference already known", BokehUserWarning)
        pn.extension("tabulator", "filedropper", notifications=False)
        page = self.__panel__()
        page.servable(title=title, **settings)
        if pn.state.curdoc is not None:
            end_together()
            self.state.work.later = _by_page_of(pn.state.curdoc)
            _mark(pn.state.curdoc)
            pn.state.on_session_destroyed(lambda _: self._end())
            # While the browser loads its scripts.
            pn.state.curdoc.add_timeout_callback(self._prepare, SCRIPTS_LOAD)
            pn.state.curdoc.js_on_event("document_ready", CustomJS(code=SCRIPT))
        if pn.state.location is not None:
            Address(self.state, pn.state.location).connect()
        return self

    def _end(self) -> None:
        """The session is over: let go of what would outlive it."""
        self.state.work.abandon()
        if self.page is not None:
            # 2026-11: panel-material-ui 0.16 has the page follow `pn.state.busy`, which every session shares and which
            # would hold the page for ever; another reference takes its place.
            with edit_readonly(self.page):
                self.page.busy = param.rx(False)

    def _assemble(self) -> pmui.Page:
        state = self.state
        drawer = pn.Column(sizing_mode="stretch_width", margin=0)
        page = pmui.Page(
            header=[self._header()],
            sidebar=[drawer],
            sidebar_open=False,
            sidebar_width=340,
            main=[self._main()],
            main_width=1424,
            busy_indicator="linear",
            dark_theme=state.dark,
            theme_config=THEME,
            stylesheets=[PAGE_STYLE],
            meta=pmui.template.base.Meta(
                name="segdash",
                title="Customer segments",
                description="Customer segments, their numbers and reasons",
            ),
        )

        def furnish(*_: Any) -> None:
            # Two dozen widgets that most visits never see: made when the drawer is first opened.
            if not drawer.objects:
                shared = {"DataPanel": {"preparation": self.preparation, "sample": self.sample}}
                drawer.objects = [getattr(views, name)(state, **shared.get(name, {})) for name in DRAWER]

        page.param.watch(furnish, "sidebar_open")
        page.param.watch(lambda event: state.param.update(dark=event.new), "dark_theme")
        state.param.watch(lambda event: page.param.update(dark_theme=event.new), "dark")
        return page

    def _header(self) -> Viewable:
        bar = html("")

        def write(*_: Any) -> None:
            intake = self.state.intake
            about = f'<span class="pill">{escape(intake["name"])}</span>' if intake["name"] else ""
            population = self.state.population
            everyone = population.size if population else len(self.state.customers)
            size = f'<span class="pill">{escape(count(everyone, "customer"))}</span>'
            bar.object = f'<div class="top"><h1>Customer segments</h1>{about}{size}</div>'

        self.state.param.watch(write, ["intake", "customers"])
        write()
        return bar

    def _main(self) -> Viewable:
        state = self.state
        selection = views.Selection(state)
        return pn.Column(
            views.Progress(state),
            views.Notices(state),
            self._room,
            views.KeyMetrics(state),
            _section("Overview"),
            _grid((views.SegmentShare(state), "span-5"), (views.SegmentRevenue(state), "span-7")),
            _section("Explore"),
            _grid((views.Scatter(state), "span-8"), (selection, "span-4")),
            self._rest,
            css_classes=["segdash-page"],
            stylesheets=[STYLE],
            sizing_mode="stretch_width",
            margin=16,
            # A card never makes the page wider than the screen; what is too wide scrolls inside its card.
            styles={"gap": "16px", "max-width": "calc(100vw - 32px)"},
        )

    def _show_room(self, *_: Any) -> None:
        """The data room, while orders are being prepared."""
        wanted = self.preparation.under_way
        if wanted != bool(self._room.objects):
            self._room.objects = [views.DataRoom(self.state, self.preparation)] if wanted else []
            if wanted and self.page is not None:
                self.page.sidebar_open = False  # on a phone it lies over what is to be looked at now

    def _prepare(self) -> list[Viewable]:
        """What stands below the first screen."""
        if not self._below:
            below: list[Any] = [
                views.ProfileTable(self.state),
                _section("Segments"),
                views.BoxPlots(self.state),
                _section("Insights"),
                views.Insights(self.state),
                _section("Customers"),
                views.CustomerTable(self.state),
                self._rooms(),
            ]
            self._below = [part.__panel__() if isinstance(part, Viewer) else part for part in below]
        return self._below

    def _rooms(self) -> Viewable:
        """Closed rooms: most visits never open them, and none waits for them."""
        # As wide as the page, not as the widest row of widgets in them.
        narrow: dict[str, Any] = {"css_classes": ["segdash-steps"], "stylesheets": [STYLE], "styles": {"gap": "16px"}}
        columns = [pn.Column(sizing_mode="stretch_width", margin=0, **narrow) for _ in ROOMS]
        rooms = pmui.Accordion(
            *zip(ROOMS, columns, strict=True),
            active=[],
            sizing_mode="stretch_width",
            margin=0,
            title_variant="h2",
            sx={"& .MuiAccordionSummary-content .MuiTypography-root": {"fontSize": "16px", "fontWeight": 650}},
        )

        made: dict[int, list[Any]] = {}

        def furnish(event: Any) -> None:
            for i in event.new:
                if i not in made:
                    made[i] = [getattr(views, name)(self.state) for name in list(ROOMS.values())[i]]
                    columns[i].objects = made[i]
            for i, inside in made.items():
                for view in inside:
                    if "awake" in view.param:  # in a closed room nobody sees what it works out
                        view.awake = i in event.new

        def show_rules(*_: Any) -> None:
            rooms.active = sorted({*rooms.active, list(ROOMS).index("Rule studio")})

        rooms.param.watch(furnish, "active")
        self.state.param.watch(show_rules, "sent_rules")
        return rooms

    def _fill(self) -> None:
        """Put it on the page, all at once: each message would have the browser lay out every chart again."""
        if not self._rest.objects:
            self._rest.objects = self._prepare()
            self._rest.css_classes = []


def _mark(doc: Document) -> None:
    """Tell this session from another that a server would make under its id: ``connection.js`` reads the last tag."""
    root = doc.roots[0]
    root.tags = [*root.tags, secrets.token_hex(8)]


def _by_page_of(doc: Document) -> Callable[[Callable[[], None]], None]:
    """Has a function called under the session's lock, all it changes in one message; not when the session has ended.

    While the browser is away it waits: what is told to nobody would be missing on a page that comes back.
    """

    def has_ended() -> bool:
        return doc.session_context is None or doc.session_context.destroyed

    def is_away() -> bool:
        session = getattr(doc.session_context, "session", None)
        return session is not None and session.connection_count == 0

    def later(function: Callable[[], None]) -> None:
        def call() -> None:
            if has_ended():
                return
            if is_away():
                doc.add_timeout_callback(call, AWAY)
                return
            # Each part that is put in place of another has Bokeh look through the whole page anew; once, after the
            # last of them, is enough.
            with pn.io.hold(doc), doc.models.freeze():
                function()

        if not has_ended():
            doc.add_next_tick_callback(call)

    return later


def _section(title: str) -> Viewable:
    return html(f"<h2>{escape(title)}</h2>")


def _grid(*cells: tuple[Any, str]) -> Viewable:
    """Cards on twelve columns, one below the other on narrow screens."""
    placed = []
    for view, span in cells:
        cell = view.__panel__()
        cell.css_classes = [*cell.css_classes, span]
        placed.append(cell)
    return pn.Column(
        *placed,
        css_classes=["segdash-grid"],
        stylesheets=[STYLE],
        sizing_mode="stretch_width",
        margin=0,
    )


@pn.cache(max_items=4)
def _open_once(path: str, version: tuple[int, int]) -> Segmentation:
    found = read_either(path)
    return Segmentation(orders=found) if isinstance(found, Orders) else Segmentation(found)


def _version(source: str | os.PathLike[str]) -> tuple[int, int]:
    """Changes when the file does; a missing file is left for the reader to name."""
    try:
        about = Path(source).stat()
    except OSError:
        return (0, 0)
    return (about.st_mtime_ns, about.st_size)
