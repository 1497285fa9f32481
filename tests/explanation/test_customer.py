from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segdash.errors import ChoiceError, UnknownNameError
from segdash.explanation import beside_others, explain_customer

METRICS = ["recency", "frequency", "monetary"]


def by_rules(customers):
    """Loyal: ordered within 30 days and 5 times or more; Spender: 1,000 or more; else Others, Lost after 200 days."""
    loyal = (customers["recency"] <= 30) & (customers["frequency"] >= 5)
    lost = customers["recency"] > 200
    return np.select([loyal, customers["monetary"] >= 1000, lost], ["Loyal", "Spender", "Lost"], "Others")


@pytest.fixture
def customers():
    table = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c", "d", "e", "f"],
            "recency": [50, 5, 300, 40, 10, 1],
            "frequency": [4, 9, 1, 3, 2, 7],
            "monetary": [200.0, 800.0, 20.0, 1500.0, 90.55, 400.0],
        }
    )
    return table.assign(segment=by_rules(table))


def moved(customers, customer, values):
    row = customers[customers["customer_id"] == customer].assign(**values)
    return str(by_rules(row)[0])


def test_numbers_and_percentiles_by_hand(customers):
    found = explain_customer("a", customers, by_rules, METRICS)
    assert found.segment == "Others"
    frequency = found.numbers.set_index("metric").loc["frequency"]
    # 1 2 3 | 4 | 7 9; in Others: 2 | 4.
    assert frequency["base_percentile"] == pytest.approx(3.5 / 6)
    assert frequency["segment_percentile"] == pytest.approx(1.5 / 2)
    assert (frequency["base_median"], frequency["segment_median"]) == (3.5, 3.0)


def test_one_order_moves_her_within_so_many_days(customers):
    (order,) = [
        change for change in explain_customer("a", customers, by_rules, METRICS).changes if change.kind == "order"
    ]
    assert order.sentence == "One order of 50 within 30 days makes this customer Loyal."
    assert order.after == {"recency": 30, "frequency": 5, "monetary": 250}
    assert moved(customers, "a", order.after) == "Loyal"
    assert moved(customers, "a", order.after | {"recency": 31}) == "Others"


def test_as_many_orders_as_it_takes_and_no_fewer(customers):
    found = explain_customer("e", customers, by_rules, METRICS, currency="£")
    (order,) = [change for change in found.changes if change.kind == "order"]
    assert order.sentence == "3 more orders of £45.27 each make this customer Loyal."
    assert moved(customers, "e", order.after) == "Loyal"
    assert moved(customers, "e", order.after | {"frequency": 4}) == "Others"


def test_waiting_loses_her_after_so_many_days(customers):
    (wait,) = [
        change for change in explain_customer("a", customers, by_rules, METRICS).changes if change.kind == "wait"
    ]
    assert wait.sentence == "After 151 more days without an order this customer is Lost."
    assert wait.after == {"recency": 201}
    assert moved(customers, "a", {"recency": 200}) == "Others"


def test_a_metric_moves_her_at_its_own_grain_and_a_cent_less_does_not(customers):
    found = explain_customer("a", customers, by_rules, METRICS, currency="£")
    (spend,) = [change for change in found.changes if "monetary" in change.after and change.kind == "metric"]
    assert spend.after == {"monetary": 1000.0}
    assert spend.sentence == "With a spend of £1,000 instead of £200, this customer would be Spender."
    assert moved(customers, "a", {"monetary": 999.99}) == "Others"


def test_the_smallest_change_comes_first(customers):
    found = explain_customer("a", customers, by_rules, METRICS)
    sizes = [change.size for change in found.changes]
    assert sizes == sorted(sizes)
    assert found.change is found.changes[0]


