"""One set of expressions: DuckDB, PostgreSQL and Spark measure the same log alike."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import warnings
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import segdash as sd
from segdash.clustering import fit
from segdash.population.everyone import Filters, everyone
from segdash.population.pictures import View
from segdash.population.population import population_of
from segdash.schema import RFM


def dirty_log():
    """A log in the types a database has."""
    draw = np.random.default_rng(7)
    n = 4_000
    at = pd.Timestamp("2024-01-01") + pd.to_timedelta(draw.integers(0, 365 * 86_400, n), unit="s")
    quantity = draw.integers(-2, 6, n).astype(float)
    quantity[::97] = np.nan
    customer = np.array([f"C{i:03}" for i in draw.integers(0, 400, n)], dtype=object)
    customer[::53] = None
    return pd.DataFrame(
        {
            "customer_id": customer,
            "order_id": draw.integers(0, 2_500, n),
            "ordered_at": at.astype("datetime64[us]"),
            "product": [f"P{i}" for i in draw.integers(0, 30, n)],
            "quantity": quantity,
            "price": draw.integers(1, 2_000, n) / 100,
            "country": [f"L{i}" for i in draw.integers(0, 5, n)],
        }
    )


def same(other, reference):
    pd.testing.assert_frame_equal(other.ledger, reference.ledger)
    assert other.as_of == reference.as_of
    assert_metrics = [sd.customer_metrics(orders) for orders in (other, reference)]
    pd.testing.assert_frame_equal(*assert_metrics, check_dtype=False, rtol=1e-9)


def same_population(other, reference):
    """The sample, the segments of all and the tables that the page asks for."""
    populations = [population_of(orders) for orders in (other, reference)]
    samples = [population.sample(150) for population in populations]
    pd.testing.assert_frame_equal(*samples, check_dtype=False, rtol=1e-9)
    filters = Filters(ranges=(("recency", 5.0, None),), attributes=(("country", ("L0", "L1", "L3")),))
    ids = {"Mine": samples[0]["customer_id"][:9].tolist()}
    how = {"features": RFM, "n_clusters": 3}
    models = [[fit("k_means", samples[1], transform=one, **how).model] * 2 for one in ("log1p", "yeo-johnson")]
    # Thresholds are values of customers, whose last digit is the engine's own.
    models += [[fit("rfm_rules", sample).model for sample in samples]]
    for pair in models:
        names = {label: f"Segment {label}" for label in pair[1].labels} | {"Mine": "Mine"}
        found, wanted = (everyone(one, model, names, ids) for one, model in zip(populations, pair, strict=True))
        tables = [one.named().execute().sort_values("customer_id", ignore_index=True) for one in (found, wanted)]
        pd.testing.assert_frame_equal(*tables, check_dtype=False, rtol=1e-9)
        for chosen in (Filters(), filters):
            metrics = ["monetary", "days_between_orders"]
            pd.testing.assert_frame_equal(found.profile(metrics, chosen), wanted.profile(metrics, chosen), rtol=1e-9)
            pd.testing.assert_frame_equal(found.boxes("monetary", chosen), wanted.boxes("monetary", chosen), rtol=1e-9)
            assert asdict(found.totals(chosen)) == pytest.approx(asdict(wanted.totals(chosen)), rel=1e-9)
    same_pictures(found, wanted, models[-1][0].thresholds, filters)


def same_pictures(found, wanted, thresholds, filters):
    """What pictures are drawn from; edges lie apart from customers' values, whose last digit is the engine's."""
    assert asdict(found.extent("monetary")) == pytest.approx(asdict(wanted.extent("monetary")), rel=1e-9)
    assert found.extent("frequency") == wanted.extent("frequency")
    edges = np.array([0.0, 10.0001, 25.0001, 60.0001, 1e6])
    both = [one.histogram("monetary", filters, edges=edges) for one in (found, wanted)]
    pd.testing.assert_frame_equal(both[0][0], both[1][0])
    assert both[0][1] == both[1][1]
    view = View("recency", "monetary", (0.5, 300.1), (1.0, 900.0), True, True, (23, 17))
    np.testing.assert_array_equal(found.pixels(view, filters), wanted.pixels(view, filters))
    pd.testing.assert_frame_equal(found.periods("week", filters), wanted.periods("week", filters), rtol=1e-9)
    cells = [one.score_cells(thresholds, ("r", "f"), filters) for one in (found, wanted)]
    pd.testing.assert_frame_equal(*cells, rtol=1e-9)


POLICIES = [{}, {"refunds": "match", "duplicates": "drop"}, {"refunds": "ignore", "grain": "day"}]


def postgres_programs():
    """Folder of PostgreSQL's programs: on the path, or where Debian puts them."""
    found = shutil.which("pg_ctl")
    if found:
        return Path(found).resolve().parent
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    return known[-1].parent if known else None


