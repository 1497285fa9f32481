"""The page that segdash is timed against: a minimal Dash page of the same content, on the same customers.

``python tests/benchmarks/dash_page.py CUSTOMERS.csv --port 8050`` serves it: four key metrics, pie, revenue bars,
scatter with a choice of axes, box plots, comparison table and insights. It draws as Dash pages usually do: figures
by plotly.express, the scatter made anew in a callback.
"""

from __future__ import annotations

import argparse

import pandas as pd
import plotly.express as px
from dash import Dash, Input, Output, dash_table, dcc, html
from plotly.subplots import make_subplots

METRICS = {"Recency": "Recency (days)", "Frequency": "Frequency (orders)", "Monetary": "Monetary"}
COLOURS = {"Champions": "#FF6B6B", "Loyal": "#4ECDC4", "Low Value": "#45B7D1", "At-Risk": "#FFA07A"}
ADVICE = {
    "Champions": "VIP treatment, exclusive offers, loyalty programs.",
    "Loyal": "Upselling, cross-selling, engagement campaigns.",
    "Low Value": "Activation campaigns, special offers, product recommendations.",
    "At-Risk": "Win-back campaigns, surveys, special discounts.",
}


def read_customers(path: str) -> pd.DataFrame:
    """The table with a segment for each customer, by quarters of spend."""
    customers = pd.read_csv(path, dtype={"CustomerID": str})
    quarters = pd.qcut(customers["Monetary"].rank(method="first"), 4, labels=list(COLOURS)[::-1])
    return customers.assign(Segment=quarters.astype(str))


def key_metrics(customers: pd.DataFrame) -> html.Div:
    """Customers, revenue, average value and average frequency."""
    figures = {
        "Customers": f"{len(customers):,}",
        "Revenue": f"{customers['Monetary'].sum():,.0f}",
        "Average customer value": f"{customers['Monetary'].mean():,.2f}",
        "Average purchase frequency": f"{customers['Frequency'].mean():,.2f}",
    }
    cards = [html.Div([html.H3(figure), html.P(what)], style={"flex": 1}) for what, figure in figures.items()]
    return html.Div(cards, className="tiles", style={"display": "flex"})


def share_pie(customers: pd.DataFrame):
    """Customers by segment."""
    counts = customers["Segment"].value_counts().reset_index()
    return px.pie(counts, names="Segment", values="count", color="Segment", color_discrete_map=COLOURS)


def revenue_bars(customers: pd.DataFrame):
    """Revenue by segment."""
    revenue = customers.groupby("Segment", as_index=False)["Monetary"].sum()
    return px.bar(revenue, x="Segment", y="Monetary", color="Segment", color_discrete_map=COLOURS, text_auto=".3s")


def scatter(customers: pd.DataFrame, x: str, y: str):
    """One point per customer, with everything about her in the hover."""
    figure = px.scatter(
        customers,
        x=x,
        y=y,
        color="Segment",
        color_discrete_map=COLOURS,
        labels=METRICS,
        hover_data=["CustomerID", *METRICS],
        opacity=0.7,
        height=500,
    )
    return figure.update_layout(dragmode="select")


def box_plots(customers: pd.DataFrame):
    """Recency, frequency and monetary by segment, side by side."""
    figure = make_subplots(rows=1, cols=len(METRICS), subplot_titles=list(METRICS.values()))
    for column, name in enumerate(METRICS, start=1):
        boxes = px.box(customers, x="Segment", y=name, color="Segment", color_discrete_map=COLOURS)
        for trace in boxes.data:
            figure.add_trace(trace.update(showlegend=False), row=1, col=column)
    return figure


def comparison_table(customers: pd.DataFrame) -> dash_table.DataTable:
    """Mean of each metric, customers and revenue by segment."""
    by_segment = customers.groupby("Segment")
    table = by_segment[list(METRICS)].mean().round(2)
    table["Customers"] = by_segment.size()
    table["Revenue"] = by_segment["Monetary"].sum().round(2)
    table = table.reset_index()
    columns = [{"name": name, "id": name} for name in table.columns]
    return dash_table.DataTable(table.to_dict("records"), columns, id="comparison", sort_action="native")


def insights(customers: pd.DataFrame) -> html.Div:
    """What to do about each segment."""
    share = customers.groupby("Segment")["Monetary"].sum() / customers["Monetary"].sum()
    cards = [
        html.Div([html.H4(name), html.P(f"{share[name]:.1%} of revenue."), html.P(advice)])
        for name, advice in ADVICE.items()
    ]
    return html.Div(cards, className="insights")


def axis_dropdown(dimension: str, chosen: str) -> html.Div:
    """The selector of an axis."""
    options = [{"label": label, "value": name} for name, label in METRICS.items()]
    dropdown = dcc.Dropdown(id=dimension, options=options, value=chosen, clearable=False)
    return html.Div([html.Label(f"{dimension.upper()}-Axis"), dropdown], style={"width": 300})


def make_app(customers: pd.DataFrame) -> Dash:
    """The Dash application; the layout is a function, so each visit computes its own as a live page does."""
    app = Dash(__name__, title="Customer segmentation dashboard")

    def layout() -> html.Div:
        return html.Div(
            [
                html.H1("Customer segmentation dashboard"),
                key_metrics(customers),
                dcc.Graph(id="pie", figure=share_pie(customers)),
                dcc.Graph(id="bars", figure=revenue_bars(customers)),
                html.Div([axis_dropdown("x", "Recency"), axis_dropdown("y", "Monetary")], style={"display": "flex"}),
                dcc.Graph(id="scatter"),
                dcc.Graph(id="boxes", figure=box_plots(customers)),
                comparison_table(customers),
                insights(customers),
            ],
            style={"fontFamily": "sans-serif", "margin": "0 auto", "maxWidth": 1400},
        )

    app.layout = layout

    @app.callback(Output("scatter", "figure"), Input("x", "value"), Input("y", "value"))
    def draw(x: str, y: str):
        return scatter(customers, x, y)

    return app


def main() -> None:
    """Serve the page on this machine only."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("customers", help="customer table, CSV")
    parser.add_argument("--port", type=int, default=8050)
    given = parser.parse_args()
    make_app(read_customers(given.customers)).run(host="127.0.0.1", port=given.port, debug=False)


if __name__ == "__main__":
    main()
