from __future__ import annotations

import numpy as np
import pytest

from segdash.clustering.settings import KINDS, N_CLUSTERS, SEED, STANDARDISE, TRANSFORM, WEIGHTS, WINSORISE
from segdash.errors import ClusteringError, UnknownNameError

ALL = (N_CLUSTERS, SEED, STANDARDISE, TRANSFORM, WEIGHTS, WINSORISE)


@pytest.mark.parametrize("setting", ALL, ids=lambda setting: setting.name)
def test_every_setting_is_of_a_known_kind_and_takes_its_default(setting):
    assert setting.kind in KINDS
    assert setting.check(setting.default) == setting.default


@pytest.mark.parametrize(
    ("setting", "value", "plain"),
    [
        (N_CLUSTERS, np.int64(7), 7),
        (WINSORISE, np.float32(0.25), 0.25),
        (WINSORISE, 0, 0.0),
        (STANDARDISE, np.bool_(False), False),
        (TRANSFORM, "rank", "rank"),
        (WEIGHTS, None, {}),
        (WEIGHTS, {"recency": np.int64(2)}, {"recency": 2.0}),
    ],
)
def test_a_value_becomes_plain_python(setting, value, plain):
    checked = setting.check(value)
    assert (checked, type(checked)) == (plain, type(plain))


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        (N_CLUSTERS, 1, "Setting 'n_clusters' must be a whole number, 2 to 50, not '1'."),
        (N_CLUSTERS, 2.5, "Setting 'n_clusters' must be a whole number, 2 to 50, not '2.5'."),
        (N_CLUSTERS, "3", "Setting 'n_clusters' must be a whole number, 2 to 50, not '3'."),
        (N_CLUSTERS, True, "Setting 'n_clusters' must be a whole number, 2 to 50, not 'True'."),
        (N_CLUSTERS, np.array([3, 4]), "Setting 'n_clusters' must be a whole number, 2 to 50, not '[3 4]'."),
        (STANDARDISE, 1, "Setting 'standardise' must be True or False, not '1'."),
        (WINSORISE, float("nan"), "Setting 'winsorise' must be a number, 0 to 0.25, not 'nan'."),
        (
            WEIGHTS,
            [1, 2],
            "Setting 'weights' must be a mapping of metric to weight, such as {'monetary': 2}, not '[1, 2]'.",
        ),
        (WEIGHTS, {"recency": -1}, "The weight of 'recency' must be a number, 0 to 100, not '-1'."),
    ],
)
def test_another_kind_of_value_is_refused_with_a_sentence(setting, value, said):
    with pytest.raises(ClusteringError) as refused:
        setting.check(value)
    assert str(refused.value) == said


@pytest.mark.parametrize("value", ["log", None, 3, ["log1p"]])
def test_an_option_that_is_none_is_named_with_the_nearest(value):
    with pytest.raises(UnknownNameError, match="No transform is named"):
        TRANSFORM.check(value)