@pytest.fixture(scope="module")
def postgres():
    """A PostgreSQL server of this test's own on loopback."""
    programs = postgres_programs()
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs PostgreSQL: install Debian's package postgresql.")
        pytest.skip("PostgreSQL is not installed: install Debian's package postgresql")
    pytest.importorskip("psycopg", reason='the extra "postgres" is not installed')
    # Not in pytest's folder: another run of it on the same machine takes away the right to look into that.
    folder = Path(tempfile.mkdtemp(prefix="segdash-pg-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # PostgreSQL refuses to run as root.
    user = ["runuser", "-u", "postgres", "--"] if os.name == "posix" and os.geteuid() == 0 else []
    if user:
        folder.chmod(0o755)
        shutil.chown(folder, "postgres")
    data = folder / "data"
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    run = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/"}
    subprocess.run([*user, programs / "initdb", "-D", data, "-U", "shop", "-A", "trust"], **run)
    subprocess.run([*user, programs / "pg_ctl", "-D", data, "-o", options, "-w", "start"], **run)
    yield f"postgres://shop@127.0.0.1:{port}/postgres"
    subprocess.run([*user, programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **run)
    shutil.rmtree(folder)


WRITTEN = {
    "day first": "%d/%m/%Y %H:%M",
    "ISO": "%Y-%m-%d %H:%M:%S",
    "half days and names": "%d-%b-%Y %I:%M:%S %p",
    "short": "%d.%m.%y",
}
NO_DATES = ["30/02/2024 08:26", "2024-02-30 08:26:00", "13/13/2024", "31.11.24", "31-Jun-2024", "soon", "", None]


def text_log(form):
    """The same log as people write it: dates as text, some of them none, and ids such as 17850.0."""
    log = dirty_log().head(1_000)
    log["ordered_at"] = log["ordered_at"].dt.strftime(form).astype(object)
    log.loc[::40, "ordered_at"] = (NO_DATES * 4)[:25]
    log["customer_id"] = log["customer_id"].str.replace("C", "178").where(log.index % 3 > 0, log["customer_id"])
    log["customer_id"] = log["customer_id"].where(log.index % 5 > 0, log["customer_id"] + ".0")
    log["price"] = "$" + log["price"].astype(str)
    return log


@pytest.mark.parametrize("form", WRITTEN.values(), ids=WRITTEN)
def test_postgres_reads_dates_as_people_write_them(postgres, form):
    import ibis

    log = text_log(form)
    connection = ibis.connect(postgres)
    connection.create_table("written", log, schema=ibis.memtable(log).schema(), overwrite=True)
    reference = sd.read_orders(log)
    assert reference.ledger.set_index("bucket").loc[["no_date", "bad_date"], "rows"].tolist() == [
        6,
        18,
    ]  # row 0 has no customer
    same(sd.read_orders(connection, table="written"), reference)
    connection.disconnect()


@pytest.mark.parametrize("policies", POLICIES)
def test_postgres_measures_as_duckdb_does(postgres, policies):
    import ibis

    log = dirty_log()
    connection = ibis.connect(postgres)
    connection.create_table("orders", log, overwrite=True)
    same(sd.read_orders(connection, table="orders", **policies), sd.read_orders(log, **policies))
    same(sd.read_orders(postgres, table="SELECT * FROM orders", **policies), sd.read_orders(log, **policies))
    if not policies:
        same_population(sd.read_orders(connection, table="orders"), sd.read_orders(log))
    connection.disconnect()


def test_a_role_that_may_make_no_table_reads_all_the_same(postgres):
    import ibis

    owner = ibis.connect(postgres)
    owner.create_table("sold", dirty_log().head(500), overwrite=True)
    owner.raw_sql("CREATE ROLE reader LOGIN; GRANT SELECT ON sold TO reader")
    owner.raw_sql("REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC")
    reader = ibis.connect(postgres.replace("shop@", "reader@"))
    reference = sd.read_orders(dirty_log().head(500), refunds="match", duplicates="drop")
    same(sd.read_orders(reader, table="sold", refunds="match", duplicates="drop"), reference)
    for connection in (owner, reader):
        connection.disconnect()


def test_a_table_that_is_not_there(postgres):
    with pytest.raises(sd.SegdashError, match="nothing_here"):
        sd.read_orders(postgres, table="nothing_here")
    with pytest.raises(sd.SegdashError, match="can't be read"):
        sd.read_orders(postgres, table="SELECT nonsense FROM nowhere")


def test_a_server_that_refuses_the_password(postgres):
    import ibis

    owner = ibis.connect(postgres)
    owner.raw_sql("CREATE ROLE locked LOGIN PASSWORD 'right'")
    rules = Path(owner.raw_sql("SHOW hba_file").fetchone()[0])
    rules.write_text("host all locked 127.0.0.1/32 scram-sha-256\n" + rules.read_text())
    owner.raw_sql("SELECT pg_reload_conf()")
    address = postgres.replace("shop@", "locked:{}@")
    with pytest.raises(sd.SegdashError, match=r"does not answer: .*Check address, name and password") as refused:
        sd.read_orders(address.format("wrong-secret"), table="orders")
    assert "wrong-secret" not in str(refused.value)
    ibis.connect(address.format("right")).disconnect()
    owner.disconnect()


def test_a_server_that_dies_half_way(postgres):
    import ibis

    owner, other = ibis.connect(postgres), ibis.connect(postgres)
    owner.create_table("dying", dirty_log().head(500), overwrite=True)
    orders = sd.read_orders(other, table="dying", name="the shop")
    other_is = other.raw_sql("SELECT pg_backend_pid()").fetchone()[0]
    owner.raw_sql(f"SELECT pg_terminate_backend({other_is})")
    for again in (lambda: sd.customer_metrics(orders), lambda: orders.with_(refunds="match")):
        with pytest.raises(sd.SegdashError, match=r"the shop stopped answering: .*try again"):
            again()
    assert len(sd.customer_metrics(sd.read_orders(owner, table="dying")))
    owner.disconnect()


@pytest.fixture(scope="module")
def spark():
    """Spark in this process."""
    pyspark = pytest.importorskip("pyspark", reason='the extra "spark" is not installed')
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, which is not installed")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    return (
        pyspark.sql.SparkSession.builder.master("local[2]")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )


def in_spark(spark, log, folder):
    log.to_parquet(folder / "orders.parquet")
    spark.read.parquet(str(folder / "orders.parquet")).createOrReplaceTempView("orders")
    return spark


@pytest.mark.parametrize("policies", POLICIES)
def test_spark_measures_as_duckdb_does(spark, tmp_path, policies):
    log = dirty_log()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pyspark's and ibis' own
        session = in_spark(spark, log, tmp_path)
        same(sd.read_orders(session, table="orders", **policies), sd.read_orders(log, **policies))
        if not policies:
            same_population(sd.read_orders(session, table="orders"), sd.read_orders(log))


@pytest.mark.parametrize("form", ["%d/%m/%Y %H:%M", "%b %d, %Y %I:%M %p"])
def test_spark_reads_dates_as_people_write_them(spark, tmp_path, form):
    log = text_log(form)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        same(sd.read_orders(in_spark(spark, log, tmp_path), table="orders"), sd.read_orders(log))
