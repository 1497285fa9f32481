from __future__ import annotations

import copy
import json

import numpy as np
import pandas as pd
import pytest

from segdash.clustering import fit
from segdash.clustering.geometry import Centroids, Exemplars, Mixture
from segdash.clustering.model import MOST_BYTES, Model
from segdash.errors import ClusteringError, SegdashError, SourceError, UnknownNameError

FEATURES = ["recency", "monetary"]
DENSE = [1.0, 1.1, 1.2, 1.3, 1.4, 1.5]
FAR = [90 * one for one in DENSE]
TABLE = pd.DataFrame({"recency": [*DENSE, *FAR], "monetary": [*FAR[::-1], *DENSE]})
KINDS = {"k_means": "centroids", "gaussian_mixture": "mixture", "hdbscan": "exemplars"}


@pytest.fixture(scope="module")
def models():
    made = {}
    for name, kind in KINDS.items():
        # Ranks are evenly spread: nowhere denser than elsewhere.
        transform = "rank" if kind == "centroids" else "log1p"
        made[kind] = fit(name, TABLE, features=FEATURES, n_clusters=2, starts=1, transform=transform).model
    return made


def changed(plain, path, value):
    """A copy with the entry at ``path`` put to ``value``, or without it where that is KeyError."""
    plain = copy.deepcopy(plain)
    *way, last = path
    at = plain
    for key in way:
        at = at[key]
    if value is KeyError:
        del at[last]
    else:
        at[last] = value
    return plain


NOT_THE_MODEL = [
    (("version",), 2, "A model of version '2' can't be read: this is version 1."),
    (("version",), KeyError, "Entry 'version' is missing in the model."),
    (("labels",), KeyError, "Entry 'labels' is missing in the model."),
    (("extra",), 1, "Unknown entry 'extra' in the model."),
    (("method",), 7, "'method' must be a text of 1 to 200 characters, not '7'."),
    (("kind",), "neural", "No kind of model is named 'neural'."),
    (("kind",), ["centroids"], "No kind of model is named"),
    (("kind",), "mixture", "Unknown entry 'centroids' in the model's geometry."),
    (("labels",), ["0", "0"], "'labels' name '0' twice."),
    (("labels",), ["0", "Unassigned"], "No segment can have the label 'Unassigned'."),
    (("labels",), "01", "'labels' must be a list of texts, not '01'."),
    (("labels",), ["0"], "'centroids' must be lists of 1 x 2 numbers."),
    (("space", "transform"), "cube", "No transform is named 'cube'."),
    (("space", "transform"), "log1p", "Unknown entry 'values' in 'curve' of the axis 'recency'."),
    (("space", "axes"), [], "The feature space has no axes"),
    (("space", "axes", 0, "feature"), "monetary", "The feature space has metric 'monetary' twice."),
    (("space", "axes", 0, "feature"), "", "'feature' of an axis must be a text"),
    (("space", "axes", 0, "scale"), 0, "'scale' of the axis 'recency' must be more than 0, not '0'."),
    (
        ("space", "axes", 0, "centre"),
        float("nan"),
        "'centre' of the axis 'recency' must be a finite number, not 'nan'.",
    ),
    (("space", "axes", 0, "centre"), True, "'centre' of the axis 'recency' must be a finite number, not 'True'."),
    (("space", "axes", 0, "weight"), -1, "'weight' of the axis 'recency' must be more than 0, not '-1'."),
    (("space", "axes", 0, "limits"), [1], "'limits' of the axis 'recency' must be two numbers."),
    (("space", "axes", 0, "limits"), [2, 1], "The upper limit of the axis 'recency' must be 2 or more, not '1'."),
    (("space", "axes", 0, "curve", "values", 0), 1e6, "'values' of 'curve' of the axis 'recency' must increase"),
    (("space", "axes", 0, "curve", "shares"), [0.5], "'shares' of 'curve' of the axis 'recency' must be lists of 12"),
    (("geometry", "centroids", 0), [1.0], "'centroids' must be lists of 2 numbers."),
    (("geometry", "centroids", 0, 0), float("inf"), "Each number of 'centroids' must be a finite number, not 'inf'."),
    (("geometry", "centroids", 0, 0), "1", "Each number of 'centroids' must be a finite number, not '1'."),
    (("geometry", "centroids", 0, 0), 10**400, "Each number of 'centroids' must be a finite number, not '1"),
]


@pytest.mark.parametrize(("path", "value", "said"), NOT_THE_MODEL, ids=[str(i) for i in range(len(NOT_THE_MODEL))])
def test_a_model_that_was_tampered_with_is_refused_with_a_sentence(models, path, value, said):
    with pytest.raises(SegdashError) as refused:
        Model.from_dict(changed(models["centroids"].to_dict(), path, value))
    assert str(refused.value).startswith(said)
    assert isinstance(refused.value, ClusteringError | UnknownNameError)


