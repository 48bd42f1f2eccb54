import { patched } from '../kit/json-patch.js';

const mostThreads = 100;

/** What is known in the threads that this page has seen, as their runs tell it. */
export class Contexts {
  #byThread = new Map();

  of(threadId) {
    return this.#byThread.get(threadId);
  }

  set(threadId, context) {
    this.#byThread.delete(threadId);
    this.#byThread.set(threadId, context);
    if (this.#byThread.size > mostThreads) {
      this.#byThread.delete(this.#byThread.keys().next().value);
    }
  }

  /** Changes a context by operations of RFC 6902; those that do not fit leave it as it is. */
  patch(threadId, operations) {
    try {
      this.set(threadId, patched(this.of(threadId) ?? {}, operations));
    } catch (error) {
      if (!(error instanceof RangeError)) {
        throw error;
      }
    }
  }
}
