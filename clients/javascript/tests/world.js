import { connect } from '../src/index.js';

/** A clock that stands still until told, sockets whose other end is the test, and no chance. */
export class World {
  sockets = [];
  #now = 0;
  #timers = new Map();
  #timer = 0;
  #ids = 0;

  constructor({ random = () => 1 } = {}) {
    const world = this;
    this.environment = {
      WebSocket: class extends FakeSocket {
        constructor(url, protocols) {
          super(url, protocols);
          world.sockets.push(this);
        }
      },
      fetch: async () => {
        throw new TypeError('nobody there');
      },
      now: () => this.#now,
      unixNow: () => 1_800_000_000_000 + this.#now,
      setTimeout: (callback, ms) => {
        this.#timer += 1;
        this.#timers.set(this.#timer, { at: this.#now + ms, callback });
        return this.#timer;
      },
      clearTimeout: (timer) => this.#timers.delete(timer),
      random,
      uuid: () => `run-${++this.#ids}`,
    };
  }

  get socket() {
    return this.sockets.at(-1);
  }

  get timers() {
    return this.#timers.size;
  }

  connect(options = {}) {
    return connect('ws://server/ws/v1', { userId: 'ada', ...this.environment, ...options });
  }

  /** Connects and lets the server welcome. */
  async open(options = {}) {
    const client = this.connect(options);
    await settled();
    this.socket.welcome();
    return client;
  }

  /** Lets time pass, timer by timer. */
  async pass(ms) {
    const until = this.#now + ms;
    for (;;) {
      const [id, due] = [...this.#timers].filter(([, { at }]) => at <= until).sort((a, b) => a[1].at - b[1].at)[0] ?? [];
      if (!due) {
        break;
      }

      this.#timers.delete(id);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
      await settled();
    }

    this.#now = until;
    await settled();
  }

  /** The connection breaks, the client comes back and is welcomed. */
  async comeBack(code = 1006) {
    const before = this.sockets.length;
    this.socket.break(code);
    await settled();
    for (let tries = 0; this.sockets.length === before && tries < 50; tries++) {
      await this.pass(1000);
    }

    this.socket.welcome();
    await settled();
  }
}

class FakeSocket extends EventTarget {
  sent = [];
  answersPings = false;
  closedWith = null;

  constructor(url, protocols) {
    super();
    this.url = url;
    this.protocols = protocols;
  }

  send(text) {
    const frame = JSON.parse(text);
    if (frame.type === 'ping' && this.answersPings) {
      this.say({ type: 'pong', timestamp: 1 });
    } else {
      this.sent.push(frame);
    }
  }

  close(code = null) {
    this.closedWith = code ?? 'closed';
  }

  /** What the client has sent since the last time. */
  take() {
    return this.sent.splice(0);
  }

  welcome() {
    this.say({ type: 'welcome', connectionId: 'a.1', userId: 'ada', heartbeatSeconds: 30 });
  }

  say(frame) {
    this.dispatchEvent(Object.assign(new Event('message'), { data: JSON.stringify(frame) }));
  }

  accept(runId, threadId = 't') {
    this.say({ type: 'accepted', runId, threadId, traceId: 'f'.repeat(32) });
  }

  /** Ends without a handshake of closing, or with the server's code. */
  break(code = 1006) {
    this.dispatchEvent(Object.assign(new Event('close'), { code }));
  }
}

/** All that promises have to do is done. */
export async function settled() {
  for (let i = 0; i < 30; i++) {
    await Promise.resolve();
  }
}

/** Writes the events of a run with rising `seq`. */
export class Script {
  constructor(socket, runId, { attempt, seq = 0 } = {}) {
    this.socket = socket;
    this.runId = runId;
    this.attempt = attempt;
    this.seq = seq;
  }

  event(type, fields = {}) {
    this.seq += 1;
    return { type, ...fields, runId: this.runId, seq: this.seq, ...(this.attempt ? { attempt: this.attempt } : {}) };
  }

  say(type, fields) {
    this.socket.say(this.event(type, fields));
    return this;
  }

  start(fields = {}) {
    return this.say('RUN_STARTED', { threadId: 't', ...fields }).say('TEXT_MESSAGE_START', { messageId: 'm1', role: 'assistant' });
  }

  text(delta, messageId = 'm1') {
    return this.say('TEXT_MESSAGE_CONTENT', { messageId, delta });
  }

  finish() {
    return this.say('TEXT_MESSAGE_END', { messageId: 'm1' }).say('RUN_FINISHED', { threadId: 't', result: { model: 'demo' } });
  }
}

/** Reads to the end; what it throws comes last. */
export async function all(iterable) {
  const seen = [];
  try {
    for await (const item of iterable) {
      seen.push(item);
    }
  } catch (error) {
    seen.push(error);
  }

  return seen;
}
