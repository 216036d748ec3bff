// The rate that a server just holds: what the open loops of `B` and `C` ask of every client.
const SECONDS = 2;
const QUICK_SECONDS = 1;
const CONNECTIONS = 10;
/** Between these shares of what a closed loop reaches the highest rate is looked for, by halving so often. */
const LOWEST = 0.5;
const HIGHEST = 1.2;
const HALVINGS = 5;
/** A rate is held where the last answer comes so soon after the last request, as a share of the time. */
const OVERRUN = 0.05;
/** Of the highest rate that was held for seconds, so much is taken to be held for longer. */
const SAFE = 0.95;

/** A rate in requests a second; throws where not even half of a closed loop's throughput is held. */
export async function heldRate(service, quick) {
  const tried = quick ? QUICK_SECONDS : SECONDS;
  const closed = () => service.ask({ case: "closed", connections: CONNECTIONS, thinkMs: 0, seconds: tried });
  // The first one is for the compiler.
  await closed();
  const { operations, seconds } = await closed();
  const capacity = operations / seconds;
  const holds = async (rate) => {
    const answer = await service.ask({ case: "open", rate, seconds: tried });
    return answer.seconds <= tried * (1 + OVERRUN);
  };
  let low = capacity * LOWEST;
  let high = capacity * HIGHEST;
  if (!await holds(low)) throw new Error(`${service.name} does not hold ${low.toFixed(1)} requests a second`);
  for (let i = 0; i < HALVINGS; i++) {
    const rate = (low + high) / 2;
    if (await holds(rate)) low = rate;
    else high = rate;
  }
  console.error(
    `${service.name} holds ${low.toFixed(1)} requests a second, and reaches ${capacity.toFixed(1)} in a closed loop`,
  );
  return Math.max(1, Math.floor(low * SAFE));
}
