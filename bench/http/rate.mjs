// The rate that a server just holds: what the open loops of `B` and `C` ask of every client.
const SECONDS = 2;
const CONNECTIONS = 10;
/** Shares of what a closed loop reaches, from the highest. */
const SHARES = [0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5];
/** A rate is held where the last answer comes so soon after the last request, as a share of the time. */
const OVERRUN = 0.05;

/** A rate in requests a second; throws where not even half of a closed loop's throughput is held. */
export async function heldRate(service) {
  const closed = await service.ask({ case: "closed", connections: CONNECTIONS, thinkMs: 0, seconds: SECONDS });
  const capacity = closed.operations / closed.seconds;
  for (const share of SHARES) {
    const rate = Math.max(1, Math.floor(capacity * share));
    const { seconds } = await service.ask({ case: "open", rate, seconds: SECONDS });
    if (seconds <= SECONDS * (1 + OVERRUN)) {
      console.error(`${service.name} holds ${rate} requests a second, of ${capacity.toFixed(1)} in a closed loop`);
      return rate;
    }
  }
  throw new Error(
    `${service.name} does not hold half of the ${capacity.toFixed(1)} requests a second of a closed loop`,
  );
}
