"""The data table under a chart carries the chart's numbers."""

from django.template import Context, Template

from insights.chart_payload import ChartPayload

PAYLOAD = ChartPayload(
    kind="stacked",
    labels=["Mon", "Tue </script>"],
    titles=["Monday", "Tuesday"],
    series=[
        {"key": "TLS1.3", "label": "TLS 1.3", "values": [1200, None], "class": "tls-1-3"},
        {"key": "none", "label": "No TLS", "values": [0, 7], "class": "tls-none"},
    ],
    unit="messages",
)


def test_chart_repeats_its_numbers_as_a_table() -> None:
    html = Template('{% load charts %}{% chart payload "tls" "TLS a day" first_column="Day" %}').render(
        Context({"payload": PAYLOAD})
    )
    assert html.count("</script>") == 1
    cells = html.replace("\n", "")
    assert '<th scope="row">Mon</th><td class="num">1,200</td><td class="num">0</td>' in cells
    assert '<th scope="row">Tue &lt;/script&gt;</th><td class="num">–</td><td class="num">7</td>' in cells
    assert '<th scope="row">Total</th><td class="num">1,200</td><td class="num">7</td>' in cells
