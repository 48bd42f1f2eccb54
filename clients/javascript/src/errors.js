/** What all errors of this module have in common: a `code` for programs, and whether trying again may help. */
export class StreamChatError extends Error {
  constructor(message, { code, retryable = false, runId } = {}) {
    super(message);
    this.name = new.target.name;
    this.code = code;
    this.retryable = retryable;
    this.runId = runId;
  }
}

/** The server would not do what was asked: an `error` frame. */
export class RefusedError extends StreamChatError {
  constructor({ code, message, retryable, runId }) {
    super(message ?? code, { code, retryable: retryable === true, runId });
  }
}

const worthAnotherTry = ['conflict', 'model_error', 'model_rate_limited', 'model_timeout', 'unavailable', 'internal'];

/** The run came to a bad end: `RUN_ERROR`. */
export class RunError extends StreamChatError {
  constructor({ code, message, runId }) {
    super(message ?? code, { code, retryable: worthAnotherTry.includes(code), runId });
  }
}

/** The run was cancelled, by whomever. */
export class RunCancelledError extends StreamChatError {
  constructor(runId) {
    super('The run was cancelled.', { code: 'cancelled', runId });
  }
}

/** The connection is gone for good; `code` says why. The server may finish the run all the same. */
export class ConnectionError extends StreamChatError {
  constructor(code, message, { retryable = false, runId } = {}) {
    super(message, { code, retryable, runId });
  }
}
