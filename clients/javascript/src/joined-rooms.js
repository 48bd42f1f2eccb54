import { beforeAskingAgain } from './backoff.js';
import { ConnectionError } from './errors.js';
import { Room } from './room.js';

const mostRejoins = 10;
const mostExcepted = 64; // in one join

/** Stays in threads and rooms over whatever connections there are, and shows what others ask for in them. */
export class JoinedRooms {
  #connection;
  #rooms;
  #runs;
  #followed;
  #options;
  #environment;
  #owner = {
    leave: (room) => this.#leave(room),
  };

  constructor(connection, rooms, runs, followed, options, environment) {
    this.#connection = connection;
    this.#rooms = rooms;
    this.#runs = runs;
    this.#followed = followed;
    this.#options = options;
    this.#environment = environment;
  }

  /** Is in a thread from now on. Of one that it is in already, returns that. */
  join(threadId) {
    const known = this.#rooms.get(threadId);
    if (known) {
      return known;
    }

    const room = new Room(this.#owner, threadId, this.#options.mostRuns);
    this.#rooms.set(threadId, room);
    if (this.#connection.state === 'open') {
      this.#sendJoin(threadId);
    } else {
      this.#connection.open();
    }

    return room;
  }

  /** A connection is there. */
  rejoinAll() {
    for (const threadId of this.#rooms.keys()) {
      this.#sendJoin(threadId);
    }
  }

  /** The server has let us in. */
  enter(threadId) {
    const room = this.#rooms.get(threadId);
    if (room && !room.link.joined) {
      room.entered();
      for (const run of this.#runs.of(threadId)) {
        this.#followed.goOn(run);
      }
    }
  }

  /** Shows a run of which an event came without having been asked for; undefined when it is not to be shown. */
  show(event) {
    if (this.#rooms.size === 0 || this.#runs.hasEnded(event.runId) || this.#runs.isFull) {
      return undefined;
    }

    // the start says which thread it is; in the middle it can be but the only one
    const threadId = event.threadId ?? (this.#rooms.size === 1 ? [...this.#rooms.keys()][0] : undefined);
    const room = this.#rooms.get(threadId);
    if (!room) {
      return undefined;
    }

    const run = this.#followed.beginInRoom(event.runId, threadId);
    room.push(run);
    return run;
  }

  /** Something that concerns the room was refused. */
  refuse(room, error) {
    // who was in comes back; who was never in is told
    room.link.failures += 1;
    if (error.retryable && room.link.wasIn && room.link.failures <= mostRejoins) {
      this.#environment.setTimeout(() => {
        if (this.#rooms.get(room.threadId) === room && !room.link.joined) {
          this.#sendJoin(room.threadId);
        }
      }, beforeAskingAgain(room.link.failures, this.#environment.random));
    } else {
      this.end(room, error);
    }
  }

  /** What others asked for in the room is seen no more; what we asked for goes on. */
  end(room, error = null) {
    this.#rooms.delete(room.threadId);
    room.end(error);
    for (const run of this.#runs.of(room.threadId)) {
      if (run.link.withThread) {
        run.fail(new ConnectionError('left', 'The room was left.', { runId: run.runId }));
      } else if (!room.link.joined) {
        this.#followed.goOn(run);
      }
    }
  }

  /** The connection is gone. */
  lose() {
    for (const { link } of this.#rooms.values()) {
      link.wasIn ||= link.joined;
      link.joined = false;
    }
  }

  /** There will be no connection. */
  endAll(code, message) {
    for (const room of this.#rooms.values()) {
      room.end(code === 'closed' ? null : new ConnectionError(code, message));
    }

    this.#rooms.clear();
  }

  #leave(room) {
    if (this.#rooms.get(room.threadId) === room) {
      this.#connection.send({ type: 'leave', threadId: room.threadId });
      this.end(room);
    }
  }

  /** The runs that are known are gone on with where they stand; the others that are under way are shown from their start. */
  #sendJoin(threadId) {
    const except = this.#runs.all.filter((run) => run.threadId === threadId || !run.threadId).map(({ runId }) => runId).slice(-mostExcepted);
    this.#connection.send(except.length > 0 ? { type: 'join', threadId, except } : { type: 'join', threadId });
  }
}
