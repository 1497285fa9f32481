from __future__ import annotations

from segdash.intake.headings import assign_roles

RFM = ["CustomerID", "Recency", "Frequency", "Monetary"]


def test_headings_in_any_spelling():
    roles = assign_roles(["Monetary Value", "cust-id", " FREQUENCY", "recency_days", "cluster.id"])
    assert roles.place == {"customer_id": 1, "recency": 3, "frequency": 2, "monetary": 0, "cluster": 4}
    assert roles.faults == ()


def test_the_first_alias_wins_and_the_other_is_a_further_column():
    roles = assign_roles(["id", *RFM, "Customer"])
    assert roles.place["customer_id"] == 1
    assert roles.further == {0: "id", 5: "Customer"}


def test_two_headings_for_one_column_and_double_headings_are_faults():
    faults = assign_roles([*RFM, "customer_id", "Age", "Age"]).faults
    assert faults == (
        "Heading 'Age' stands over columns 6 and 7. Give each column its own.",
        "Headings 'CustomerID' (column 1) and 'customer_id' (column 5) both mean customer_id. "
        'Rename one, or choose: columns={"customer_id": "CustomerID"}.',
    )


def test_a_missing_column_names_the_nearest_heading_and_the_mend():
    faults = assign_roles(["CustomerID", "Recency", "Frequency", "Monetery"]).faults
    assert faults == (
        "No heading is monetary (total spend). The nearest is 'Monetery'; "
        'to take it: columns={"monetary": "Monetery"}.',
    )
    faults = assign_roles(["CustomerID", "Recency", "Frequency", "Country"]).faults
    assert faults[0].endswith('columns={"monetary": "..."}. Headings to choose from: \'Country\'.')


def test_a_table_without_headings():
    faults = assign_roles(["760", "25", "2009-11-06"]).faults
    assert faults == ("The first line, '760, 25, 2009-11-06', seems to be a row. Put headings above it.",)


def test_columns_overrides_by_heading_or_its_fold():
    roles = assign_roles([*RFM, "Revenue"], {"monetary": "revenue"})
    assert roles.place["monetary"] == 4
    assert roles.further == {3: "Monetary (column 4)"}
    assert roles.notes == ("Column 'Monetary' is called 'Monetary (column 4)', because its name is taken.",)


def test_columns_that_contradict_the_table_are_all_named():
    faults = assign_roles(RFM, {"monetary": "Revenu", "foo": "Age", "recency": None, "frequency": "CustomerID"}).faults
    assert faults[0].startswith("columns= takes 'monetary' from 'Revenu', but there is no such heading.")
    assert faults[1].startswith("columns= names 'foo', no column of a customer table.")
    assert faults[2].startswith("columns= leaves 'recency' out")
    assert faults[3].startswith("No heading is customer_id.")
    both = assign_roles(RFM, {"monetary": "Monetary", "frequency": "Monetary"}).faults
    assert both[0].startswith("columns= takes both 'monetary' and 'frequency' from 'Monetary'.")


def test_none_leaves_a_cluster_out():
    roles = assign_roles([*RFM, "Cluster", "Segment"], {"cluster": None})
    assert "cluster" not in roles.place
    assert roles.further == {}
    assert roles.notes == ("Column 'Cluster' is left out, as asked.",)


def test_a_further_column_never_takes_a_canonical_name():
    roles = assign_roles([*RFM, "Segment", "Group"], {"cluster": "Group", "segment": "CustomerID"})
    assert roles.faults
    roles = assign_roles([*RFM, "Cluster", "Group"], {"cluster": "Group"})
    assert roles.further == {4: "Cluster (column 5)"}
