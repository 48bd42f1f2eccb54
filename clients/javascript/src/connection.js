import { backoff } from './backoff.js';
import { Liveness } from './liveness.js';

const subprotocol = 'streamchat.v1';
const defaultHeartbeatSeconds = 30;
const closeCodes = { normal: 1000, policy: 1008, tryLater: 1013, tokenExpired: 4001, tokenRevoked: 4003 };
const mostTokensRefused = 3;
const steadyAfterMs = 5_000;

/**
 * One WebSocket that is kept alive: it comes back after a loss with growing random pauses, unless the server has said that it need not.
 * What was under way is no matter of it. It calls its `owner`:
 * - `welcomed(frame)` when a new socket is ready, `received(frame)` for every other frame;
 * - `lost(code)` when a socket is gone, whatever comes then;
 * - `ended(code, message)` when it is gone for good; `changed(detail)` for every change of state;
 * - `isNeeded()`, `isBusy()`: whether something is to be seen on it, or is being answered right now.
 */
export class Connection {
  #url;
  #owner;
  #options;
  #environment;
  #token;
  #socket = null;
  #state = 'closed';
  #round = 0;
  #failures = 0;
  #refusedTokens = 0;
  #everOpen = false;
  #openedAt = 0;
  #lostAt = null;
  #comeBackAfterMs = null;
  #retryTimer = null;
  #welcomeTimer = null;
  #renewTimer = null;
  #liveness;
  #heartbeatMs = defaultHeartbeatSeconds * 1000;

