/**
 * What the server at hand lacks.
 *
 * @module
 */

/** Says that a check does not run here, and why. */
export function leftOut(name: string, needs: string): void {
  console.log(`left out: ${name} (needs ${needs})`);
}
