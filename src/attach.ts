/**
 * Attaching to a cluster that another thread has opened, on any runtime.
 *
 * @module
 */

import type { Binding } from "./binding.ts";
import type { Client } from "./client.ts";
import { CLIENT_OPTIONS, type ClientOptions, readClientOptions } from "./client-options.ts";
import { bytesOfToken, type ClusterToken } from "./cluster-token.ts";
import { Command } from "./command.ts";
import { CLUSTER_OPTIONS } from "./connect-options.ts";
import { openWith } from "./connect.ts";
import { InvalidArgumentError } from "./errors.ts";
import { checkNames, checkObject } from "./option-check.ts";

/** Attaches by a runtime's binding. */
export async function attachWith(
  binding: Binding,
  token: ClusterToken,
  options: ClientOptions | undefined,
): Promise<Client> {
  const bytes = bytesOfToken(token);
  const given: unknown = options === undefined ? {} : options;
  checkObject(given, "options");
  const ofCluster = CLUSTER_OPTIONS.find((name) => name in given);
  if (ofCluster !== undefined) {
    throw new InvalidArgumentError(
      `options.${ofCluster} is an option of connect: the cluster that this client attaches to is open already`,
    );
  }
  checkNames(given, "options", CLIENT_OPTIONS);
  return await openWith(binding, readClientOptions(given), Command.ATTACH, (w) => w.blob(bytes));
}
