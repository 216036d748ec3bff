// Starts an emulator, and says which variables of the environment and which files were asked for without permission.
import fs from "node:fs";
import process from "node:process";

const asked: string[] = [];
const env = process.env;
process.env = new Proxy(env, {
  get: (target, name) => {
    asked.push(String(name));
    return Reflect.get(target, name) as string | undefined;
  },
});
const { existsSync } = fs;
fs.existsSync = (path) => {
  asked.push(String(path));
  return existsSync(path);
};

const { Emulator } = await import("../../emulator/mod.ts");
const server = await Emulator.start();
await server.close();
console.log(`started asked:${asked.join(",")}`);
