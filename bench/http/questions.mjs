// Questions to replicas that answer in their own time, in another process or thread: each has a number, as its answer has.

export class Questions {
  #asked = new Map();
  #next = 0;

  /** Sends a question by `send(message)`, and resolves with what comes back. */
  ask(send, request) {
    return new Promise((resolve, reject) => {
      this.#asked.set(this.#next, { resolve, reject });
      send({ id: this.#next++, request });
    });
  }

  /** Takes an answer that came. */
  settle({ id, answer, error }) {
    const { resolve, reject } = this.#asked.get(id);
    this.#asked.delete(id);
    if (error === undefined) resolve(answer);
    else reject(new Error(error));
  }

  /** Nothing comes any more. */
  fail(error) {
    for (const { reject } of this.#asked.values()) reject(error);
    this.#asked.clear();
  }
}

/** The other end: a handler of messages that answers each by `send(message)`. */
export function answering(answer, send) {
  return async ({ id, request }) => {
    try {
      send({ id, answer: await answer(request) });
    } catch (error) {
      send({ id, error: String(error?.stack ?? error) });
    }
  };
}
