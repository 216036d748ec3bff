/**
 * `test` with hooks. Deno 2.5, the oldest that the client supports, has node:test's `test` but not its hooks.
 *
 * @module
 */
import { test as nodeTest } from "node:test";

type Body = () => unknown;

/** The tests of one file, and what runs around them. */
export interface Suite {
  /** Declares a test. */
  test(name: string, body: Body): void;
  /** Runs before the first test. */
  before(hook: Body): void;
  /** Runs after the last test. */
  after(hook: Body): void;
  /** Runs before each test. */
  beforeEach(hook: Body): void;
  /** Runs after each test, whether it passed or not. */
  afterEach(hook: Body): void;
}

/** Begins the suite of a file. Bun loads a module once for all files, so this is a call and no global state. */
export function suite(): Suite {
  const hooks: Record<"before" | "after" | "beforeEach" | "afterEach", Body[]> = {
    before: [],
    after: [],
    beforeEach: [],
    afterEach: [],
  };
  const run = async (bodies: Body[]): Promise<void> => {
    for (const body of bodies) await body();
  };
  let declared = 0;
  let finished = 0;
  let started: Promise<void> | undefined;
  const add = (list: Body[]) => (hook: Body): void => void list.push(hook);
  return {
    before: add(hooks.before),
    after: add(hooks.after),
    beforeEach: add(hooks.beforeEach),
    afterEach: add(hooks.afterEach),
    test: (name, body) => {
      declared++;
      nodeTest(name, async () => {
        try {
          await (started ??= run(hooks.before));
          await run(hooks.beforeEach);
          try {
            await body();
          } finally {
            await run(hooks.afterEach);
          }
        } finally {
          // All tests of a file are declared before the first one runs.
          if (++finished === declared) await run(hooks.after);
        }
      });
    },
  };
}
