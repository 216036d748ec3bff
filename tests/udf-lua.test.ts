// What Lua functions do, compared with what a server answered: tests/udf/corpus.json.
import { assertEquals, assertGreater } from "@std/assert";
import corpus from "./udf/corpus.json" with { type: "json" };
import { answersOf } from "./udf/corpus.ts";
import { freshSet, startServer, type TestServer } from "./support/server.ts";
import { suite } from "./support/suite.ts";

const { test, before, after } = suite();

let server: TestServer;

before(async () => {
  const policy = { totalTimeout: 60_000 };
  server = await startServer({ doubles: "wrapped", policies: { read: policy, write: policy } });
});

after(() => server.close());

test("functions do and return what they do and return on a server", async () => {
  const answers = await answersOf(server.client, freshSet(), corpus);
  for (const [module, bodies] of Object.entries(corpus)) {
    assertGreater(Object.keys(bodies).length, 5, module);
    assertEquals(answers[module], bodies, module);
  }
});
