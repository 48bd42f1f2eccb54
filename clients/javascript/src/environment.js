import { uuidV7 } from './uuid.js';

/** What the client takes from where it runs: sockets, a clock that never goes back, timers, chance and ids. A test gives its own. */
export function environment(given = {}) {
  const WebSocket = given.WebSocket ?? globalThis.WebSocket;
  if (typeof WebSocket !== 'function') {
    throw new TypeError('There is no WebSocket here: use Node 22 or later, or give one as the option WebSocket (the package ws has one).');
  }

  return {
    WebSocket,
    fetch: given.fetch ?? globalThis.fetch?.bind(globalThis),
    now: given.now ?? (() => performance.now()),
    unixNow: given.unixNow ?? (() => Date.now()),
    setTimeout: given.setTimeout ?? ((callback, ms) => globalThis.setTimeout(callback, ms)),
    clearTimeout: given.clearTimeout ?? ((timer) => globalThis.clearTimeout(timer)),
    random: given.random ?? Math.random,
    uuid: given.uuid ?? (() => uuidV7()),
  };
}
