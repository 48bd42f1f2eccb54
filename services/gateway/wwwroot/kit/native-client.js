import { socketUrl } from './addresses.js';
import { retryDelay } from './backoff.js';
import { NativeRun } from './native-run.js';
import { uuidV7 } from './uuid.js';

const subprotocol = 'streamchat.v1';
const welcomeWithinMs = 10_000;
const missingEventsWithinMs = 10_000;
const answerAgainAfterMs = 2_000;
const defaultHeartbeatSeconds = 30;
const backoff = { firstMs: 500, busyMs: 2_000, mostMs: 15_000 };
const closeCodes = { normal: 1000, policy: 1008, tooLarge: 1009, tryLater: 1013 };
const lost = { state: 'failed', code: 'lost', retryable: true };

/**
 * Speaks the native dialect over one WebSocket that it keeps alive: it comes back by itself after a loss, and runs that were
 * under way go on where they stood (sending a run id twice starts nothing new, attaching replays what was missed).
 *
 * Events:
 * - `state` (`detail`: `{state: 'connecting' | 'open' | 'closed', reason?: 'lost' | 'idle' | 'policy', retryInMs?}`);
 * - `error` (`detail`: the frame): an error that belongs to no run;
 * - `pong` (`detail`: the frame).
 */
export class NativeClient extends EventTarget {
  #userId;
  #path;
  #socket = null;
  #state = 'closed';
  #runs = new Map();
  #failures = 0;
  #comeBackAfterMs = null;
  #retryTimer = null;
  #welcomeTimer = null;
  #heartbeatTimer = null;
  #heard = false;

  constructor({ userId, path = '/ws/v1' }) {
    super();
    this.#userId = userId;
    this.#path = path;
  }

  get state() {
    return this.#state;
  }

