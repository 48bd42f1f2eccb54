import { Answer } from './answer.js';
import { deferred } from './deferred.js';
import { RunCancelledError, RunError } from './errors.js';
import { EventBuffer } from './event-buffer.js';
import { Position } from './position.js';

/**
 * One run as its client sees it: its events in order, each once, whatever happens to the connection. Iterate over it, or wait for
 * `result`; a run that nobody iterates over is followed all the same.
 */
export class Run {
  #owner;
  #position;
  #answer = new Answer();
  #buffer;
  #accepted = deferred();
  #done = deferred();
  #outcome = null;
  #error = null;

  /** What the connection has to know of it; no business of who uses the run. */
  link;

  constructor(owner, { runId, threadId, attempt, afterSeq }, bufferBytes, link = {}) {
    this.#owner = owner;
    this.#position = new Position(attempt, afterSeq);
    this.#buffer = new EventBuffer(bufferBytes);
    this.link = { frame: null, sent: false, accepted: false, answers: new Map(), ...link };
    this.runId = runId;
    this.threadId = threadId;
    this.traceId = undefined;
    this.cancelling = false;
  }

  /** Whether the end is known. */
  get ended() {
    return this.#outcome !== null;
  }

  /** From where on it is to be seen next: for `client.attach`, on another device or after a reload. */
  get position() {
    return { attempt: this.#position.attempt, afterSeq: this.#position.seq };
  }

  /** All that the assistant has said so far. */
  get text() {
    return this.#answer.text;
  }

  /** What has been said so far, message by message. */
  get messages() {
    return this.#answer.messages;
  }

  /** Resolves with `{runId, threadId, traceId}` once the request is safe with the server. */
  get accepted() {
    return this.#accepted.promise;
  }

  /** Resolves with the outcome, also with a bad one: `{state: 'finished' | 'cancelled' | 'failed', result?, error?}`. */
  get done() {
    return this.#done.promise;
  }

  /** Resolves with `{text, messages, result}`; rejects when the run fails or is cancelled. */
  get result() {
    return this.#done.promise.then(({ state, result, error }) => {
      if (state !== 'finished') {
        throw error;
      }

      return { text: this.text, messages: this.messages, result };
    });
  }

  /** Asks to stop it, as soon as there is a connection; `done` tells when it has stopped. */
  cancel() {
    this.#owner.cancel(this);
  }

  /** What a tool of the client's own returned, or why it failed. Said again after a loss of the connection until the run shows it. */
  answerTool(toolCallId, content, { isError = false } = {}) {
    this.#owner.answerTool(this, { type: 'tool_result', runId: this.runId, toolCallId, content, ...(isError ? { isError } : {}) });
  }

  /** Who leaves the loop may come back: what came meanwhile is there. */
  [Symbol.asyncIterator]() {
    return {
      next: () => this.#buffer.next(),
      return: (value) => Promise.resolve({ value, done: true }),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** The server has it. */
  accept({ threadId, traceId }) {
    this.link.accepted = true;
    this.threadId = threadId ?? this.threadId;
    this.traceId = traceId ?? this.traceId;
    this.#accepted.resolve({ runId: this.runId, threadId: this.threadId, traceId: this.traceId });
  }

  /** Takes an event from the server: `next` when it was the next one, `seen` when it is known, `gap` when others are missing. */
  take(event) {
    if (this.ended) {
      return 'seen';
    }

    const attemptBefore = this.#position.attempt;
    const verdict = this.#position.advance(event);
    if (verdict !== 'next') {
      return verdict;
    }

    if (event.type === 'RUN_STARTED') {
      this.accept(event);
    } else if (event.type === 'TOOL_CALL_RESULT') {
      this.link.answers.delete(event.toolCallId);
    }

    if (this.#position.attempt > attemptBefore) {
      this.#answer.keep(event.keepMessages ?? 0);
      this.#replace(event.keepMessages ?? 0);
    }

    const place = this.#answer.take(event);
    if (event.type === 'MESSAGES_SNAPSHOT') {
      this.#replace(0);
    }

    this.#buffer.push(event, place);
    if (event.type === 'RUN_FINISHED') {
      this.#end({ state: 'finished', result: event.result });
    } else if (event.type === 'RUN_ERROR') {
      this.fail(event.code === 'cancelled' ? new RunCancelledError(this.runId) : new RunError(event));
    }

    return verdict;
  }

  /** It ends without the server having said how. */
  fail(error) {
    this.#end({ state: error.code === 'cancelled' ? 'cancelled' : 'failed', error });
  }

  /** Tells who shows the text what of it still stands. */
  #replace(keepMessages) {
    const { attempt } = this.#position;
    this.#buffer.push({ type: 'replace', runId: this.runId, attempt, keepMessages, text: this.text, messages: [...this.messages] });
  }

  #end(outcome) {
    if (this.ended) {
      return;
    }

    this.#outcome = outcome;
    this.cancelling = false;
    this.#accepted.reject(outcome.error); // without effect on one that was accepted
    this.#done.resolve(outcome);
    this.#buffer.end(outcome.state === 'failed' ? outcome.error : null);
    this.#owner.ended(this);
  }
}
