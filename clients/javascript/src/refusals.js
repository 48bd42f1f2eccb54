import { beforeAskingAgain } from './backoff.js';
import { RunCancelledError } from './errors.js';

/** What comes of a run when the server refuses something that concerns it. */
export class Refusals {
  #goOn;
  #options;
  #environment;

  constructor(goOn, options, environment) {
    this.#goOn = goOn;
    this.#options = options;
    this.#environment = environment;
  }

  /** Something was refused: tries again, or the run fails. */
  take(run, error) {
    const { link } = run;
    const unknown = error.code === 'not_found';
    if (!link.accepted) {
      link.refusals = (link.refusals ?? 0) + 1;
      if (error.retryable && link.refusals <= this.#options.retryRefused && !run.cancelling) {
        this.#goOnLater(run, link.refusals);
      } else {
        run.fail(error);
      }
    } else if (unknown && !link.seen && link.attached) {
      run.fail(run.cancelling ? new RunCancelledError(run.runId) : error);
    } else if (error.retryable || unknown) {
      // An attach, a cancel or a tool's answer that could not be served now. One that no worker has yet is known by its request only.
      link.askAgain = unknown && !link.seen && link.frame !== null;
      this.#trouble(run, error);
    } else {
      run.fail(error);
    }
  }

  #trouble(run, error) {
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
    link.againTimer ??= this.#environment.setTimeout(() => {
      link.againTimer = undefined;
      this.#goOn(run);
    }, beforeAskingAgain(tries, this.#environment.random));
  }
}