  /** Opens the connection now, also in the midst of waiting for the next try. Does nothing if there is one. */
  connect() {
    if (this.#socket) {
      return;
    }

    clearTimeout(this.#retryTimer);
    this.#comeBackAfterMs = null;
    this.#setState('connecting');

    const socket = new WebSocket(socketUrl(this.#path, { user_id: this.#userId }), subprotocol);
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => socket === this.#socket && this.#receive(data));
    socket.addEventListener('close', ({ code }) => socket === this.#socket && this.#closed(code));
    this.#welcomeTimer = setTimeout(() => this.#abandon(), welcomeWithinMs);
  }

  /** Closes for good; runs under way end here as failed, though the server may finish them. */
  close() {
    const socket = this.#release();
    clearTimeout(this.#retryTimer);
    socket?.close(closeCodes.normal);
    this.#endRuns(() => true, lost);
    this.#setState('closed');
  }

  /**
   * Asks for an answer. Without a connection the request waits for one. `wishes` are the further fields of the frame, such as
   * `agent`, `model` or `tools`. Returns the `NativeRun`.
   */
  run({ threadId, messages, runId = uuidV7(), ...wishes }) {
    const run = this.#begin(new NativeRun({ type: 'run', threadId, runId, messages, ...wishes }));
    if (this.#state === 'open') {
      this.#sendRun(run);
    } else {
      this.connect();
    }

    return run;
  }

  /** Shows a run from its first event on that was asked for before, by this page or another. Returns the `NativeRun`. */
  attach(runId) {
    const run = this.#begin(new NativeRun({ runId }));
    run.sent = run.accepted = true;
    if (this.#state === 'open') {
      this.#send(run.attachFrame);
    } else {
      this.connect();
    }

    return run;
  }

  /** What a tool of this client's own returned, or why it failed. Said again after a loss of the connection until the run shows it. */
  answerTool(runId, toolCallId, content, isError = false) {
    const run = this.#runs.get(runId);
    if (!run) {
      return;
    }

    const frame = { type: 'tool_result', runId, toolCallId, content, ...(isError ? { isError } : {}) };
    run.answers.set(toolCallId, frame);
    if (this.#state === 'open') {
      this.#send(frame);
    }
  }

  /** Asks to stop a run; its `end` tells when it has stopped. */
  cancel(runId) {
    const run = this.#runs.get(runId);
    if (!run) {
      return;
    }

    run.cancelling = true;
    if (!run.sent) {
      run.end({ state: 'cancelled' });
    } else if (this.#state === 'open') {
      this.#send({ type: 'cancel', runId });
    }
  }

  ping(id) {
    if (this.#state === 'open') {
      this.#send({ type: 'ping', id });
    }
  }

  #receive(data) {
    this.#heard = true;
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      return;
    }

    switch (frame.type) {
      case 'welcome':
        this.#welcomed(frame);
        break;
      case 'accepted':
        this.#runs.get(frame.runId)?.accept(frame);
        break;
      case 'error':
        this.#refused(frame);
        break;
      case 'reconnect':
        this.#comeBackAfterMs = frame.afterMs ?? 0;
        break;
      case 'pong':
        this.#emit('pong', frame);
        break;
      default:
        this.#runEvent(frame);
    }
  }

  #welcomed({ heartbeatSeconds }) {
    clearTimeout(this.#welcomeTimer);
    // Not to zero: a server that welcomes and falls over at once is to be spared the quickest of tries.
    this.#failures = Math.min(this.#failures, 1);
    this.#watch((heartbeatSeconds || defaultHeartbeatSeconds) * 1000);
    this.#setState('open');
    for (const run of this.#runs.values()) {
      if (run.accepted) {
        this.#send(run.attachFrame);
      } else {
        this.#sendRun(run);
      }

      this.#sendAnswers(run);
      if (run.cancelling) {
        this.#send({ type: 'cancel', runId: run.runId });
      }
    }
  }

  #runEvent(event) {
    const run = this.#runs.get(event.runId);
    if (!run || run.take(event) || run.gapTimer) {
      return;
    }

    run.gapTimer = setTimeout(() => run.end(lost), missingEventsWithinMs);
    this.#send(run.attachFrame);
  }

  #refused(frame) {
    // A frame that could not be read has no run id: the one request still unanswered must be what is meant.
    const waiting = [...this.#runs.values()].filter((run) => run.sent && !run.accepted);
    const run = this.#runs.get(frame.runId) ?? (!frame.runId && waiting.length === 1 ? waiting[0] : undefined);
    if (!run) {
      this.#emit('error', frame);
    } else if (run.cancelling && frame.code === 'not_found') {
      run.end({ state: 'cancelled' });
    } else if (run.cancelling && frame.retryable) {
      run.cancelling = false;
      this.#emit('error', frame);
    } else if (run.accepted && run.answers.size > 0 && frame.retryable) {
      // What could not be taken is the answer of a tool: the run is under way and waits for it.
      setTimeout(() => this.#goOn(run), answerAgainAfterMs);
    } else {
      run.end({ state: 'failed', code: frame.code, message: frame.message, retryable: frame.retryable === true });
    }
  }

  #closed(code) {
    this.#release();
    if (code === closeCodes.tooLarge) {
      this.#endRuns((run) => run.sent && !run.accepted, { state: 'failed', code: 'too_large', retryable: false });
    }

    if (code === closeCodes.policy) {
      this.#endRuns(() => true, lost);
      this.#setState('closed', { reason: 'policy' });
    } else if (code === closeCodes.normal && this.#runs.size === 0 && this.#comeBackAfterMs === null) {
      this.#setState('closed', { reason: 'idle' });
    } else {
      this.#retry(code === closeCodes.tryLater ? backoff.busyMs : backoff.firstMs);
    }
  }

  #retry(firstMs) {
    const retryInMs = retryDelay(this.#failures, { firstMs, mostMs: backoff.mostMs, fixedMs: this.#comeBackAfterMs });
    this.#failures += 1;
    this.#setState('closed', { reason: 'lost', retryInMs });
    this.#retryTimer = setTimeout(() => this.connect(), retryInMs);
  }

  /** A browser neither shows the server's pings nor notices a dead network soon, so silence is met with a ping of our own. */
  #watch(everyMs) {
    let asked = false;
    this.#heard = true;
    clearInterval(this.#heartbeatTimer);
    this.#heartbeatTimer = setInterval(() => {
      if (this.#heard) {
        this.#heard = false;
        asked = false;
      } else if (asked) {
        this.#abandon();
      } else {
        asked = true;
        this.ping();
      }
    }, everyMs);
  }

  /** Gives up on a socket that has fallen silent: its closing handshake might take minutes. */
  #abandon() {
    this.#release()?.close();
    this.#retry(backoff.firstMs);
  }

  #release() {
    const socket = this.#socket;
    this.#socket = null;
    clearTimeout(this.#welcomeTimer);
    clearInterval(this.#heartbeatTimer);
    return socket;
  }

  #endRuns(which, outcome) {
    for (const run of [...this.#runs.values()].filter(which)) {
      run.end(outcome);
    }
  }

  #begin(run) {
    this.#runs.set(run.runId, run);
    run.addEventListener('end', () => this.#runs.delete(run.runId), { once: true });
    return run;
  }

  /** Says again what the server may not have heard of a run under way. */
  #goOn(run) {
    if (!run.ended && this.#state === 'open') {
      this.#send(run.attachFrame);
      this.#sendAnswers(run);
    }
  }

  #sendAnswers(run) {
    for (const answer of run.answers.values()) {
      this.#send(answer);
    }
  }

  #sendRun(run) {
    run.sent = true;
    this.#send(run.frame);
  }

  #send(frame) {
    this.#socket.send(JSON.stringify(frame));
  }

  #setState(state, detail = {}) {
    this.#state = state;
    this.#emit('state', { state, ...detail });
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
