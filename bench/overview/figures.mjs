// The plots, as specifications for Vega-Lite. Nothing is drawn here, so that this needs no package.
import { createHash } from "node:crypto";
import { Measured } from "./measured.mjs";

const SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json";
const BLUE = "#2166ac";
const ORANGE = "#e08214";
const GREY = "#5f6368";

const PURPLE = "#762a83";
const DASHES = [[1, 0], [6, 3], [2, 2], [8, 2, 2, 2]];
const FONT = "Helvetica, Arial, sans-serif";
/** White behind everything, so that a plot is the same in a dark page. */
const CONFIG = {
  background: "white",
  font: FONT,
  padding: 10,
  axis: { labelFontSize: 12, titleFontSize: 12, gridColor: "#e4e4e4", labelLimit: 320 },
  header: { labelFontSize: 13, titleFontSize: 12 },
  legend: { labelFontSize: 12, titleFontSize: 12, labelLimit: 240, symbolStrokeWidth: 2 },
  title: { fontSize: 14, anchor: "start", fontWeight: 600 },
  view: { stroke: "#d0d0d0" },
};

/** `[{ name, title, spec }]` of what was published. */
export function figuresOf(published) {
  return FIGURES.filter(({ from }) => published[from] !== undefined)
    .map(({ name, title, from, draw }) => ({
      ...{ name, title },
      spec: { $schema: SCHEMA, config: CONFIG, description: title, ...draw(published[from].raw) },
    }));
}

/** Stands at the end of a plot's file: of which specification, and so of which numbers, it was drawn. */
export function markOf({ spec }) {
  return `<!-- sha256 of its specification: ${createHash("sha256").update(JSON.stringify(spec)).digest("hex")} -->`;
}

const FIGURES = [
  { name: "steps", title: "One change at a time: C's requests, 10 clients", from: "steps", draw: steps },
  { name: "throughput", title: "B: requests per second, closed loop", from: "B", draw: throughput },
  { name: "rate", title: "C: 95th percentile at a fixed rate of requests", from: "C", draw: rate },
  { name: "ladder", title: "Single reads and writes by how many are in flight", from: "ladder", draw: ladder },
  { name: "latency", title: "With a longer line between client and server", from: "latency", draw: latency },
  { name: "competing", title: "What others on the event loop wait", from: "competing", draw: competing },
  { name: "workers", title: "Workers on one cluster and on a client each", from: "workers", draw: workers },
  { name: "memory", title: "Memory while 1,800 keys are read at a time", from: "nine", draw: memory },
];

const familyOf = (client) =>
  /^deno(-|$)/.test(client)
    ? "this client, Deno"
    : /^bun(-|$)/.test(client)
    ? "this client, Bun"
    : /pypi|py/.test(client)
    ? "Python clients"
    : "npm aerospike, Node";
const FAMILIES = {
  domain: ["npm aerospike, Node", "Python clients", "this client, Deno", "this client, Bun"],
  range: [GREY, PURPLE, BLUE, ORANGE],
};
const familiesOf = (values) => {
  const there = FAMILIES.domain.filter((family) => values.some((value) => value.family === family));
  return { domain: there, range: there.map((family) => FAMILIES.range[FAMILIES.domain.indexOf(family)]) };
};
const color = (values, legend = {}) => ({
  ...{ field: "family", type: "nominal", title: null, scale: familiesOf(values) },
  legend: { orient: "bottom", ...legend },
});
const LINE_SYMBOL = { orient: "right", symbolType: "stroke", symbolSize: 500, symbolStrokeWidth: 2 };

const finite = (value) => Number.isFinite(value) ? value : null;
/** A quantity with its interval, as a row of a plot; what was not measured has none. */
function point(measured, name, client, quantity, more = {}) {
  if (!measured.has(name, client)) return [];
  const { median, low, high } = measured.within(name, client, quantity);
  return Number.isNaN(median)
    ? []
    : [{ client, family: familyOf(client), value: finite(median), low: finite(low), high: finite(high), ...more }];
}

const rule = { type: "rule", strokeWidth: 1.5, color: "black" };

