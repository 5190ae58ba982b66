// The chart over the table of days; the table says the same without it.

for (const place of document.querySelectorAll(".chart")) {
  const { days, lines } = JSON.parse(place.dataset.chart);
  const ink = getComputedStyle(document.documentElement);
  const colours = ["--leaf", "--sun", "--red"].map((name) => ink.getPropertyValue(name).trim());
  const axis = { stroke: ink.getPropertyValue("--soft-ink").trim(), grid: { stroke: ink.getPropertyValue("--line").trim() } };
  const options = () => ({
    width: Math.max(260, place.clientWidth),
    height: 260,
    cursor: { show: false },
    scales: { x: { time: false } },
    axes: [{ ...axis, values: (_, ticks) => ticks.map((tick) => days[tick] ?? ""), incrs: [1, 7, 15, 30] }, axis],
    series: [{}, ...lines.map(({ label }, number) => ({ label, stroke: colours[number], width: 2, points: { show: days.length < 10 } }))],
  });
  const data = [days.map((_, number) => number), ...lines.map(({ values }) => values)];
  const plot = new uPlot(options(), data, place);
  new ResizeObserver(() => plot.setSize({ width: Math.max(260, place.clientWidth), height: 260 })).observe(place);
}
