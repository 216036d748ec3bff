import { assertEquals } from "@std/assert";
import process from "node:process";
import { Emulator } from "../emulator/mod.ts";
import { corpora, readCorpus } from "./differential/corpus.ts";
import { differences } from "./differential/differential.ts";
import { FAMILIES, sequences } from "./differential/families.ts";
import { RawConnection } from "./differential/raw.ts";
import { describe, outcome } from "./differential/sequence.ts";
import { leftOut } from "./support/left-out.ts";
import { externalHosts, freshSet } from "./support/server.ts";
import { suite } from "./support/suite.ts";

/** Sequences of each family; `tests/differential/run.ts` takes any number. */
const SEQUENCES = 300;
/** Differences are shrunk and printed up to this many. */
const MOST = 3;

const { before, after, test } = suite();

let emulator: Emulator;
before(async () => void (emulator = await Emulator.start()));
after(() => emulator.close());

for (const name of corpora()) {
  test(`the emulator and the server answer as recorded in ${name}`, async () => {
    for (const hosts of [emulator.hosts, ...(externalHosts === undefined ? [] : [externalHosts])]) {
      const connection = await RawConnection.connect(hosts, freshSet());
      for (const { what, sequence, answers } of readCorpus(name)) {
        const got = await outcome(connection, sequence);
        assertEquals(got, answers, `${what}\n${describe(sequence, { recorded: answers, [hosts]: got })}`);
      }
      connection.close();
    }
  });
}

for (const family of Object.keys(FAMILIES)) {
  test(`the emulator answers generated ${family} operations as a server does`, async () => {
    if (externalHosts === undefined) return leftOut(`${family} operations beside a server`, "AEROSPIKE_HOSTS");
    const seed = Number(process.env["DIFFERENTIAL_SEED"] ?? Date.now() % 1e6);
    const targets = [{ name: "server  ", hosts: externalHosts }, { name: "emulator", hosts: emulator.hosts }] as const;
    const found = await differences(targets, freshSet(), sequences(family, seed, SEQUENCES), MOST);
    assertEquals(found.map(({ text }) => text), [], `seed ${seed}\n${found.map(({ text }) => text).join("\n\n")}`);
  });
}
