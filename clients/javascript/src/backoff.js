/**
 * How long to wait before the next try: anything between nothing and a bound that doubles with every failure ("full jitter"), so that
 * those who were cut off together do not come back together.
 */
export function backoff(failures, { firstMs, mostMs }, random) {
  return Math.round(random() * Math.min(firstMs * 2 ** Math.min(failures, 30), mostMs));
}
