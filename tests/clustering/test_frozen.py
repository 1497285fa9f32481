from __future__ import annotations

import pandas as pd
import pytest
import yaml

from segdash.clustering import fit
from segdash.errors import ClusteringError, SegdashError, UnknownNameError
from segdash.state import Segmentation

TABLE = pd.DataFrame(
    {
        "customer_id": list("abcdef"),
        "recency": [1, 2, 10, 12, 90, 99],
        "frequency": [9, 8, 3, 4, 1, 1],
        "monetary": [900.0, 850.0, 200.0, 180.0, 20.0, 10.0],
    }
)
RFM = ["recency", "frequency", "monetary"]


@pytest.fixture(scope="module")
def model():
    return fit("k_means", TABLE, features=RFM, n_clusters=3).model.to_dict()


def test_its_own_customers_are_where_they_were(model):
    run = fit("frozen", TABLE, model=model)
    assert run.labels.tolist() == list("001122")
    assert (run.method, run.features, run.fitted_on) == ("frozen", tuple(RFM), 0)


def test_a_model_that_was_frozen_can_be_frozen_again(model):
    again = fit("frozen", TABLE, model=yaml.safe_load(yaml.safe_dump(model))).model.to_dict()
    assert again == model


def test_centres_do_not_move_to_new_customers(model):
    # The best of these would be a segment of their own; among those that the model knows they are of the worst.
    strangers = TABLE.iloc[4:].assign(monetary=[25.0, 9.0])
    assert fit("frozen", strangers, model=model).labels.tolist() == ["2", "2"]


def test_a_model_of_rules_scores_by_its_thresholds():
    rules = fit("rfm_rules", TABLE, bins=3).model
    one = TABLE.iloc[[4]]
    assert fit("frozen", one, model=rules.to_dict()).labels.tolist() == rules.predict(one).tolist()


def test_without_a_model_there_is_nothing_to_score_by():
    with pytest.raises(ClusteringError, match="No saved model is loaded"):
        fit("frozen", TABLE)


@pytest.mark.parametrize("bad", [5, "k_means", [], {}, {"kind": "rules"}, {"version": 99}])
def test_what_is_no_model_is_refused(bad):
    with pytest.raises(SegdashError):
        fit("frozen", TABLE, model=bad)


def test_a_metric_that_is_missing_is_named(model):
    with pytest.raises(UnknownNameError, match="frequency"):
        fit("frozen", TABLE.drop(columns="frequency"), model=model)


def test_another_table_is_scored_by_the_same_model(model):
    state = Segmentation(TABLE, method="frozen", method_settings={"model": model})
    state.load(TABLE.iloc[4:].reset_index(drop=True))
    assert (state.method, state.customers["cluster"].tolist()) == ("frozen", ["2", "2"])


def test_a_table_that_the_model_cannot_score_is_segmented_anew():
    table = TABLE.assign(age=[30, 20, 50, 40, 20, 60])
    model = fit("k_means", table, features=["recency", "age"], n_clusters=2).model.to_dict()
    state = Segmentation(table, method="frozen", method_settings={"model": model}, n_segments=2)
    state.load(TABLE)
    assert state.method == "k_means"
    assert state.notices == ["The saved model needs 'age', which this table has not got: segments are made anew."]
