/** What the emulator refuses, and why. */
export class EmulatorError extends Error {
  /** `EmulatorError`. */
  override readonly name = "EmulatorError";
}
