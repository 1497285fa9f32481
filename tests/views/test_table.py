"""The table widget of the page."""

from __future__ import annotations

import pandas as pd
import pytest
from panel.models.tabulator import CellClickEvent

from segdash.views.table import Table


@pytest.mark.parametrize(("shown", "row", "seen"), [(1, 0, (1, 1)), (1, 1, (2, 2)), (2, 0, (0, 3))])
def test_a_click_in_a_sorted_table_is_of_the_row_that_is_seen(shown, row, seen):
    table = Table(value=pd.DataFrame({"orders": [3, 1, 2]}, index=[7, 8, 9]), pagination="remote", page_size=2)
    table.sorters = [{"field": "orders", "dir": "asc"}]
    table.page = shown
    clicked = []
    table.on_click(lambda event: clicked.append((event.row, event.value)))
    table._process_event(CellClickEvent(None, column="orders", row=row))
    assert clicked == [seen]
