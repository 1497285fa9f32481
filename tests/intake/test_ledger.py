from __future__ import annotations

import copy
import json
import pickle

import pandas as pd

from segdash.intake.customers import read_customers
from segdash.intake.ledger import Intake, intake_of

FRAME = pd.DataFrame(
    {
        "customer_id": ["1", "2"],
        "recency": [1, -2],
        "frequency": [1, 1],
        "monetary": [2.0, 3.0],
        "age": [1, 2],
    }
)


def test_the_ledger_survives_what_pandas_does_to_frames():
    customers = read_customers(FRAME)
    intake = customers.attrs["intake"]
    assert intake_of(customers) is intake
    assert intake_of(customers[customers["recency"] > 0].copy()) is intake
    assert copy.deepcopy(intake) is copy.copy(intake) is intake
    assert json.loads(json.dumps(intake)) == intake
    again = pickle.loads(pickle.dumps(intake))
    assert again == intake
    assert again.set_aside.equals(intake.set_aside)


def test_the_ledger_goes_through_parquet_without_its_rows(tmp_path):
    customers = read_customers(FRAME)
    customers.to_parquet(tmp_path / "customers.parquet")
    back = pd.read_parquet(tmp_path / "customers.parquet")
    pd.testing.assert_frame_equal(back, customers)
    assert intake_of(back) == customers.attrs["intake"]
    assert isinstance(intake_of(back), Intake)
    assert intake_of(back).set_aside.empty


def test_a_frame_without_a_ledger_gets_a_plain_one():
    frame = FRAME.assign(city="Oslo", member=True, cluster="1", segment="A")
    intake = intake_of(frame)
    assert (intake["rows"], intake["kept"]) == (2, 2)
    assert intake["metrics"] == ["age"]
    assert intake["attributes"] == ["city", "member"]
    assert list(intake["columns"]) == [
        "customer_id",
        "recency",
        "frequency",
        "monetary",
        "cluster",
        "segment",
    ]
