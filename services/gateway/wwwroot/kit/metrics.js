/**
 * Measures one answer on the client's clock. Every method takes the time in milliseconds (`performance.now()`), so that
 * the numbers say when frames arrived, not when they were painted.
 */
export class AnswerMetrics {
  #sentAt;
  #firstAt = null;
  #endedAt = null;
  #deltas = 0;
  #message = null;
  #lastDeltaAt = 0;
  #flowMs = 0;
  #flowDeltas = 0;

  constructor(sentAt = performance.now()) {
    this.#sentAt = sentAt;
  }

  /** A piece of text has come; `count` is how many deltas it stands for (a merged event covers several). */
  delta(messageId, count = 1, at = performance.now()) {
    this.#firstAt ??= at;
    this.#deltas += count;

    // The rate is that of flowing text: pauses between messages are those of the tools, not of the stream.
    if (this.#message === messageId) {
      this.#flowMs += at - this.#lastDeltaAt;
      this.#flowDeltas += count;
    } else {
      this.#message = messageId;
    }

    this.#lastDeltaAt = at;
  }

  end(at = performance.now()) {
    this.#endedAt ??= at;
  }

  /** Milliseconds from sending to the first text; null until there is some. */
  get timeToFirstToken() {
    return this.#firstAt === null ? null : this.#firstAt - this.#sentAt;
  }

  /** Tokens per second while text was flowing; null until it can be told. */
  get tokensPerSecond() {
    return this.#flowMs > 0 ? (this.#flowDeltas * 1000) / this.#flowMs : null;
  }

  /** Milliseconds from sending to the end, or until `now` while it lasts. */
  totalTime(now = performance.now()) {
    return (this.#endedAt ?? now) - this.#sentAt;
  }

  /** Deltas received. */
  get deltas() {
    return this.#deltas;
  }
}
