/** Attaches by a token of another process and prints the error. Argument: the token, as JSON. */
import process from "node:process";
import { attach } from "../../mod.ts";

const error = await attach(JSON.parse(process.argv[2] ?? "")).then(() => undefined, (error: Error) => error);
console.log(JSON.stringify({ name: error?.name, message: error?.message }));
