/**
 * Views of buffers that are gone.
 *
 * @module
 */

const PROBE: Uint8Array = new Uint8Array(0);

/** Whether a view has lost its buffer, which was transferred or shrunk: it looks empty, and nothing can read it. */
export function isDetached(view: Uint8Array | Float32Array): boolean {
  if (view.length > 0) return false;
  try {
    PROBE.set(view);
    return false;
  } catch {
    return true;
  }
}
