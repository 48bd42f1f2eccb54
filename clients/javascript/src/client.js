import { Connection } from './connection.js';
import { deferred } from './deferred.js';
import { DetailEvent } from './detail-event.js';
import { environment } from './environment.js';
import { ConnectionError, RefusedError } from './errors.js';
import { FollowedRuns } from './followed-runs.js';
import { JoinedRooms } from './joined-rooms.js';
import { RunTable } from './run-table.js';

const defaults = {
  firstMs: 500, // of the pauses between tries
  busyMs: 2_000, // the same when the server has said that it is too busy
  mostMs: 15_000,
  welcomeMs: 10_000,
  quietMs: 10_000, // of silence while a run is under way, before the server is asked for a sign of life
  pongMs: 10_000,
  gapMs: 5_000,
  giveUpMs: Infinity,
  patienceMs: 60_000, // with refusals of what concerns a run that the server has accepted
  cancelAgainMs: 2_000,
  bufferBytes: 1_048_576,
  mostRuns: 256,
  retryRefused: 0,
  probe: '/api/v1/catalog',
};

/**
 * Speaks `streamchat.v1` over one WebSocket that it keeps alive. After a loss it comes back by itself, and everything goes on where it
 * stood: requests that were not accepted are sent again under the same id, runs are attached to after the last event that was seen, rooms
 * are joined again, what was cancelled meanwhile is cancelled, tools' answers that may have been lost are given again.
 *
 * Events, all with a `detail`: `state` (`{state: 'connecting' | 'open' | 'waiting' | 'closed', reason?, retryInMs?}`), `error` (a
 * `RefusedError` that belongs to no run), `frame` (a frame of a type that this client does not know).
 */
export class Client extends EventTarget {
  #environment;
  #connection;
  #runs;
  #rooms = new Map();
  #followed;
  #joined;
  #ready = deferred();
  #authenticating = [];

  constructor(url, given = {}) {
    super();
    const options = { ...defaults, ...given };
    this.#environment = environment(given);
    this.#connection = new Connection(addressOf(url, options.userId), this.#callbacks(), options, this.#environment);
    this.#runs = new RunTable(options.mostRuns);
    this.#followed = new FollowedRuns(this.#connection, this.#runs, this.#rooms, options, this.#environment);
    this.#joined = new JoinedRooms(this.#connection, this.#rooms, this.#runs, this.#followed, options, this.#environment);
    this.connectionId = undefined;
    this.userId = options.userId;
  }

  /** `connecting`, `open`, `waiting` for the next try, or `closed`. */
  get state() {
    return this.#connection.state;
  }

  /** Resolves when the connection is open; rejects when it is closed for good before that. */
  get ready() {
    return this.#ready.promise;
  }

  /** The runs that have not ended. */
  get runs() {
    return this.#runs.all;
  }

  /** Opens the connection now, also in the midst of waiting for the next try. Does nothing if there is one. */
  connect() {
    this.#connection.open();
    return this;
  }

  /** The network is back, the page is seen again, the machine has slept: does not wait any longer, and looks whether all is well. */
  wake() {
    this.#connection.wake();
  }

  /** Closes for good; runs under way end here as failed, though the server may finish them. */
  close() {
    this.#connection.close();
    this.#endAll('closed', 'The client was closed.');
  }

  [Symbol.dispose ?? Symbol.for('Symbol.dispose')]() {
    this.close();
  }

  /**
   * Asks for an answer. Without a connection the request waits for one. The fields are those of the frame `run`: `messages`, and
   * perhaps `threadId`, `runId`, `agent`, `model`, `tools` and so on. Instead of `messages`, `text` asks in one message.
   */
  run({ text, messages = [{ role: 'user', content: text }], runId = this.#environment.uuid(), ...fields }) {
    return this.#followed.begin({ runId, threadId: fields.threadId }, { frame: { type: 'run', runId, messages, ...fields } });
  }

  /**
   * Shows a run that was asked for before, by this client or another: from its first event, or after a position. `threadId` is needed
   * for a run that somebody else asked for in a room, which must be joined.
   */
  attach(runId, { threadId, attempt, afterSeq } = {}) {
    return this.#followed.begin(
      { runId, threadId, attempt, afterSeq },
      { sent: true, accepted: true, attached: true, withThread: threadId !== undefined },
    );
  }

  /** Sees all runs of a thread or room from now on. Returns the `Room`. */
  join(threadId) {
    return this.#joined.join(threadId);
  }

