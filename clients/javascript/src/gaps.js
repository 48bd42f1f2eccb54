import { ConnectionError } from './errors.js';

const mostGaps = 3;

/** Gets events that did not come: asks for what is missing, and what does not come by that comes with another connection. */
export class Gaps {
  #connection;
  #attach;
  #options;
  #environment;

  constructor(connection, attach, options, environment) {
    this.#connection = connection;
    this.#attach = attach;
    this.#options = options;
    this.#environment = environment;
  }

  /** Events of a run are missing. */
  fill(run) {
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

  /** Nothing is missing any more, or there is no connection that it could come by. */
  forget({ link }) {
    this.#environment.clearTimeout(link.gapTimer);
    link.gapTimer = undefined;
  }
}
