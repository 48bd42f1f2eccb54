/**
 * How long to wait before the next try: anything between nothing and a bound that doubles with every failure ("full jitter"), so that
 * those who were cut off together do not come back together.
 */
export function backoff(failures, { firstMs, mostMs }, random) {
  return Math.round(random() * Math.min(firstMs * 2 ** Math.min(failures, 30), mostMs));
}

const again = { firstMs: 500, mostMs: 5_000 };

/** How long to wait, on a connection that is there, before saying again what the server has refused for now. */
export function beforeAskingAgain(tries, random) {
  return again.firstMs / 2 + backoff(tries, again, random);
}
