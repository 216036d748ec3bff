/** The version of this package, as the server's log and `deno.json` have it. */
export const VERSION = "0.1.0";
