// What can be asked of the raw numbers of one benchmark. The same seed for each answer makes it the same on every page.
import * as schedule from "../schedule.mjs";
import { generator } from "../statistics.mjs";

/** A bootstrap takes a while, and several tables ask the same. */
const KNOWN = new WeakMap();

export class Measured {
  #raw;
  #known;

  constructor(raw) {
    this.#raw = raw;
    if (!KNOWN.has(raw)) KNOWN.set(raw, new Map());
    this.#known = KNOWN.get(raw);
  }

  #once(compute, ...what) {
    const key = JSON.stringify(what);
    if (!this.#known.has(key)) this.#known.set(key, compute());
    return this.#known.get(key);
  }

  get clients() {
    return Object.keys(this.#raw.clients);
  }

  get cases() {
    return this.#raw.cases;
  }

  /** Whether a client was measured in a case. */
  has(name, client) {
    return this.#raw.samples.some((sample) => sample.case === name && sample.client === client);
  }

  /** `{ median, low, high }` of a quantity of `schedule.mjs`. */
  within(name, client, quantity) {
    const { samples, seed } = this.#raw;
    return this.#once(
      () => schedule.within(samples, name, client, quantity, generator(seed)),
      ...["within", name, client, quantity],
    );
  }

  /** The median alone. */
  median(name, client, quantity) {
    return schedule.summary(this.#raw.samples, name, client)[quantity];
  }

  /** `{ ratio, low, high }` to another client. */
  compare(name, client, reference, quantity) {
    const { samples, seed } = this.#raw;
    return this.#once(
      () => schedule.compare(samples, name, client, reference, quantity, generator(seed)),
      ...["compare", name, client, reference, quantity],
    );
  }

  /** The ratio alone. */
  ratio(name, client, reference, quantity) {
    return schedule.compare(this.#raw.samples, name, client, reference, quantity).ratio;
  }

  samples(name, client) {
    return this.#raw.samples.filter((sample) => sample.case === name && sample.client === client);
  }
}
