// What can be asked of the raw numbers of one benchmark. The same seed for each answer makes it the same on every page.
import * as schedule from "../schedule.mjs";
import { generator } from "../statistics.mjs";

export class Measured {
  #raw;

  constructor(raw) {
    this.#raw = raw;
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
    return schedule.within(this.#raw.samples, name, client, quantity, generator(this.#raw.seed));
  }

  /** The median alone. */
  median(name, client, quantity) {
    return schedule.summary(this.#raw.samples, name, client)[quantity];
  }

  /** `{ ratio, low, high }` to another client. */
  compare(name, client, reference, quantity) {
    return schedule.compare(this.#raw.samples, name, client, reference, quantity, generator(this.#raw.seed));
  }

  samples(name, client) {
    return this.#raw.samples.filter((sample) => sample.case === name && sample.client === client);
  }
}
