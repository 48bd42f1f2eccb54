import { deferred } from './deferred.js';

/** A thread or room that this client has joined: an iterator over the runs that others ask for in it. */
export class Room {
  #owner;
  #joined = deferred();
  #runs = [];
  #most;
  #readers = [];
  #over = false;
  #error = null;

  /** What the connection has to know of it. */
  link = { joined: false, failures: 0 };

  constructor(owner, threadId, mostRuns) {
    this.#owner = owner;
    this.threadId = threadId;
    this.#most = mostRuns;
    this.dropped = 0;
  }

  /** Resolves once the server lets us in, rejects when it does not. */
  get joined() {
    return this.#joined.promise;
  }

  /** Whether nothing more will come. */
  get left() {
    return this.#over;
  }

  leave() {
    this.#owner.leave(this);
  }

  [Symbol.asyncIterator]() {
    return {
      next: () => this.#next(),
      return: (value) => Promise.resolve({ value, done: true }),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  entered() {
    this.link.joined = true;
    this.link.failures = 0;
    this.#joined.resolve({ threadId: this.threadId });
  }

  push(run) {
    const reader = this.#readers.shift();
    if (reader) {
      reader.resolve({ value: run, done: false });
      return;
    }

    // nobody looks: the oldest are forgotten, and counted
    this.#runs.push(run);
    if (this.#runs.length > this.#most) {
      this.#runs.shift();
      this.dropped += 1;
    }
  }

  end(error = null) {
    if (this.#over) {
      return;
    }

    this.#over = true;
    this.#error = error;
    if (error) {
      this.#joined.reject(error);
    } else {
      this.#joined.resolve({ threadId: this.threadId });
    }

    for (const reader of this.#readers.splice(0)) {
      this.#finish(reader);
    }
  }

  #next() {
    if (this.#runs.length > 0) {
      return Promise.resolve({ value: this.#runs.shift(), done: false });
    }

    return new Promise((resolve, reject) => {
      if (this.#over) {
        this.#finish({ resolve, reject });
      } else {
        this.#readers.push({ resolve, reject });
      }
    });
  }

  #finish({ resolve, reject }) {
    const error = this.#error;
    this.#error = null;
    if (error) {
      reject(error);
    } else {
      resolve({ value: undefined, done: true });
    }
  }
}
