"""Arithmetic that DuckDB, PostgreSQL and Spark do alike, as Ibis expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

NEVER_REACHED = 2**62


def exact(value: float) -> ir.FloatingScalar:
    """A number to its last bit: engines take 0.1 as written for a decimal, and round once more when it becomes a float.

    Examples
    --------
    >>> import ibis
    >>> ibis.duckdb.connect().execute(exact(0.1) + exact(0.2))
    0.30000000000000004
    """
    import ibis

    return ibis.literal(repr(float(value))).cast("float64")


def apart(table: ir.Table) -> ir.Table:
    """The same rows, computed before anything that is built on them.

    PostgreSQL writes a column out at each place where it is used; of columns built on columns it then runs out of
    memory. A limit that nobody reaches keeps it from that. Other engines compute a column once.
    """
    backends, _ = table._find_backends()
    return table.limit(NEVER_REACHED) if any(one.name == "postgres" for one in backends) else table


def number(table: ir.Table, name: str) -> ir.FloatingColumn:
    """A metric as a float, whatever kind of number its column holds."""
    return table[name].cast("float64")


def digest(text: ir.StringValue) -> ir.StringValue:
    """MD5 of a text as 32 hexadecimal digits, the same on every engine."""
    import ibis

    @ibis.udf.scalar.builtin(name="md5")
    def md5(text: str) -> str: ...  # type: ignore[empty-body]  # the engine has it

    return md5(text)


def log1p(x: ir.FloatingValue) -> ir.FloatingValue:
    """ln(1 + x), for x > -1; also of small x, whose 1 + x loses digits (Kahan's way)."""
    import ibis

    one_more = x + 1.0
    back = one_more - 1.0
    return ibis.cases((back == x, one_more.ln()), (back == 0, x), else_=one_more.ln() * x / back)


def expm1(x: ir.FloatingValue) -> ir.FloatingValue:
    """exp(x) - 1; also of small x, as `log1p`."""
    import ibis

    power = x.exp()
    back = power - 1.0
    return ibis.cases((back == 0, x), (x.abs() > 1, back), else_=back * x / power.ln())