/** Flat bars with error bars, in the order of the values; where `by` is `step`, those of a step side by side. */
function bars(values, title, { by = "client", width = 460 } = {}) {
  const { domain } = familiesOf(values);
  const y = { field: by, type: "nominal", sort: null, title: null };
  const places = by === "client" ? { y } : { y, yOffset: { field: "family", sort: domain } };
  const x = (field) => ({ field, type: "quantitative", title, scale: { zero: true } });
  return {
    ...{ data: { values }, width, height: { step: by === "client" ? 22 : 18 } },
    layer: [
      { mark: "bar", encoding: { ...places, x: x("value"), color: color(values) } },
      { mark: rule, encoding: { ...places, x: x("low"), x2: { field: "high" } } },
    ],
  };
}

/** Lines with error bars, one a client. */
function lines(values, x, title, { width = 300, height = 230, y = {} } = {}) {
  const ways = [...new Set(values.map(({ how }) => how))];
  const strokeDash = {
    ...{ field: "how", type: "nominal", title: null, legend: LINE_SYMBOL },
    scale: { domain: ways, range: DASHES.slice(0, ways.length) },
  };
  const hue = color(values, LINE_SYMBOL);
  const horizontal = { field: "x", type: "quantitative", ...x };
  const vertical = (field) => ({ field, type: "quantitative", title, ...y });
  return {
    ...{ width, height, data: { values } },
    layer: [
      {
        mark: { type: "line", strokeWidth: 2 },
        encoding: {
          ...{ x: horizontal, y: vertical("value"), color: hue, detail: { field: "client" } },
          ...(ways.length > 1 ? { strokeDash } : {}),
        },
      },
      {
        mark: { type: "point", filled: true, size: 40, opacity: 1 },
        encoding: { x: horizontal, y: vertical("value"), color: hue },
      },
      {
        mark: { type: "rule", strokeWidth: 1.5, opacity: 0.7 },
        encoding: { x: horizontal, y: vertical("low"), y2: { field: "high" }, color: hue },
      },
    ],
  };
}

function steps(raw) {
  const measured = new Measured(raw);
  const [{ name }] = raw.cases;
  const valuesOf = (quantity) => {
    const [first] = Object.values(raw.steps);
    return first.flatMap((_, i) => {
      const rows = Object.values(raw.steps).flatMap((all) =>
        point(measured, name, all[i].client, quantity, { step: i === 0 ? all[i].step : `+ ${all[i].step}` })
      );
      // The first step is the same for all runtimes.
      return rows.filter((row, at) => rows.findIndex((other) => other.client === row.client) === at);
    });
  };
  const panel = (quantity, title) => bars(valuesOf(quantity), title, { by: "step", width: 300 });
  return {
    hconcat: [panel("p95", "p95, ms (less is better)"), panel("perSecond", "requests per second (more is better)")],
  };
}

function throughput(raw) {
  const measured = new Measured(raw);
  const [{ name }] = raw.cases;
  const values = measured.clients.flatMap((client) => point(measured, name, client, "perSecond"));
  values.sort((a, b) => b.value - a.value);
  return bars(values, "requests per second, median and 95 % interval");
}

function rate(raw) {
  const measured = new Measured(raw);
  const open = raw.cases.filter(({ request }) => request.case === "open");
  const clients = measured.clients.filter((client) => !/-(x\d+|worker)$/.test(client));
  const values = open.flatMap(({ name, request }) =>
    clients.flatMap((client) =>
      point(measured, name, client, "p95", { x: request.rate, how: client.split("-").slice(1).join("-") })
    )
  );
  const axis = { title: "requests per second asked for", axis: { values: open.map(({ request }) => request.rate) } };
  const scale = { domain: [0, Math.max(...open.map(({ request }) => request.rate)) * 1.1] };
  return lines(values, { ...axis, scale }, "p95, ms (logarithmic)", {
    ...{ width: 520, height: 300, y: { scale: { type: "log" } } },
  });
}

const OPERATIONS = ["get", "put"];

