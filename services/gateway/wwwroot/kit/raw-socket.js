import { retryDelay } from './backoff.js';

const backoff = { firstMs: 1_000, mostMs: 15_000 };
const mostTries = 8;
// closed for good: done, and not wanted
const finalCodes = [1000, 1008];
const encoder = new TextEncoder();

/**
 * A WebSocket whose frames are seen as they are, and which comes back by itself when an open connection is lost.
 *
 * Events:
 * - `state` (`detail`: `{state: 'connecting' | 'open' | 'closed', reason?: 'refused' | 'lost' | 'ended', code?, retryInMs?}`);
 *   without a reason it was us who closed;
 * - `frame` (`detail`: `{sent, data, bytes, at}`): a frame of either direction, `at` on the clock of `performance.now()`.
 */
export class RawSocket extends EventTarget {
  #url = null;
  #socket = null;
  #state = 'closed';
  #opened = false;
  #failures = 0;
  #retryTimer = null;

  get state() {
    return this.#state;
  }

  /** Opens a connection in place of the one there is. Throws `SyntaxError` on an address that is none. */
  connect(url) {
    this.close();
    this.#url = url;
    this.#opened = false;
    this.#failures = 0;
    this.#open();
  }

  /** Closes for good. */
  close() {
    clearTimeout(this.#retryTimer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
    if (this.#state !== 'closed') {
      this.#setState('closed');
    }
  }

  /** Sends a frame, text or bytes; false without a connection. */
  send(data) {
    if (this.#state !== 'open') {
      return false;
    }

    this.#socket.send(data);
    this.#emitFrame(true, data);
    return true;
  }

  #open() {
    const socket = new WebSocket(this.#url);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#setState('connecting');
    this.#when(socket, 'open', () => {
      this.#opened = true;
      this.#failures = 0;
      this.#setState('open');
    });
    this.#when(socket, 'message', ({ data }) => this.#emitFrame(false, data));
    this.#when(socket, 'close', ({ code }) => this.#closed(code));
  }

  /** Listens to a socket for as long as it is the one in use. */
  #when(socket, type, listener) {
    socket.addEventListener(type, (event) => socket === this.#socket && listener(event));
  }

  #closed(code) {
    this.#socket = null;
    if (!this.#opened) {
      this.#setState('closed', { reason: 'refused', code });
    } else if (finalCodes.includes(code) || this.#failures >= mostTries) {
      this.#setState('closed', { reason: 'ended', code });
    } else {
      const retryInMs = retryDelay(this.#failures, backoff);
      this.#failures += 1;
      this.#retryTimer = setTimeout(() => this.#open(), retryInMs);
      this.#setState('closed', { reason: 'lost', code, retryInMs });
    }
  }

  #emitFrame(sent, data) {
    const bytes = typeof data === 'string' ? encoder.encode(data).length : data.byteLength;
    this.dispatchEvent(new CustomEvent('frame', { detail: { sent, data, bytes, at: performance.now() } }));
  }

  #setState(state, detail = {}) {
    this.#state = state;
    this.dispatchEvent(new CustomEvent('state', { detail: { state, ...detail } }));
  }
}
