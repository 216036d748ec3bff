// Imports the client where no library can be loaded, and uses what needs none.
import { connect, Double, Key, op } from "../../mod.ts";

const key = new Key("test", "users", "alice");
if (key.digest.length !== 20 || new Double(1).value !== 1 || op.read("a").bin !== "a") {
  throw new Error("something is missing");
}
const outcome = await connect({ hosts: "127.0.0.1:1" }).then(() => "connected", (error) => error.name);
console.log(outcome === "LibraryError" ? "imported" : outcome);
