from __future__ import annotations

import pandas as pd
import pytest
import yaml

from segdash.configuration import TABLE_COLUMNS, apply_overrides, check_overrides, read_overrides
from segdash.errors import SegdashError, SegmentsError, SourceError
from segdash.labelling.naming import SegmentName
from segdash.palette import colours_for


def named(*pairs):
    """Segments as (cluster, name), best to worst."""
    return [
        SegmentName(
            cluster, name, f"reason of {name}", (f"warning of {name}",), "who", f"advice for {name}", "impact", 0.5
        )
        for cluster, name in pairs
    ]


FOUR = named(("1", "Champions"), ("2", "Loyal"), ("0", "Low Value"), ("3", "At-Risk"))


def order(overrides, segments=FOUR):
    return apply_overrides(segments, overrides)["automatic"].tolist()


# ---------------------------------------------------------------------- applying


def test_without_overrides_all_is_automatic():
    table = apply_overrides(FOUR, {})
    assert table.columns.tolist() == list(TABLE_COLUMNS)
    assert table["segment"].tolist() == ["Champions", "Loyal", "Low Value", "At-Risk"]
    assert table["cluster"].tolist() == ["1", "2", "0", "3"]
    assert table["color"].tolist() == list(colours_for(table["segment"].tolist()).values())
    assert table["strategy"].tolist()[0] == "advice for Champions"
    assert table["reason"].tolist()[3] == "reason of At-Risk"
    assert table["warnings"].tolist()[3] == ("warning of At-Risk",)


def test_no_segments_give_an_empty_table():
    assert apply_overrides([], {"Loyal": {"name": "Regulars"}}).columns.tolist() == list(TABLE_COLUMNS)
    assert len(apply_overrides([], {})) == 0


@pytest.mark.parametrize("key", ["Loyal", "2", 2], ids=["by name", "by cluster", "by cluster as a number"])
def test_a_segment_is_given_by_its_automatic_name_or_its_cluster(key):
    table = apply_overrides(FOUR, {key: {"name": "Regulars", "color": "teal", "advice": "Thank them"}})
    one = table.set_index("automatic").loc["Loyal"]
    assert (one["segment"], one["color"], one["strategy"]) == ("Regulars", "#008080", "Thank them")
    assert table["segment"].tolist() == ["Champions", "Regulars", "Low Value", "At-Risk"]


def test_the_automatic_name_goes_before_the_cluster():
    table = apply_overrides(FOUR, {"2": {"name": "By cluster"}, "Loyal": {"name": "By name"}})
    assert table["segment"].tolist()[1] == "By name"


def test_a_setting_for_a_segment_that_is_not_there_waits():
    overrides = {"Lost": {"name": "Gone", "order": 1}}
    assert apply_overrides(FOUR, overrides)["segment"].tolist() == ["Champions", "Loyal", "Low Value", "At-Risk"]
    assert "Gone" in apply_overrides(named(("0", "Loyal"), ("1", "Lost")), overrides)["segment"].tolist()


def test_blanks_around_a_name_are_cut():
    assert apply_overrides(FOUR, {"Loyal": {"name": "  Regulars "}})["segment"].tolist()[1] == "Regulars"


def test_a_renamed_segment_keeps_its_colour():
    before = apply_overrides(FOUR, {}).set_index("automatic")["color"]
    after = apply_overrides(FOUR, {"Loyal": {"name": "Regulars"}}).set_index("automatic")["color"]
    assert after.to_dict() == before.to_dict()


@pytest.mark.parametrize("place", [1, 2, 3, 4])
@pytest.mark.parametrize("name", ["Champions", "Loyal", "Low Value", "At-Risk"])
def test_a_segment_is_put_at_the_place_it_is_ordered_to(name, place):
    others = [one.name for one in FOUR if one.name != name]
    assert order({name: {"order": place}}) == [*others[: place - 1], name, *others[place - 1 :]]


def test_an_order_for_every_segment_is_that_order():
    wanted = ["Low Value", "At-Risk", "Champions", "Loyal"]
    assert order({name: {"order": i} for i, name in enumerate(wanted, 1)}) == wanted


