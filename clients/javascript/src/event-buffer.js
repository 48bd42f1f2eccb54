const entryCost = 100;

/**
 * Events between the connection and a reader who may be slow or never come. Beyond its limit of bytes neighbouring pieces of one text
 * become one, which is kept as a place in the answer instead of as text, so that what waits costs next to nothing and none of it is lost.
 */
export class EventBuffer {
  #entries = [];
  #first = 0;
  #cost = 0;
  #most;
  #behind = false;
  #readers = [];
  #over = false;
  #error = null;

  constructor(mostBytes) {
    this.#most = mostBytes;
  }

  /** About how many bytes wait, beside the text of the answer itself. */
  get bytes() {
    return this.#cost;
  }

  /** How many events wait. */
  get length() {
    return this.#entries.length - this.#first;
  }

  /** `place` is where the text of the event stands in the answer, from `Answer.take`; null for events without any. */
  push(event, place = null) {
    if (this.#over) {
      return;
    }

    const reader = this.#readers.shift();
    if (reader) {
      reader.resolve({ value: event, done: false });
      return;
    }

    this.#add({ event, place, cost: costOf(event) });
    if (this.#cost > this.#most) {
      this.#behind = true;
      this.#compact();
    }
  }

  /** No more comes. With an error, the reader gets it after the last event. */
  end(error = null) {
    if (this.#over) {
      return;
    }

    this.#over = true;
    this.#error = error;
    for (const reader of this.#readers.splice(0)) {
      this.#finish(reader);
    }
  }

  next() {
    if (this.length > 0) {
      return Promise.resolve({ value: this.#take(), done: false });
    }

    return new Promise((resolve, reject) => {
      const reader = { resolve, reject };
      if (this.#over) {
        this.#finish(reader);
      } else {
        this.#readers.push(reader);
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

  #take() {
    const entry = this.#entries[this.#first];
    this.#entries[this.#first] = undefined;
    this.#first += 1;
    this.#cost -= entry.cost;
    if (this.#first === this.#entries.length) {
      this.#entries = [];
      this.#first = 0;
      this.#behind = false;
    } else if (this.#first > 1024 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }

    return whole(entry);
  }

  #add(entry) {
    const last = this.length > 0 ? this.#entries.at(-1) : null;
    if (this.#behind && last && isSameText(last, entry)) {
      last.event = { ...last.event, fromSeq: firstOf(last.event), seq: entry.event.seq, delta: '' };
      last.place = { ...last.place, to: entry.place.to };
      return;
    }

    if (this.#behind && entry.place) {
      entry.event = { ...entry.event, delta: '' };
      entry.cost = entryCost;
    }

    this.#entries.push(entry);
    this.#cost += entry.cost;
  }

  #compact() {
    const entries = this.#entries.slice(this.#first);
    const newest = new Map(entries.filter(({ event }) => isProgress(event)).map((entry) => [entry.event.value.toolCallId, entry]));
    this.#entries = [];
    this.#first = 0;
    this.#cost = 0;
    for (const entry of entries) {
      // of the progress of a call only the newest counts
      if (!isProgress(entry.event) || newest.get(entry.event.value.toolCallId) === entry) {
        this.#add(entry);
      }
    }
  }
}

/** The event with its text, if that was left in the answer. */
function whole({ event, place }) {
  return place && event.delta === '' ? { ...event, delta: place.owner[place.key].slice(place.from, place.to) } : event;
}

function isSameText(before, after) {
  return before.place !== null && after.place !== null && before.event.type === after.event.type
    && before.place.owner === after.place.owner && before.place.to === after.place.from;
}

function isProgress(event) {
  return event.type === 'CUSTOM' && event.name === 'tool_progress' && event.value?.toolCallId !== undefined;
}

function firstOf(event) {
  return event.fromSeq ?? event.seq;
}

function costOf(event) {
  return entryCost + 2 * (event.delta?.length ?? textLength(event));
}

function textLength(event) {
  switch (event.type) {
    case 'TOOL_CALL_RESULT':
      return event.content?.length ?? 0;
    case 'STATE_SNAPSHOT':
    case 'STATE_DELTA':
    case 'MESSAGES_SNAPSHOT':
    case 'CUSTOM':
      return JSON.stringify(event).length;
    default:
      return 0;
  }
}
