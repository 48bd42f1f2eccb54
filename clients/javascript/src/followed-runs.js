import { ConnectionError, RefusedError, RunCancelledError, StreamChatError } from './errors.js';
import { Gaps } from './gaps.js';
import { Refusals } from './refusals.js';
import { Run } from './run.js';

const tooLarge = 1009;
const mostCancels = 30; // on one connection

/**
 * Follows runs over whatever connections there are: asks for them, attaches to them when a connection comes back, and says again what the
 * server may not have heard.
 */
export class FollowedRuns {
  #connection;
  #runs;
  #rooms;
  #options;
  #environment;
  #gaps;
  #refusals;
  #owner = {
    cancel: (run) => this.#cancel(run),
    answerTool: (run, frame) => this.#answerTool(run, frame),
    ended: (run) => this.#forget(run),
  };

  constructor(connection, runs, rooms, options, environment) {
    this.#connection = connection;
    this.#runs = runs;
    this.#rooms = rooms;
    this.#options = options;
    this.#environment = environment;
    this.#gaps = new Gaps(connection, (run) => this.#sendAttach(run), options, environment);
    this.#refusals = new Refusals((run) => this.goOn(run), options, environment);
  }

  /** Follows a run from now on. Of one that is followed already, returns that. */
  begin(run, link) {
    const known = this.#runs.find(run.runId);
    if (known) {
      return known;
    }

    if (this.#runs.isFull) {
      throw new StreamChatError(`This client follows ${this.#options.mostRuns} runs already.`, { code: 'busy', retryable: true });
    }

    const followed = this.#add(run, link);
    if (this.#connection.state === 'open') {
      this.goOn(followed);
      this.#connection.refresh();
    } else {
      this.#connection.open();
    }

    return followed;
  }

  /** Follows a run that is under way in a room and of which events come without having been asked for. */
  beginInRoom(runId, threadId) {
    const run = this.#add({ runId, threadId }, { sent: true, accepted: true, attached: true, withThread: true });
    this.#connection.refresh();
    return run;
  }

  /** Says whatever the server may not have heard of a run. Saying it twice does no harm. */
  goOn(run) {
    const { link } = run;
    this.#gaps.forget(run);

    // what happens in a room is for those who are in it: goes on when we are
    const room = this.#rooms.get(run.threadId);
    if (run.ended || this.#connection.state !== 'open' || (room && !room.link.joined)) {
      return;
    }

    if (link.accepted && !link.askAgain) {
      this.#sendAttach(run);
    } else {
      link.sent = true;
      link.askAgain = false;
      this.#connection.send(link.frame);
    }

    for (const answer of link.answers.values()) {
      this.#connection.send(answer);
    }

    this.#sendCancel(run);
  }

  /** The server has the request. */
  accept(run, frame) {
    run.accept(frame);
    run.link.troubledSince = undefined;
    run.link.troubles = 0;
    this.#sendCancel(run);
  }

  /** An event came. */
  take(run, event) {
    const { link } = run;
    const verdict = run.take(event);
    if (verdict === 'next') {
      this.#gaps.forget(run);
      link.seen = true;
      link.gaps = 0;
      link.troubledSince = undefined;
      link.troubles = 0;
    } else if (verdict === 'gap') {
      this.#gaps.fill(run);
    }
  }

  /** Something that concerns it was refused. */
  refuse(run, error) {
    this.#refusals.take(run, error);
  }

  /** A connection is there. */
  goOnWithAll() {
    for (const run of this.#runs.all) {
      this.goOn(run);
    }
  }

  /** The connection is gone, and may have been closed because of a request. */
  lose(code) {
    for (const run of this.#runs.all) {
      this.#gaps.forget(run);
      run.link.cancels = 0;
      if (code === tooLarge && run.link.sent && !run.link.accepted) {
        run.fail(new RefusedError({ code: 'too_large', message: 'The request is larger than the server takes.', runId: run.runId }));
      }
    }
  }

  /** There will be no connection. */
  failAll(code, message) {
    for (const run of this.#runs.all) {
      run.fail(new ConnectionError(code, message, { retryable: code === 'gave_up', runId: run.runId }));
    }
  }

  #add(run, link) {
    const followed = new Run(this.#owner, run, this.#options.bufferBytes, link);
    this.#runs.add(followed);
    return followed;
  }

  #cancel(run) {
    if (run.ended || run.cancelling) {
      return;
    }

    run.cancelling = true;
    if (run.link.sent) {
      this.#sendCancel(run);
    } else {
      run.fail(new RunCancelledError(run.runId));
    }
  }

  #answerTool(run, frame) {
    if (!run.ended) {
      run.link.answers.set(frame.toolCallId, frame);
      this.#connection.send(frame);
    }
  }

  #forget(run) {
    const { gapTimer, againTimer, cancelTimer } = run.link;
    for (const timer of [gapTimer, againTimer, cancelTimer]) {
      this.#environment.clearTimeout(timer);
    }

    this.#runs.end(run);
  }

  #sendAttach(run) {
    const { runId, threadId, position, link } = run;
    this.#connection.send({ type: 'attach', runId, ...(link.withThread ? { threadId } : {}), ...position });
  }

  /** Only of a run that the server has: it would not know what is meant. Said until it has ended, for nobody confirms it. */
  #sendCancel(run) {
    const { link } = run;
    this.#environment.clearTimeout(link.cancelTimer);
    if (!run.cancelling || run.ended || !link.accepted || this.#connection.state !== 'open') {
      return;
    }

    this.#connection.send({ type: 'cancel', runId: run.runId });
    link.cancels = (link.cancels ?? 0) + 1;
    if (link.cancels < mostCancels) {
      link.cancelTimer = this.#environment.setTimeout(() => this.#sendCancel(run), this.#options.cancelAgainMs);
    }
  }
}