@pytest.mark.parametrize(
    ("kind", "path", "value", "said"),
    [
        ("mixture", ("shares",), [0.5, 0.4], "'shares' must each be above 0 and add up to 1."),
        ("mixture", ("shares",), [1.0, 0.0], "'shares' must each be above 0 and add up to 1."),
        ("mixture", ("means",), [[1, 2]], "'means' must be lists of 2 x 2 numbers."),
        ("mixture", ("covariances", 0), [[1, 2], [0, 1]], "'covariances' must be symmetric."),
        ("mixture", ("covariances", 0), [[1, 2], [2, 1]], "'covariances' must be positive definite."),
        ("exemplars", ("segments",), [], "'segments' of the model must be a list of 2."),
        ("exemplars", ("segments", 0, "reach"), -0.5, "'reach' must be 0 or more, not '-0.5'."),
        ("exemplars", ("segments", 0, "exemplars"), [], "'exemplars' must be lists of n x 2 numbers."),
        ("exemplars", ("segments", 0, "exemplars"), [[1, 2, 3]], "'exemplars' must be lists of 2 numbers."),
    ],
)
def test_the_geometry_of_other_kinds_is_checked_too(models, kind, path, value, said):
    with pytest.raises(ClusteringError) as refused:
        Model.from_dict(changed(models[kind].to_dict(), ("geometry", *path), value))
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize("plain", [None, [], "model", 3])
def test_what_is_no_mapping_is_refused(plain):
    with pytest.raises(ClusteringError, match="The model must be a mapping with version, method, kind"):
        Model.from_dict(plain)


def test_the_models_are_of_the_kinds_tested(models):
    assert {kind: model.kind for kind, model in models.items()} == {kind: kind for kind in models}
    assert models["centroids"].features == ("recency", "monetary")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "model.json is no valid JSON"),
        (b'{"version": NaN}', "model.json is no valid JSON: NaN is no number"),
        (b'{"version": 1, "version": 1}', "model.json is no valid JSON: entry 'version' occurs twice"),
        (b"[" * 100_000, "model.json is no valid JSON"),
        (b"\xff\xfe\x00", "model.json can't be read"),
        (b" " * (MOST_BYTES + 1), "model.json is larger than 5 MB"),
    ],
)
def test_a_file_that_is_no_model_is_refused(tmp_path, content, said):
    (tmp_path / "model.json").write_bytes(content)
    with pytest.raises(SourceError) as refused:
        Model.load(tmp_path / "model.json")
    assert str(refused.value).startswith(said)


def test_a_file_with_another_content_is_named(tmp_path):
    (tmp_path / "model.json").write_text(json.dumps({"version": 9}))
    with pytest.raises(ClusteringError, match=r"model.json is no model that can be used. A model of version '9'"):
        Model.load(tmp_path / "model.json")


def test_a_place_that_is_none_is_named(models, tmp_path):
    with pytest.raises(SourceError, match=r"model\.json can't be read"):
        Model.load(tmp_path / "model.json")
    with pytest.raises(SourceError, match=r"model\.json can't be written"):
        models["centroids"].save(tmp_path / "nowhere" / "model.json")


def test_a_table_without_a_metric_of_the_model_is_refused(models):
    with pytest.raises(UnknownNameError, match="This table has no metric 'monetary' to cluster on"):
        models["centroids"].predict(TABLE[["recency"]])


def test_distances_to_centroids_are_euclidean():
    geometry = Centroids(np.array([[0.0, 0.0], [6.0, 8.0]]))
    assert geometry.distances(np.array([[3.0, 4.0], [6.0, 0.0]])).tolist() == [[5.0, 5.0], [6.0, 8.0]]
    assert geometry.owners(np.array([[3.0, 4.0]])).tolist() == [0]  # of equally near ones the first


def test_distances_of_a_mixture_are_minus_the_log_of_share_times_density():
    from scipy.stats import multivariate_normal

    covariances = np.array([[[2.0, 0.5], [0.5, 1.0]], [[0.3, 0.0], [0.0, 0.1]]])
    geometry = Mixture(np.array([0.7, 0.3]), np.array([[0.0, 0.0], [1.0, 1.0]]), covariances)
    points = np.array([[0.0, 0.0], [1.0, 1.2], [-3.0, 2.0]])
    expected = np.stack(
        [
            -np.log(s) - multivariate_normal(m, c).logpdf(points)
            for s, m, c in zip(geometry.shares, geometry.means, covariances, strict=True)
        ],
        axis=1,
    )
    assert geometry.distances(points) == pytest.approx(expected)


def test_a_point_beyond_the_reach_of_the_nearest_exemplar_has_no_segment():
    geometry = Exemplars((np.array([[0.0], [1.0]]), np.array([[10.0]])), np.array([0.5, 3.0]))
    assert geometry.owners(np.array([[0.4], [1.5], [1.6], [7.5], [13.1]])).tolist() == [0, 0, -1, 1, -1]
    assert geometry.distances(np.array([[4.0]])).tolist() == [[3.0, 6.0]]


def test_customers_measured_in_blocks_are_what_few_are():
    geometry = Centroids(np.array([[0.1, 0.2], [0.7, 0.3]]))
    points = np.random.default_rng(0).random((40_000, 2))
    whole = geometry.distances(points)
    assert (whole[16_380:16_390] == geometry.distances(points[16_380:16_390])).all()