  constructor(url, owner, options, environment) {
    this.#url = url;
    this.#owner = owner;
    this.#options = options;
    this.#environment = environment;
    this.#token = options.token;
    this.#liveness = new Liveness(environment, {
      quietMs: () => Math.min(this.#heartbeatMs, this.#owner.isBusy() ? options.quietMs : Infinity),
      answerMs: options.pongMs,
      ping: () => this.send({ type: 'ping' }),
      dead: () => this.abandon('silent'),
    });
  }

  /** `connecting`, `open`, `waiting` (for the next try), `closed`. */
  get state() {
    return this.#state;
  }

  /** Opens the connection now, also in the midst of waiting. Does nothing if there is one. */
  open() {
    if (this.#state === 'connecting' || this.#state === 'open') {
      return;
    }

    this.#environment.clearTimeout(this.#retryTimer);
    this.#comeBackAfterMs = null;
    this.#lostAt ??= this.#environment.now();
    this.#round += 1;
    this.#change('connecting');
    this.#connect(this.#round);
  }

  /** Something has happened that connections die of: looks whether this one has, and does not wait any longer if it has. */
  wake() {
    if (this.#state === 'waiting') {
      this.open();
    } else if (this.#state === 'open') {
      this.#liveness.check();
    }
  }

  /** What is under way has changed. */
  refresh() {
    this.#liveness.refresh();
  }

  send(frame) {
    if (this.#state === 'open') {
      this.#socket.send(JSON.stringify(frame));
    }
  }

  /** Says who this is anew, on the socket that is there. */
  async authenticate(token) {
    if (token !== undefined) {
      this.#token = typeof this.#token === 'function' ? this.#token : token;
    }

    const { value } = token === undefined ? await this.#askForToken() : credential(token);
    this.send({ type: 'auth', token: value });
  }

  /** Renews the token in time. `expiresAt` in Unix milliseconds. */
  renewBefore(expiresAt) {
    this.#environment.clearTimeout(this.#renewTimer);
    if (typeof this.#token !== 'function' || typeof expiresAt !== 'number') {
      return;
    }

    const leftMs = expiresAt - this.#environment.unixNow();
    const waitMs = Math.min(Math.max(leftMs - Math.min(60_000, leftMs / 4), 1_000), 2 ** 31 - 1);
    this.#renewTimer = this.#environment.setTimeout(() => {
      this.authenticate().catch(() => {
        // the server closes with 4001 when the old one is no good any more, and then it is asked for again
      });
    }, waitMs);
  }

  /** The server asks to come back after it has closed. */
  comeBackAfter(ms) {
    this.#comeBackAfterMs = Math.max(0, Number(ms) || 0);
  }

  /** Gives up on a socket: its closing handshake might take minutes. */
  abandon(reason) {
    if (this.#state === 'connecting' || this.#state === 'open') {
      const socket = this.#release();
      this.#owner.lost(null);
      socket?.close();
      this.#retry(reason);
    }
  }

  /** Closes for good. */
  close() {
    const socket = this.#release();
    this.#environment.clearTimeout(this.#retryTimer);
    socket?.close(closeCodes.normal);
    this.#change('closed');
  }

  async #connect(round) {
    const { WebSocket, setTimeout } = this.#environment;
    this.#welcomeTimer = setTimeout(() => this.abandon('silent'), this.#options.welcomeMs);
    let token;
    try {
      token = await this.#askForToken();
    } catch {
      if (round === this.#round) {
        this.#release();
        this.#retry('token');
      }

      return;
    }

    if (round !== this.#round) {
      return;
    }

    let socket;
    try {
      socket = new WebSocket(this.#url, token.value ? [subprotocol, `bearer.${token.value}`] : [subprotocol]);
    } catch (error) {
      this.#release();
      this.#end('invalid', `The connection could not be asked for: ${error.message}`);
      return;
    }

    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => socket === this.#socket && this.#receive(data, token.expiresAt));
    socket.addEventListener('close', ({ code }) => socket === this.#socket && this.#closed(code));
    // the close that follows says all; without a listener some implementations throw
    socket.addEventListener('error', () => {});
  }

  async #askForToken() {
    return credential(typeof this.#token === 'function' ? await this.#token() : this.#token);
  }

  #receive(data, expiresAt) {
    this.#liveness.heard();
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      return;
    }

    if (typeof frame?.type !== 'string') {
      return;
    }

    if (frame.type !== 'welcome') {
      this.#owner.received(frame);
    } else if (this.#state === 'connecting') {
      this.#welcomed(frame, expiresAt);
    }
  }

  #welcomed(frame, expiresAt) {
    this.#environment.clearTimeout(this.#welcomeTimer);
    this.#heartbeatMs = (frame.heartbeatSeconds || defaultHeartbeatSeconds) * 1000;
    this.#openedAt = this.#environment.now();
    this.#everOpen = true;
    this.#lostAt = null;
    // Not to zero before it has lasted: a server that welcomes and falls over at once is to be spared the quickest of tries.
    this.#failures = Math.min(this.#failures, 1);
    this.renewBefore(expiresAt);
    this.#state = 'open';
    this.#liveness.start();
    this.#owner.welcomed(frame);
    this.#owner.changed({ state: 'open' });
  }

  #closed(code) {
    const wasOpen = this.#state === 'open';
    this.#release();
    this.#owner.lost(code);
    switch (code) {
      case closeCodes.policy:
        this.#end('policy', 'The server closed this connection for good.');
        break;
      case closeCodes.tokenRevoked:
        this.#end('revoked', 'The access token was revoked.');
        break;
      case closeCodes.tokenExpired:
        this.#tokenRefused();
        break;
      default:
        if (code === closeCodes.normal && this.#comeBackAfterMs === null && !this.#owner.isNeeded()) {
          this.#change('closed', { reason: 'idle' });
        } else if (wasOpen) {
          this.#retry('lost', code === closeCodes.tryLater ? this.#options.busyMs : undefined);
        } else {
          this.#notLetIn(this.#round);
        }
    }
  }

  /** A browser does not tell why it was not let in, so plain HTTP is asked, now and then. */
  async #notLetIn(round) {
    const due = this.#everOpen ? this.#failures % 4 === 3 : this.#failures % 4 === 0;
    const status = due ? await this.#ask() : 0;
    if (round !== this.#round || this.#state !== 'connecting') {
      return;
    }

    if (status === 401) {
      this.#tokenRefused();
    } else if (status === 403) {
      this.#end('forbidden', 'The server does not let this user in.');
    } else {
      this.#retry('lost');
    }
  }

  async #ask() {
    const { fetch, setTimeout, clearTimeout } = this.#environment;
    if (!fetch || !this.#options.probe) {
      return 0;
    }

    const aborter = new AbortController();
    const timer = setTimeout(() => aborter.abort(), this.#options.welcomeMs);
    try {
      const url = new URL(this.#options.probe, this.#url);
      url.protocol = url.protocol === 'wss:' ? 'https:' : 'http:';
      url.search = new URL(this.#url).search;
      const { value } = await this.#askForToken();
      const answer = await fetch(url, { signal: aborter.signal, headers: value ? { Authorization: `Bearer ${value}` } : {} });
      return answer.status;
    } catch {
      return 0; // not to be reached, or not by this page
    } finally {
      clearTimeout(timer);
    }
  }

  #tokenRefused() {
    this.#refusedTokens = this.#wasSteady() ? 1 : this.#refusedTokens + 1;
    if (typeof this.#token !== 'function' || this.#refusedTokens > mostTokensRefused) {
      this.#end('unauthorized', 'The access token is not accepted, or no more.');
    } else {
      this.#retry('token');
    }
  }

  #retry(reason, firstMs = this.#options.firstMs) {
    const { now, random, setTimeout } = this.#environment;
    this.#failures = this.#wasSteady() ? 0 : this.#failures;
    this.#lostAt ??= now();
    const bounds = { firstMs, mostMs: this.#options.mostMs };
    const retryInMs = this.#comeBackAfterMs === null
      ? backoff(this.#failures, bounds, random)
      : this.#comeBackAfterMs + backoff(0, bounds, random);
    this.#failures += 1;
    this.#openedAt = 0;
    if (now() - this.#lostAt + retryInMs > this.#options.giveUpMs) {
      this.#end('gave_up', 'The connection was lost and did not come back in time.');
      return;
    }

    this.#retryTimer = setTimeout(() => this.open(), retryInMs);
    this.#change('waiting', { reason, retryInMs });
  }

  #wasSteady() {
    return this.#openedAt > 0 && this.#environment.now() - this.#openedAt >= steadyAfterMs;
  }

  #release() {
    const socket = this.#socket;
    this.#socket = null;
    this.#round += 1;
    this.#liveness.stop();
    this.#environment.clearTimeout(this.#welcomeTimer);
    this.#environment.clearTimeout(this.#renewTimer);
    if (this.#state === 'open') {
      this.#state = 'connecting';
    }

    return socket;
  }

  #end(code, message) {
    this.#release();
    this.#change('closed', { reason: code });
    this.#owner.ended(code, message);
  }

  #change(state, detail = {}) {
    this.#state = state;
    this.#owner.changed({ state, ...detail });
  }
}

function credential(token) {
  return token !== null && typeof token === 'object' ? { value: token.token, expiresAt: token.expiresAt } : { value: token };
}
