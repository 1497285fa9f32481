from __future__ import annotations

import sys
import textwrap

import pytest

from segdash.charts import CHARTS
from segdash.clustering import METHODS
from segdash.errors import UnknownNameError
from segdash.registry import Registry
from segdash.views import VIEWS


@pytest.fixture
def room(tmp_path, monkeypatch):
    """An importable package with a registry and two modules that register in it."""
    package = tmp_path / "some_room"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from segdash.registry import Registry\nTHINGS = Registry('thing', __name__)\n", encoding="utf-8"
    )
    for name in ("zebra", "ant"):
        source = f"""
            from some_room import THINGS

            @THINGS.register("{name}")
            def {name}():
                return "{name} here"
            """
        (package / f"{name}.py").write_text(textwrap.dedent(source), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield package
    for name in [name for name in sys.modules if name.split(".")[0] == "some_room"]:
        del sys.modules[name]


def test_a_module_dropped_into_the_room_is_found_by_name(room):
    import some_room

    assert some_room.THINGS["zebra"]() == "zebra here"


def test_nothing_is_imported_before_the_first_look_up(room):
    import some_room

    assert "some_room.zebra" not in sys.modules
    assert len(some_room.THINGS) == 2
    assert "some_room.zebra" in sys.modules


def test_names_come_in_order(room):
    import some_room

    assert list(some_room.THINGS) == ["ant", "zebra"]


def test_an_unknown_name_names_the_nearest(room):
    import some_room

    with pytest.raises(UnknownNameError, match=r"No thing is named 'zebar'. Did you mean 'zebra'\? Known: ant, zebra."):
        some_room.THINGS["zebar"]


def test_membership_needs_no_exception(room):
    import some_room

    assert "ant" in some_room.THINGS
    assert "bee" not in some_room.THINGS


def test_a_name_given_twice_from_two_modules_is_an_error():
    things = Registry("thing", "nowhere")

    def other():
        return None

    other.__module__ = "elsewhere"
    things.register("a")(lambda: None)
    with pytest.raises(ValueError, match="Two things are named 'a'"):
        things.register("a")(other)


def test_a_module_that_is_imported_again_may_register_again():
    things = Registry("thing", "nowhere")
    things.register("a")(lambda: 1)
    things.register("a")(lambda: 2)
    assert things._things["a"]() == 2


@pytest.mark.parametrize(
    ("registry", "expected"),
    [
        (METHODS, {"given", "k_means", "single"}),
        (CHARTS, {"box_plot", "revenue_by_segment", "scatter", "segment_share"}),
        (VIEWS, {"BoxPlots", "CustomerTable", "Insights", "KeyMetrics", "ProfileTable", "Scatter", "SegmentRevenue"}),
    ],
    ids=["methods", "charts", "views"],
)
def test_the_rooms_hold_what_the_page_needs(registry, expected):
    assert expected <= set(registry)
