/**
 * The commands that register, remove and list modules of functions.
 *
 * @module
 */

import { ADMIN_OPTIONS, adminCall, administer, sendInfo } from "./cluster-commands.ts";
import type { AdminOptions } from "./cluster-info.ts";
import { Command } from "./command.ts";
import { AerospikeError } from "./errors.ts";
import { checkNames } from "./option-check.ts";
import type { Session } from "./session.ts";
import { compileError, readUdfList, readUdfSource, type UdfInfo, udfName, type UdfSource, UdfTask } from "./udf.ts";

/** For {@link Client.registerUdf}. */
export async function registerUdf(
  session: Session,
  module: UdfSource,
  options: AdminOptions | undefined,
): Promise<UdfTask> {
  // Before a file is read in vain.
  adminCall(session, options);
  const { name, source } = await readUdfSource(module);
  try {
    await administer<unknown>(session, Command.REGISTER_UDF, options, (w, timeout) => {
      w.u32(timeout);
      w.name(name);
      w.blob(source);
    });
  } catch (error) {
    throw AerospikeError.is(error) ? compileError(error.message) ?? error : error;
  }
  return taskOf(session, name, source);
}

/** For {@link Client.removeUdf}. */
export async function removeUdf(session: Session, name: string, options: AdminOptions | undefined): Promise<UdfTask> {
  await administer<unknown>(session, Command.REMOVE_UDF, options, (w, timeout) => {
    w.u32(timeout);
    w.name(udfName(name, "name"));
  });
  return taskOf(session, name, undefined);
}

function taskOf(session: Session, name: string, source: Uint8Array | undefined): UdfTask {
  return new UdfTask(name, source, (command, options) => sendInfo(session, command, options));
}

/** For {@link Client.listUdfs}. */
export async function listUdfs(session: Session, options: AdminOptions | undefined): Promise<UdfInfo[]> {
  if (options !== undefined) checkNames(options, "options", ADMIN_OPTIONS);
  const [answer] = Object.values(await sendInfo(session, "udf-list", options));
  return readUdfList(answer?.["udf-list"] ?? "");
}