def test_an_order_beyond_the_last_place_is_the_last():
    assert order({"Champions": {"order": 99}})[-1] == "Champions"
    assert order({"At-Risk": {"order": -5}})[0] == "At-Risk"


# ---------------------------------------------------------------------- contradictions


def test_two_new_names_alike_are_refused_without_regard_to_case():
    with pytest.raises(SegmentsError, match=r"Segments 'Loyal' and 'Lost' would both be named 'vip ?'"):
        check_overrides({"Loyal": {"name": "VIP"}, "Lost": {"name": "vip "}})


def test_a_new_name_that_another_segment_has_is_refused():
    with pytest.raises(SegmentsError, match="would both be named"):
        apply_overrides(FOUR, {"Loyal": {"name": "Champions"}})


def test_two_segments_may_swap_names():
    overrides = {"Loyal": {"name": "Champions"}, "Champions": {"name": "Loyal"}}
    check_overrides(overrides)
    assert apply_overrides(FOUR, overrides)["segment"].tolist()[:2] == ["Loyal", "Champions"]


@pytest.mark.parametrize("other", ["#008080", "teal", "TEAL", "#008081"])
def test_the_same_or_nearly_the_same_colour_twice_is_refused(other):
    with pytest.raises(SegmentsError, match=r"'Loyal' and 'Lost' have (nearly )?the same colour"):
        check_overrides({"Loyal": {"color": "#008080"}, "Lost": {"color": other}})


def test_colours_that_can_be_told_apart_are_taken():
    check_overrides({"Loyal": {"color": "teal"}, "Lost": {"color": "#B00"}})


def test_the_colour_of_a_name_that_has_one_of_its_own_is_refused():
    taken = apply_overrides(FOUR, {}).set_index("automatic")["color"]["Champions"]
    with pytest.raises(SegmentsError, match="Segments 'Champions' and 'Loyal' have the same colour"):
        apply_overrides(FOUR, {"Loyal": {"color": taken}})


def test_a_name_without_a_colour_of_its_own_gives_way():
    segments = named(("0", "Gold"), ("1", "Silver"), ("2", "Bronze"))
    taken = apply_overrides(segments, {}).set_index("automatic")["color"]["Gold"]
    colours = apply_overrides(segments, {"Silver": {"color": taken}}).set_index("automatic")["color"]
    assert colours["Silver"] == taken
    assert len(set(colours)) == 3


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ({"Loyal": {"colour": "teal"}}, "unknown setting 'colour'. Did you mean 'color'?"),
        ({"Loyal": {"nme": "A"}}, "unknown setting 'nme'. Did you mean 'name'?"),
        ({"Loyal": {7: "A"}}, "unknown setting '7'"),
        ({"Loyal": {"order": "first"}}, "Setting 'order' of segment 'Loyal' must be a whole number, not 'first'"),
        ({"Loyal": {"order": 1.5}}, "must be a whole number, not '1.5'"),
        ({"Loyal": {"order": True}}, "must be a whole number, not 'True'"),
        ({"Loyal": {"name": 5}}, "Setting 'name' of segment 'Loyal' must be text, not '5'"),
        ({"Loyal": {"name": None}}, "must be text, not 'None'"),
        ({"Loyal": {"advice": ["Call"]}}, "must be text"),
        ({"Loyal": {"color": "blurple"}}, "'blurple' is not a colour"),
        ({"Loyal": {"color": "#12"}}, "'#12' is not a colour"),
        ({"Loyal": {"color": "url(x)"}}, "is not a colour"),
        ({"Loyal": {"color": ""}}, "is not a colour"),
        ({"Loyal": {"name": ""}}, "needs a name of 1 to 60 characters"),
        ({"Loyal": {"name": "   "}}, "needs a name of 1 to 60 characters"),
        ({"Loyal": {"name": "x" * 61}}, "needs a name of 1 to 60 characters"),
        ({"Loyal": "teal"}, "Segment 'Loyal' needs settings such as"),
        ({"Loyal": None}, "Segment 'Loyal' needs settings such as"),
        (["Loyal"], "Segments must be a mapping"),
        ("Loyal", "Segments must be a mapping"),
    ],
    ids=str,
)
def test_what_contradicts_itself_is_refused_with_a_sentence(overrides, said):
    with pytest.raises(SegmentsError) as refused:
        check_overrides(overrides)
    assert said in str(refused.value)


