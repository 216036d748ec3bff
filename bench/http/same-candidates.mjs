/** What scores may differ by, whose sums were taken in another order and in half of the digits. */
const TOLERANCE = 1e-5;

/** Throws where an answer's `[{ adId, score }]` are not the ones that were expected. */
export function sameCandidates(answered, expected) {
  if (answered?.length !== expected.length) {
    throw new Error(`${answered?.length} candidates were scored, it is ${expected.length}`);
  }
  for (const [i, { adId, score }] of expected.entries()) {
    const { adId: id, score: given } = answered[i];
    if (id !== adId || !(Math.abs(given - score) <= TOLERANCE)) {
      throw new Error(`candidate ${i} is ${id} with the score ${given}; it is ${adId} with ${score}`);
    }
  }
}
