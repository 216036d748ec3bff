// The Prometheus histograms of a server: how long each stage of its requests takes.
import { exponentialBuckets, Histogram, Registry } from "prom-client";

const NAME = "predict_stage_seconds";

export class Stages {
  #registry = new Registry();
  #histogram = new Histogram({
    name: NAME,
    help: "Seconds of each stage of a prediction",
    labelNames: ["stage"],
    // From 0.25 ms to 2.7 s.
    buckets: exponentialBuckets(0.00025, 1.35, 32),
    registers: [this.#registry],
  });

  observe(stage, milliseconds) {
    this.#histogram.observe({ stage }, milliseconds / 1000);
  }

  reset() {
    this.#histogram.reset();
  }

  /** What a scrape of `/metrics` gets. */
  text() {
    return this.#registry.metrics();
  }

  get contentType() {
    return this.#registry.contentType;
  }
}
