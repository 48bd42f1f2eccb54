const worthAnotherTry = ['conflict', 'model_error', 'model_rate_limited', 'model_timeout', 'unavailable', 'internal'];
const endings = {
  RUN_FINISHED: () => ({ state: 'done' }),
  RUN_ERROR: ({ code, message }) => (code === 'cancelled'
    ? { state: 'cancelled' }
    : { state: 'failed', code, message, retryable: worthAnotherTry.includes(code) }),
};

/**
 * One run as its client sees it. Made by `NativeClient.run`. Events:
 * - `accepted` (`detail`: the frame): the request is safe with the server;
 * - `event` (`detail`: the run event): in order, each once, whatever happened to the connection;
 * - `end` (`detail`: `{state: 'done' | 'cancelled' | 'failed', code?, message?, retryable?}`): the last of all, exactly once.
 */
export class NativeRun extends EventTarget {
  #attempt = 1;
  #lastSeq = 0;

  constructor(frame) {
    super();
    this.frame = frame;
    this.runId = frame.runId;
    this.sent = false;
    this.accepted = false;
    this.cancelling = false;
    this.ended = false;
    this.gapTimer = null;

    /** What the client's own tools have answered and the server has not shown yet, by tool call. */
    this.answers = new Map();
  }

  /** The frame that asks the server to go on where this client is. */
  get attachFrame() {
    return { type: 'attach', runId: this.runId, attempt: this.#attempt, afterSeq: this.#lastSeq };
  }

  accept(frame) {
    if (!this.accepted) {
      this.accepted = true;
      this.#emit('accepted', frame);
    }
  }

  /** Delivers an event if it is the next one; returns false if events before it are missing. */
  take(event) {
    const attempt = event.attempt ?? 1;
    const first = event.fromSeq ?? event.seq;
    const expected = attempt === this.#attempt ? this.#lastSeq + 1 : 1;
    if (this.ended || attempt < this.#attempt || event.seq < expected) {
      return true;
    }

    // A snapshot stands for everything before it.
    if (first !== expected && event.type !== 'MESSAGES_SNAPSHOT') {
      return false;
    }

    clearTimeout(this.gapTimer);
    this.gapTimer = null;
    this.#attempt = attempt;
    this.#lastSeq = event.seq;
    if (event.type === 'TOOL_CALL_RESULT') {
      this.answers.delete(event.toolCallId);
    }

    this.#emit('event', event);
    if (Object.hasOwn(endings, event.type)) {
      this.end(endings[event.type](event));
    }

    return true;
  }

  end(outcome) {
    if (!this.ended) {
      this.ended = true;
      clearTimeout(this.gapTimer);
      this.#emit('end', outcome);
    }
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