def frozen(seed=0):
    """k-means on log1p, as a model that labels any table."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    random = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "customer_id": [f"n{i}" for i in range(300)],
            "recency": random.integers(1, 400, 300),
            "frequency": random.geometric(0.3, 300),
            "monetary": np.round(random.lognormal(5, 1, 300), 2),
        }
    )
    values = np.log1p(table[METRICS].to_numpy(dtype=float))
    mean, spread = values.mean(axis=0), values.std(axis=0)
    with threadpool_limits(limits=1):
        centres = KMeans(4, n_init=5, random_state=0).fit((values - mean) / spread).cluster_centers_

    def distances(customers):
        scaled = (np.log1p(customers[METRICS].to_numpy(dtype=float)) - mean) / spread
        return np.linalg.norm(scaled[:, None] - centres, axis=2)

    def predict(customers):
        return np.array(["A", "B", "C", "D"])[distances(customers).argmin(axis=1)]

    return table.assign(segment=predict(table)), predict, distances


@pytest.mark.parametrize("customer", ["n0", "n7", "n42", "n123"])
def test_every_change_moves_a_customer_of_k_means_and_a_step_less_does_not(customer):
    table, predict, _ = frozen()
    found = explain_customer(customer, table, predict, METRICS)
    row = table[table["customer_id"] == customer]
    assert found.changes
    for change in found.changes:
        assert predict(row.assign(**change.after))[0] == change.to != found.segment
        name = "recency" if change.kind in ("wait", "order") else next(iter(change.after))
        step = 0.01 if name == "monetary" else 1
        if change.kind == "order" and change.after["recency"] == row["recency"].iloc[0]:
            # Any day does, so one order less is what must not.
            each = row["monetary"].iloc[0] / row["frequency"].iloc[0]
            fewer = {"frequency": change.after["frequency"] - 1, "monetary": change.after["monetary"] - each}
            assert predict(row.assign(recency=table["recency"].min(), **fewer))[0] == found.segment
            continue
        toward = -step if change.kind != "order" and change.after[name] > row[name].iloc[0] else step
        less = {**change.after, name: round(change.after[name] + toward, 2)}
        assert predict(row.assign(**less))[0] != change.to


def test_the_runner_up_is_the_nearest_other_segment():
    table, predict, distances = frozen()
    away = pd.DataFrame(distances(table), columns=list("ABCD"))
    found = explain_customer("n3", table, predict, METRICS, distances=away)
    order = away.iloc[3].sort_values().index.tolist()
    assert (found.segment, found.runner_up) == (order[0], order[1])
    assert found.sentences[0] == f"Customer n3 is in {order[0]}; {order[1]} is next."


def test_without_distances_the_runner_up_is_where_the_smallest_change_leads(customers):
    found = explain_customer("a", customers, by_rules, METRICS)
    assert found.runner_up == found.change.to


def test_sentences_read_well(customers):
    said = explain_customer("b", customers, by_rules, METRICS, currency="£").sentences
    assert said[0].startswith("Customer b is in Loyal; ")
    assert said[1] == "Recency 5 days: 25th percentile of all; median 3 days in Loyal, 25 days of all."
    assert said[3].startswith("Spend £800.00: ") or said[3].startswith("Spend £800: ")


def test_who_can_not_be_moved_is_told_so(customers):
    alone = customers.assign(segment="All")
    found = explain_customer("a", alone, lambda rows: np.full(len(rows), "All"), METRICS)
    assert found.change is None
    assert found.runner_up is None
    assert found.sentences[-1] == "No change of a single metric and no order was found that moves this customer."


def test_a_metric_of_any_number_is_narrowed_down():
    table = pd.DataFrame({"customer_id": ["a", "b"], "score": [0.1, np.pi], "segment": ["low", "high"]})

    def predict(rows):
        return np.where(rows["score"] > 2.718281828, "high", "low")

    (change,) = explain_customer("a", table, predict, ["score"]).changes
    assert change.after["score"] == pytest.approx(2.718281828, abs=1e-6)
    assert predict(pd.DataFrame({"score": [change.after["score"]]}))[0] == "high"


def test_tenure_ages_with_waiting(customers):
    table = customers.assign(tenure=[100] * 6)
    (wait,) = [c for c in explain_customer("a", table, by_rules, METRICS).changes if c.kind == "wait"]
    assert wait.after == {"recency": 201, "tenure": 251}


def test_refusals_name_the_fault(customers):
    with pytest.raises(UnknownNameError, match="No customer is named 'z'"):
        explain_customer("z", customers, by_rules, METRICS)
    with pytest.raises(UnknownNameError, match="Did you mean 'recency'"):
        explain_customer("a", customers, by_rules, ["recncy"])
    with pytest.raises(ChoiceError, match="is in 'X' by the table and in 'Others' by the model"):
        explain_customer("a", customers.assign(segment="X"), by_rules, METRICS)
    with pytest.raises(ChoiceError, match="Customer 'a' has no number for 'monetary'"):
        explain_customer("a", customers.assign(monetary=np.nan), by_rules, METRICS)


def test_numbers_that_are_missing_stay_missing(customers):
    table = customers.assign(gap=[np.nan, 4.0, np.nan, 6.0, np.nan, 8.0])
    own, other = (beside_others(at, table, "Others", ["gap"]).iloc[0] for at in (0, 3))
    assert np.isnan([own["value"], own["base_percentile"], own["segment_percentile"]]).all()
    assert own["base_median"] == 6.0
    # d is a Spender: of 4 6 8, one is below and she is one; nobody among the Others has a gap.
    assert (other["value"], other["base_percentile"]) == (6.0, 0.5)
    assert np.isnan(other["segment_median"])
    assert np.isnan(other["segment_percentile"])
