const mostEndedKnown = 256;

/** The runs that are followed, and which ones ended last: what comes of those any more is nobody's. */
export class RunTable {
  #runs = new Map();
  #ended = new Set();
  #most;

  constructor(most) {
    this.#most = most;
  }

  get all() {
    return [...this.#runs.values()];
  }

  get isEmpty() {
    return this.#runs.size === 0;
  }

  get isFull() {
    return this.#runs.size >= this.#most;
  }

  find(runId) {
    return this.#runs.get(runId);
  }

  of(threadId) {
    return this.all.filter((run) => run.threadId === threadId);
  }

  hasEnded(runId) {
    return this.#ended.has(runId);
  }

  add(run) {
    this.#runs.set(run.runId, run);
    this.#ended.delete(run.runId);
  }

  end(run) {
    this.#runs.delete(run.runId);
    this.#ended.add(run.runId);
    if (this.#ended.size > mostEndedKnown) {
      this.#ended.delete(this.#ended.values().next().value);
    }
  }
}
