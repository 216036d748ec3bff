/** Under `--allow-ffi=<library>`: the callback wake is refused by name, and nothing of the attempt is left. */
import { connect, LibraryError } from "../../mod.ts";
import { loadLibrary } from "../../src/library.ts";
import { binding } from "../../deno/binding.ts";

for (let attempt = 0; attempt < 3; attempt++) {
  try {
    await connect({ wake: "callback" });
    throw new Error("it connected");
  } catch (error) {
    if (!(error instanceof LibraryError) || !error.message.includes("--allow-ffi")) throw error;
  }
}
const [queues] = loadLibrary(binding, undefined).counters();
if (queues !== 0) throw new Error(`${queues} queues are left`);
