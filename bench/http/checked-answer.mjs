// What `/predict?r=N` has to answer.
import { adIdsOf, EXPECTED, sparseOf, writtenDense } from "./candidates.mjs";
import { forward } from "./dlrm.mjs";

/** What scores may differ by, whose sums were taken in another order and in half of the digits. */
const TOLERANCE = 1e-5;

/** The `[{ adId, score }]` of request `r` by plain JavaScript; it takes a while. */
export function expectedCandidates(model, r) {
  const scores = forward(model, writtenDense(r), sparseOf(r));
  return adIdsOf(r).map((adId, i) => ({ adId, score: scores[i] }));
}

/** Throws where an answer to request `r` is another one; `scored` are its candidates, where there are scores. */
export function checkAnswer(r, { found, sum, candidates }, sums, scored) {
  const expected = EXPECTED[r];
  if (found !== expected.found || sum !== expected[sums]) {
    throw new Error(`request ${r}: ${found} found, sum ${sum}; it is ${JSON.stringify(expected)}`);
  }
  if (scored) sameCandidates(candidates, scored);
}

function sameCandidates(answered, expected) {
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