def test_a_name_of_60_characters_is_taken():
    check_overrides({"Loyal": {"name": "x" * 60}})


# ---------------------------------------------------------------------- files


def file(tmp_path, content):
    path = tmp_path / "segments.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_what_is_written_is_read_again(tmp_path):
    overrides = {
        "Champions": {"name": "VIP 🦊", "color": "#008080", "order": 2, "advice": "Call: today"},
        "3": {"name": "Gone"},
    }
    text = yaml.safe_dump({"segments": overrides}, allow_unicode=True)
    assert read_overrides(file(tmp_path, text)) == overrides


def test_the_read_settings_apply(tmp_path):
    path = file(tmp_path, "segments:\n  Champions: {name: VIP}\n  3: {name: Gone, color: '#B00000'}\n")
    table = apply_overrides(FOUR, read_overrides(path))
    assert table["segment"].tolist() == ["VIP", "Loyal", "Low Value", "Gone"]
    assert table["color"].tolist()[3] == "#B00000"


def test_a_byte_order_mark_does_not_matter(tmp_path):
    assert read_overrides(file(tmp_path, b"\xef\xbb\xbfsegments:\n  a: {name: A}\n")) == {"a": {"name": "A"}}


@pytest.mark.parametrize("text", ["segments:\n", "segments: {}\n"])
def test_no_settings_are_no_fault(tmp_path, text):
    assert read_overrides(file(tmp_path, text)) == {}


@pytest.mark.parametrize(
    ("content", "error", "said"),
    [
        ("segments: [", SourceError, "no valid YAML"),
        ("a: b: c", SourceError, "no valid YAML"),
        (b"\xff\xfe\x00segments", SourceError, "can't be read"),
        (b"segments: \x01\n", SourceError, "no valid YAML"),
        ("", SegmentsError, "must have one entry, 'segments:'"),
        ("Loyal: {name: A}\n", SegmentsError, "must have one entry, 'segments:'"),
        ("segments: {}\ncolours: {}\n", SegmentsError, "must have one entry, 'segments:'"),
        ("- segments\n", SegmentsError, "must have one entry, 'segments:'"),
        ("segments: [Loyal]\n", SegmentsError, "must be a mapping"),
        ("segments:\n  Loyal: {colour: teal}\n", SegmentsError, "Did you mean 'color'?"),
        ("segments:\n  Loyal:\n    color: #008080\n", SegmentsError, "must be text, not 'None'"),
        ("segments:\n  a: &x {name: A}\n  b: *x\n", SegmentsError, "aliases"),
        ("segments: !!python/object/apply:os.system ['true']\n", SourceError, "no valid YAML"),
        ("segments:\n  a: {name: 2024-13-45}\n", SegdashError, "segments.yaml"),
        ("segments: " + "[" * 1200 + "]" * 1200, SegdashError, "segments.yaml"),
        ("segments:\n  a: {name: A}\n  a: {name: B}\n", SegdashError, "'a'"),
    ],
    ids=[
        "not closed",
        "two colons",
        "not UTF-8",
        "control character",
        "empty",
        "no segments entry",
        "another entry",
        "a list",
        "a list of segments",
        "unknown setting",
        "colour without quotes",
        "alias",
        "python object",
        "impossible date",
        "very deep",
        "segment twice",
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_a_sentence(tmp_path, content, error, said):
    with pytest.raises(error) as refused:
        read_overrides(file(tmp_path, content))
    assert isinstance(refused.value, SegdashError)
    assert said in str(refused.value)


def test_a_file_of_10_megabytes_is_refused_before_it_is_read(tmp_path):
    with pytest.raises(SegmentsError, match=r"segments\.yaml is larger than 1 MB"):
        read_overrides(file(tmp_path, b"segments:\n" + b"#" * 10_000_000))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"nowhere\.yaml can't be read"):
        read_overrides(tmp_path / "nowhere.yaml")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(SourceError, match="can't be read"):
        read_overrides(tmp_path)


def test_the_table_is_a_plain_frame():
    assert isinstance(apply_overrides(FOUR, {}).index, pd.RangeIndex)
