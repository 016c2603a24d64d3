// Draws every [data-chart] from its JSON with ECharts. The table beside it holds the same figures.
"use strict";
(() => {
  const drawn = new Map();
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const colour = (name, fallback) => {
    // Canvas knows no light-dark() and no var(): let the browser resolve the token first.
    const probe = document.createElement("i");
    probe.style.color = `var(${name}, ${fallback})`;
    document.body.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };
  const writer = (data) => {
    const lang = data.lang || document.documentElement.lang;
    const plain = new Intl.NumberFormat(lang, { maximumFractionDigits: 2 });
    const share = new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 1 });
    const money = new Intl.NumberFormat(lang, { style: "currency", currency: data.currency });
    const short = new Intl.NumberFormat(lang, { style: "currency", currency: data.currency, notation: "compact" });
    const minor = 10 ** money.resolvedOptions().maximumFractionDigits;
    return (value, unit, axis) => {
      if (value === null || value === undefined) return "—";
      if (unit === "percent") return share.format(value);
      if (unit === "money") return (axis ? short : money).format(value / minor);
      return plain.format(value);
    };
  };

  const option = (data, wide) => {
    const write = writer(data);
    const text = colour("--tblr-body-color", "#222");
    const soft = colour("--tblr-secondary", "#666");
    const line = colour("--tblr-border-color", "#ddd");
    const ground = colour("--tblr-bg-surface", "#fff");
    const units = [...new Set(data.series.map((one) => one.unit))];
    const vertical = data.kind === "line" || data.kind === "stacked" || data.kind === "pareto" ? "y" : "x";
    const value = units.map((unit, at) => ({
      type: "value",
      position: at ? "right" : undefined,
      max: unit === "percent" && data.kind === "pareto" ? 1 : undefined,
      min: 0,
      axisLabel: { color: soft, formatter: (number) => write(number, unit, true) },
      splitLine: { show: at === 0, lineStyle: { color: line } },
    }));
    const category = {
      type: "category",
      data: data.labels,
      inverse: vertical === "x",
      axisLabel: { color: text, width: vertical === "x" ? 180 : 110, overflow: "truncate", rotate: data.kind === "pareto" && data.labels.length > 6 ? 35 : 0 },
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
    };
    const asLine = (one) => data.kind === "line" || (data.kind === "pareto" && one.unit === "percent");
    return {
      color: [colour("--brand-text", "#1c5fae"), colour("--tone-orange", "#b45309"), colour("--tone-green", "#15803d"), colour("--tone-red", "#b91c1c"), soft],
      textStyle: { fontFamily: token("--tblr-font-sans-serif") || "sans-serif", color: text },
      animationDuration: 300,
      animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
      grid: { left: 8, right: 8, top: data.series.length > 1 ? (wide ? 36 : 64) : 12, bottom: 8, containLabel: true },
      legend: data.series.length > 1 ? { top: 0, textStyle: { color: text } } : undefined,
      tooltip: {
        trigger: "axis",
        // Rich text is drawn on the canvas: markup would carry inline styles, which the page's policy refuses.
        renderMode: "richText",
        confine: true,
        backgroundColor: ground,
        borderColor: line,
        textStyle: { color: text },
        axisPointer: { type: data.kind === "line" ? "line" : "shadow" },
        formatter: (points) => [points[0].name, ...points.map((point) => `${point.seriesName}: ${write(point.value, data.series[point.seriesIndex].unit)}`)].join("\n"),
      },
      xAxis: vertical === "y" ? category : value,
      yAxis: vertical === "y" ? value : category,
      series: data.series.map((one) => ({
        name: one.name,
        type: asLine(one) ? "line" : "bar",
        data: one.values,
        stack: data.kind === "stacked" ? "all" : undefined,
        [vertical === "y" ? "yAxisIndex" : "xAxisIndex"]: units.indexOf(one.unit),
        symbolSize: 6,
        barMaxWidth: 36,
        cursor: data.links.some(Boolean) ? "pointer" : "default",
      })),
    };
  };

  const draw = (place) => {
    const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    place.hidden = false;
    if (drawn.has(place)) drawn.get(place).dispose();
    const portuguese = data.lang && data.lang.startsWith("pt");
    const chart = window.echarts.init(place, null, { renderer: "canvas", locale: portuguese ? "PT-br" : "EN" });
    chart.setOption(option(data, place.clientWidth > 480));
    chart.on("click", (event) => {
      const link = data.links[event.dataIndex];
      if (link) location.href = link;
    });
    drawn.set(place, chart);
  };
  const drawAll = (within) => {
    if (!window.echarts) return;
    within.querySelectorAll("[data-chart]").forEach(draw);
  };
  window.addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
  window.addEventListener("beforeprint", () => drawn.forEach((chart) => chart.resize()));
  document.addEventListener("atelogo:theme", () => [...drawn.keys()].forEach(draw));
  document.addEventListener("htmx:load", (event) => drawAll(event.target));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => drawAll(document));
  else drawAll(document);
})();
