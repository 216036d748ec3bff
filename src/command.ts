/** The numbers of the commands (`docs/abi.md`). */
export const Command = {
  OPEN: 3,
  CLOSE: 4,
  NODES: 5,
  INFO: 6,
  PING: 7,
  WARM_UP: 8,
  CONNECTIONS: 9,
  STATS: 10,
  ATTACH: 11,
  REGISTER_UDF: 12,
  REMOVE_UDF: 13,
  GET: 16,
  EXISTS: 17,
  PUT: 18,
  ADD: 19,
  APPEND: 20,
  PREPEND: 21,
  REMOVE: 22,
  TOUCH: 23,
  OPERATE: 24,
  APPLY: 25,
  BATCH: 32,
  BATCH_COLUMNS: 33,
} as const;

/** Whether a command takes room in the native queue. Who comes and goes does not wait for the commands of others. */
export function takesRoom(command: number): boolean {
  return command !== Command.OPEN && command !== Command.ATTACH && command !== Command.CLOSE;
}