  /**
   * Renews the access token of the socket that is there, with the one given or what `options.token()` returns. Resolves with
   * `{expiresAt?}`, rejects when the server does not take it.
   */
  async authenticate(token) {
    if (this.state !== 'open') {
      throw new ConnectionError('lost', 'There is no connection.', { retryable: true });
    }

    const answer = deferred();
    this.#authenticating.push(answer);
    try {
      await this.#connection.authenticate(token);
    } catch (error) {
      this.#authenticating = this.#authenticating.filter((other) => other !== answer);
      throw error;
    }

    return answer.promise;
  }

  #callbacks() {
    return {
      welcomed: (frame) => this.#welcomed(frame),
      received: (frame) => this.#received(frame),
      lost: (code) => this.#lost(code),
      ended: (code, message) => this.#endAll(code, message),
      changed: (detail) => this.#changed(detail),
      isNeeded: () => !this.#runs.isEmpty || this.#rooms.size > 0,
      isBusy: () => !this.#runs.isEmpty,
    };
  }

  #welcomed(frame) {
    this.connectionId = frame.connectionId;
    this.userId = frame.userId;
    this.#joined.rejoinAll();
    this.#followed.goOnWithAll();
    this.#ready.resolve(this);
  }

  #received(frame) {
    switch (frame.type) {
      case 'accepted':
        this.#accepted(frame);
        break;
      case 'error':
        this.#refused(frame);
        break;
      case 'joined':
        this.#joined.enter(frame.threadId);
        break;
      case 'left':
        this.#left(frame);
        break;
      case 'reconnect':
        this.#connection.comeBackAfter(frame.afterMs);
        break;
      case 'authenticated':
        this.#connection.renewBefore(frame.expiresAt);
        this.#authenticating.shift()?.resolve({ expiresAt: frame.expiresAt });
        break;
      case 'pong':
        this.#emit('pong', frame);
        break;
      default:
        if (typeof frame.runId === 'string' && typeof frame.seq === 'number') {
          this.#runEvent(frame);
        } else {
          this.#emit('frame', frame);
        }
    }
  }

  #accepted(frame) {
    const run = this.#runs.find(frame.runId);
    if (run) {
      this.#followed.accept(run, frame);
    }
  }

  #runEvent(event) {
    const run = this.#runs.find(event.runId) ?? this.#joined.show(event);
    if (run) {
      this.#followed.take(run, event);
    }
  }

  #refused(frame) {
    const error = new RefusedError(frame);
    const run = this.#runs.find(frame.runId) ?? (frame.runId || frame.threadId ? undefined : this.#onlyUnanswered());
    const room = frame.runId ? undefined : this.#rooms.get(frame.threadId);
    if (run) {
      this.#followed.refuse(run, error);
    } else if (room) {
      this.#joined.refuse(room, error);
    } else if (frame.code === 'forbidden' && this.#authenticating.length > 0) {
      this.#authenticating.shift().reject(error);
    } else {
      this.#emit('error', error);
    }
  }

  /** A frame that could not be read has no run id: the one request still unanswered must be what is meant. */
  #onlyUnanswered() {
    const waiting = this.runs.filter(({ link }) => link.sent && !link.accepted);
    return waiting.length === 1 && this.#authenticating.length === 0 ? waiting[0] : undefined;
  }

  #left({ threadId }) {
    const room = this.#rooms.get(threadId);
    if (room) {
      this.#joined.end(room, new RefusedError({ code: 'left', message: 'The room has no place for this client any more.', retryable: true }));
    }
  }

  #lost(code) {
    this.#joined.lose();
    this.#followed.lose(code);
    for (const answer of this.#authenticating.splice(0)) {
      answer.reject(new ConnectionError('lost', 'The connection was lost.', { retryable: true }));
    }
  }

  #endAll(code, message) {
    this.#followed.failAll(code, message);
    this.#joined.endAll(code, message);
    this.#ready.reject(new ConnectionError(code, message));
    this.#ready = deferred();
  }

  #changed(detail) {
    if (detail.state === 'waiting' || detail.state === 'closed') {
      this.connectionId = undefined;
    }

    this.#emit('state', detail);
  }

  #emit(type, detail) {
    this.dispatchEvent(new DetailEvent(type, detail));
  }
}

function addressOf(url, userId) {
  const address = new URL(url, globalThis.location?.href);
  address.protocol = { 'http:': 'ws:', 'https:': 'wss:' }[address.protocol] ?? address.protocol;
  if (userId !== undefined) {
    address.searchParams.set('user_id', userId);
  }

  return address.toString();
}
