import { backoff } from './backoff.js';
import { Connection } from './connection.js';
import { deferred } from './deferred.js';
import { DetailEvent } from './detail-event.js';
import { environment } from './environment.js';
import { ConnectionError, RefusedError, RunCancelledError, StreamChatError } from './errors.js';
import { Room } from './room.js';
import { Run } from './run.js';

const tooLarge = 1009;
const mostGaps = 3;
const mostCancels = 30; // on one connection
const mostEndedKnown = 256;
const mostExcepted = 64; // in one join
const again = { firstMs: 500, mostMs: 5_000 };
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
  #options;
  #environment;
  #connection;
  #runs = new Map();
  #rooms = new Map();
  #ended = new Set();
  #ready = deferred();
  #authenticating = [];

  constructor(url, options = {}) {
    super();
    this.#options = { ...defaults, ...options };
    this.#environment = environment(options);
    this.#connection = new Connection(addressOf(url, options.userId), this.#callbacks(), this.#options, this.#environment);
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
    return [...this.#runs.values()];
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
    const known = this.#runs.get(runId);
    return known ?? this.#begin(new Run(this.#runOwner, { runId, threadId: fields.threadId }, this.#options.bufferBytes, {
      frame: { type: 'run', runId, messages, ...fields },
    }));
  }

  /**
   * Shows a run that was asked for before, by this client or another: from its first event, or after a position. `threadId` is needed
   * for a run that somebody else asked for in a room, which must be joined.
   */
  attach(runId, { threadId, attempt, afterSeq } = {}) {
    const known = this.#runs.get(runId);
    return known ?? this.#begin(new Run(this.#runOwner, { runId, threadId, attempt, afterSeq }, this.#options.bufferBytes, {
      sent: true, accepted: true, attached: true, withThread: threadId !== undefined,
    }));
  }

  /** Sees all runs of a thread or room from now on. Returns the `Room`. */
  join(threadId) {
    let room = this.#rooms.get(threadId);
    if (!room) {
      room = new Room(this.#roomOwner, threadId, this.#options.mostRuns);
      this.#rooms.set(threadId, room);
      this.#sendOrConnect(this.#joinOf(threadId));
    }

    return room;
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

  #runOwner = {
    cancel: (run) => this.#cancel(run),
    answerTool: (run, frame) => this.#answerTool(run, frame),
    ended: (run) => this.#forget(run),
  };

  #roomOwner = {
    leave: (room) => this.#leave(room),
  };

  #callbacks() {
    return {
      welcomed: (frame) => this.#welcomed(frame),
      received: (frame) => this.#received(frame),
      lost: (code) => this.#lost(code),
      ended: (code, message) => this.#endAll(code, message),
      changed: (detail) => this.#changed(detail),
      isNeeded: () => this.#runs.size > 0 || this.#rooms.size > 0,
      isBusy: () => this.#runs.size > 0,
    };
  }

  #begin(run) {
    if (this.#runs.size >= this.#options.mostRuns) {
      throw new StreamChatError(`This client follows ${this.#options.mostRuns} runs already.`, { code: 'busy', retryable: true });
    }

    this.#runs.set(run.runId, run);
    this.#ended.delete(run.runId);
    if (this.state === 'open') {
      this.#goOn(run);
      this.#connection.refresh();
    } else {
      this.#connection.open();
    }

    return run;
  }

  #sendOrConnect(frame) {
    if (this.state === 'open') {
      this.#connection.send(frame);
    } else {
      this.#connection.open();
    }
  }

  #welcomed(frame) {
    this.connectionId = frame.connectionId;
    this.userId = frame.userId;
    for (const room of this.#rooms.values()) {
      this.#connection.send(this.#joinOf(room.threadId));
    }

    for (const run of this.#runs.values()) {
      this.#goOn(run);
    }

    this.#ready.resolve(this);
  }

  /** Says whatever the server may not have heard of a run. Saying it twice does no harm. */
  #goOn(run) {
    const { link } = run;
    this.#environment.clearTimeout(link.gapTimer);
    link.gapTimer = undefined;
    if (run.ended || this.state !== 'open') {
      return;
    }

    // what happens in a room is for those who are in it: goes on when we are
    const room = this.#rooms.get(run.threadId);
    if (room && !room.link.joined) {
      return;
    }

    if (link.accepted && !link.askAgain) {
      this.#attach(run);
    } else {
      link.sent = true;
      link.askAgain = false;
      this.#connection.send(link.frame);
    }

    for (const answer of link.answers.values()) {
      this.#connection.send(answer);
    }

    this.#sayCancel(run);
  }

  #attach(run) {
    const { runId, threadId, position, link } = run;
    this.#connection.send({ type: 'attach', runId, ...(link.withThread ? { threadId } : {}), ...position });
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
        this.#joined(frame);
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
    const run = this.#runs.get(frame.runId);
    if (run) {
      run.accept(frame);
      run.link.troubledSince = undefined;
      run.link.troubles = 0;
      this.#sayCancel(run);
    }
  }

  #runEvent(event) {
    const run = this.#runs.get(event.runId) ?? this.#seenInRoom(event);
    if (!run) {
      return;
    }

    const { link } = run;
    switch (run.take(event)) {
      case 'next':
        this.#environment.clearTimeout(link.gapTimer);
        link.gapTimer = undefined;
        link.seen = true;
        link.gaps = 0;
        link.troubledSince = undefined;
        link.troubles = 0;
        break;
      case 'gap':
        this.#gap(run);
        break;
      default:
        break;
    }
  }

  /** Asks for what is missing; what does not come by that comes with another connection. */
  #gap(run) {
    const { link } = run;
    if (link.gapTimer !== undefined) {
      return;
    }

    this.#attach(run);
    link.gapTimer = this.#environment.setTimeout(() => {
      link.gapTimer = undefined;
      link.gaps = (link.gaps ?? 0) + 1;
      if (link.gaps > mostGaps) {
        run.fail(new ConnectionError('lost', 'A part of the answer did not come.', { retryable: true, runId: run.runId }));
      } else {
        this.#connection.abandon('gap');
      }
    }, this.#options.gapMs);
  }

  #seenInRoom(event) {
    if (this.#rooms.size === 0 || this.#ended.has(event.runId) || this.#runs.size >= this.#options.mostRuns) {
      return undefined;
    }

    // the start says which thread it is; in the middle it can be but the only one
    const threadId = event.threadId ?? (this.#rooms.size === 1 ? [...this.#rooms.keys()][0] : undefined);
    const room = this.#rooms.get(threadId);
    if (!room) {
      return undefined;
    }

    const run = new Run(this.#runOwner, { runId: event.runId, threadId }, this.#options.bufferBytes, {
      sent: true, accepted: true, attached: true, withThread: true,
    });
    this.#runs.set(run.runId, run);
    this.#connection.refresh();
    room.push(run);
    return run;
  }

  #refused(frame) {
    const error = new RefusedError(frame);
    const run = this.#runs.get(frame.runId) ?? (frame.runId || frame.threadId ? undefined : this.#onlyUnanswered());
    const room = frame.runId ? undefined : this.#rooms.get(frame.threadId);
    if (run) {
      this.#runRefused(run, error);
    } else if (room) {
      this.#roomRefused(room, error);
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

  #runRefused(run, error) {
    const { link } = run;
    if (!link.accepted) {
      link.refusals = (link.refusals ?? 0) + 1;
      if (error.retryable && link.refusals <= this.#options.retryRefused && !run.cancelling) {
        this.#goOnLater(run, link.refusals);
      } else {
        run.fail(error);
      }
    } else if (error.code === 'not_found' && !link.seen && link.attached) {
      run.fail(run.cancelling ? new RunCancelledError(run.runId) : error);
    } else if (error.retryable || error.code === 'not_found') {
      // An attach, a cancel or a tool's answer that could not be served now. One that no worker has yet is known by its request only.
      link.askAgain = error.code === 'not_found' && !link.seen && link.frame !== null;
      this.#troubled(run, error);
    } else {
      run.fail(error);
    }
  }

  #troubled(run, error) {
    const { link } = run;
    const now = this.#environment.now();
    link.troubledSince ??= now;
    link.troubles = (link.troubles ?? 0) + 1;
    if (run.cancelling && error.code === 'not_found' && link.troubles > 1) {
      run.fail(new RunCancelledError(run.runId));
    } else if (now - link.troubledSince > this.#options.patienceMs) {
      run.fail(error);
    } else {
      this.#goOnLater(run, link.troubles);
    }
  }

  #goOnLater(run, tries) {
    const { link } = run;
    if (link.againTimer === undefined) {
      const waitMs = again.firstMs / 2 + backoff(tries, again, this.#environment.random);
      link.againTimer = this.#environment.setTimeout(() => {
        link.againTimer = undefined;
        this.#goOn(run);
      }, waitMs);
    }
  }

  #cancel(run) {
    if (run.ended || run.cancelling) {
      return;
    }

    run.cancelling = true;
    if (!run.link.sent) {
      run.fail(new RunCancelledError(run.runId));
    } else {
      this.#sayCancel(run);
    }
  }

  /** Only of a run that the server has: it would not know what is meant. Said until it has ended, for nobody confirms it. */
  #sayCancel(run) {
    const { link } = run;
    this.#environment.clearTimeout(link.cancelTimer);
    if (!run.cancelling || run.ended || !link.accepted || this.state !== 'open') {
      return;
    }

    this.#connection.send({ type: 'cancel', runId: run.runId });
    link.cancels = (link.cancels ?? 0) + 1;
    if (link.cancels < mostCancels) {
      link.cancelTimer = this.#environment.setTimeout(() => this.#sayCancel(run), this.#options.cancelAgainMs);
    }
  }

  #answerTool(run, frame) {
    if (!run.ended) {
      run.link.answers.set(frame.toolCallId, frame);
      this.#connection.send(frame);
    }
  }

  #forget(run) {
    const { gapTimer, againTimer, cancelTimer } = run.link;
    for (const timer of [gapTimer, againTimer, cancelTimer]) {
      this.#environment.clearTimeout(timer);
    }

    this.#runs.delete(run.runId);
    this.#ended.add(run.runId);
    if (this.#ended.size > mostEndedKnown) {
      this.#ended.delete(this.#ended.values().next().value);
    }
  }

  /** The runs that are known are gone on with where they stand; the others that are under way are shown from their start. */
  #joinOf(threadId) {
    const except = this.runs.filter((run) => run.threadId === threadId || !run.threadId).map(({ runId }) => runId).slice(-mostExcepted);
    return except.length > 0 ? { type: 'join', threadId, except } : { type: 'join', threadId };
  }

  #joined({ threadId }) {
    const room = this.#rooms.get(threadId);
    if (room && !room.link.joined) {
      room.entered();
      for (const run of this.runs.filter((other) => other.threadId === threadId)) {
        this.#goOn(run);
      }
    }
  }

  #left({ threadId }) {
    const room = this.#rooms.get(threadId);
    if (room) {
      this.#endRoom(room, new RefusedError({ code: 'left', message: 'The room has no place for this client any more.', retryable: true }));
    }
  }

  #roomRefused(room, error) {
    // who was in comes back; who was never in is told
    room.link.failures += 1;
    if (error.retryable && room.link.wasIn && room.link.failures <= 10) {
      this.#environment.setTimeout(() => {
        if (this.#rooms.get(room.threadId) === room && !room.link.joined) {
          this.#connection.send(this.#joinOf(room.threadId));
        }
      }, again.firstMs / 2 + backoff(room.link.failures, again, this.#environment.random));
    } else {
      this.#endRoom(room, error);
    }
  }

  #leave(room) {
    if (this.#rooms.get(room.threadId) !== room) {
      return;
    }

    this.#connection.send({ type: 'leave', threadId: room.threadId });
    this.#endRoom(room);
  }

  /** What others asked for in the room is seen no more; what we asked for goes on. */
  #endRoom(room, error = null) {
    this.#rooms.delete(room.threadId);
    room.end(error);
    for (const run of this.runs.filter(({ threadId }) => threadId === room.threadId)) {
      if (run.link.withThread) {
        run.fail(new ConnectionError('left', 'The room was left.', { runId: run.runId }));
      } else if (!room.link.joined) {
        this.#goOn(run);
      }
    }
  }

  #lost(code) {
    for (const room of this.#rooms.values()) {
      room.link.wasIn ||= room.link.joined;
      room.link.joined = false;
    }

    for (const run of this.runs) {
      this.#environment.clearTimeout(run.link.gapTimer);
      run.link.gapTimer = undefined;
      run.link.cancels = 0;
      if (code === tooLarge && run.link.sent && !run.link.accepted) {
        run.fail(new RefusedError({ code: 'too_large', message: 'The request is larger than the server takes.', runId: run.runId }));
      }
    }

    for (const answer of this.#authenticating.splice(0)) {
      answer.reject(new ConnectionError('lost', 'The connection was lost.', { retryable: true }));
    }
  }

  #endAll(code, message) {
    for (const run of this.runs) {
      run.fail(new ConnectionError(code, message, { retryable: code === 'gave_up', runId: run.runId }));
    }

    for (const room of this.#rooms.values()) {
      room.end(code === 'closed' ? null : new ConnectionError(code, message));
    }

    this.#rooms.clear();
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