function ladder(raw) {
  const measured = new Measured(raw);
  const panel = (what) => {
    const rungs = raw.cases.filter(({ request }) => request.case === what);
    const values = rungs.flatMap(({ name, request }) =>
      measured.clients.flatMap((client) => point(measured, name, client, "perSecond", { x: request.inFlight, how: "" }))
    );
    const axis = {
      title: "in flight",
      scale: { type: "log" },
      axis: { values: rungs.map(({ request }) => request.inFlight), labelOverlap: false },
    };
    return { ...lines(values, axis, `${what}s per second`), title: what };
  };
  return { hconcat: OPERATIONS.map(panel) };
}

function latency(raw) {
  const measured = new Measured(raw);
  const kinds = [...new Set(raw.cases.map(kindOf))];
  const panel = (kind) => {
    const values = raw.cases.filter((one) => kindOf(one) === kind).flatMap(({ name, delayMs }) =>
      measured.clients.flatMap((client) =>
        point(measured, name, client, "perSecond", {
          x: delayMs,
          how: client.endsWith("-auto") ? "autoBatch" : "as it comes",
        })
      )
    );
    const axis = { title: "longer round trip, ms", scale: { zero: true } };
    return {
      ...lines(values, axis, "per second (logarithmic)", { width: 230, y: { scale: { type: "log" } } }),
      title: kind,
    };
  };
  return { hconcat: kinds.map(panel) };
}

const kindOf = ({ request: { case: what, inFlight, keys } }) =>
  `${what}${keys ? ` of ${keys.toLocaleString("en-US")}` : ""}, ${inFlight} in flight`;

function competing(raw) {
  const measured = new Measured(raw);
  const panel = (quantity, title) => {
    const values = raw.cases.flatMap(({ name, request }) =>
      measured.clients.flatMap((client) =>
        point(measured, name, client, quantity, {
          ...{
            x: request.workMs,
            how: client.endsWith("columns") ? "columns" : client.startsWith("pypi") ? "blocking" : "rows",
          },
        })
      )
    );
    const axis = {
      title: "CPU work of a request, ms",
      scale: { zero: true },
      axis: { values: raw.cases.map(({ request }) => request.workMs) },
    };
    return { ...lines(values, axis, "ms (logarithmic)", { y: { scale: { type: "log" } } }), title };
  };
  return { hconcat: [panel("bystanderP99", "p99 of a bystander"), panel("p95", "p95 of a request")] };
}

function workers(raw) {
  const measured = new Measured(raw);
  const busy = raw.cases.filter(({ request }) => request.workMs > 0);
  const panel = (quantity, title, name) => {
    const values = measured.clients.flatMap((client) => {
      const [, x, how] = client.split("-");
      const row = point(measured, name, client, quantity, {
        x: Number(x),
        how: how === "shared" ? "one cluster" : "a client each",
      });
      // One Worker is where both begin.
      return Number(x) > 1
        ? row
        : [...row, ...row.map((one) => ({ ...one, client: `${client} alone`, how: "a client each" }))];
    }).map((row) => ({ ...row, client: `${row.family} ${row.how}` }));
    const axis = { title: "Workers", axis: { values: [1, 2, 4] } };
    const wrapped = { text: name.replace(", ", ",\n").split("\n"), fontSize: 12 };
    return { ...lines(values, axis, title, { width: 230, y: { scale: { zero: true } } }), title: wrapped };
  };
  const turns = raw.cases.filter(({ request }) => request.case === "turns");
  return {
    hconcat: [
      ...busy.slice(0, 1).map(({ name }) => panel("perSecond", "handlers per second", name)),
      ...turns.flatMap(({ name }) => [
        panel("connections", "connections left idle", name),
        panel("rssMiB", "memory afterwards, MiB", name),
      ]),
    ],
  };
}

function memory(raw) {
  const measured = new Measured(raw);
  const [{ name }] = raw.cases;
  const values = measured.clients.flatMap((client) => point(measured, name, client, "peakRssMiB"));
  values.sort((a, b) => a.value - b.value);
  return bars(values, "peak resident memory, MiB, median and 95 % interval");
}
