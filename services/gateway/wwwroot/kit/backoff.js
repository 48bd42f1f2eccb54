/**
 * How long to wait before coming back after a loss: longer with every failure, half of it fixed and half random, so that
 * a server that restarts is not met by everybody at once. `fixedMs` is the fixed part where the server has named it.
 */
export function retryDelay(failures, { firstMs, mostMs, fixedMs = null }) {
  const longest = Math.min(firstMs * 2 ** failures, mostMs);
  return Math.round((fixedMs ?? longest / 2) + Math.random() * (longest / 2));
}
