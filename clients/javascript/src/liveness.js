/**
 * Finds out that a connection is half open: a network that has gone, a machine that slept. A browser shows no pings of the server, so
 * silence is met with a ping of our own, and silence after that means that nobody is there.
 */
export class Liveness {
  #environment;
  #quietMs;
  #answerMs;
  #ping;
  #dead;
  #timer = null;
  #heardAt = 0;
  #asked = false;

  /** `quietMs()` says how long silence is in order at the moment. */
  constructor(environment, { quietMs, answerMs, ping, dead }) {
    this.#environment = environment;
    this.#quietMs = quietMs;
    this.#answerMs = answerMs;
    this.#ping = ping;
    this.#dead = dead;
  }

  start() {
    this.heard();
    this.#wait(this.#quietMs());
  }

  stop() {
    this.#environment.clearTimeout(this.#timer);
    this.#timer = null;
  }

  heard() {
    this.#heardAt = this.#environment.now();
    this.#asked = false;
  }

  /** Asks now instead of after some silence. */
  check() {
    if (this.#timer !== null && !this.#asked) {
      this.#ask();
    }
  }

  /** What is expected has changed, so silence may last too long now. */
  refresh() {
    if (this.#timer !== null && !this.#asked) {
      this.#look();
    }
  }

  #look() {
    const silentMs = this.#environment.now() - this.#heardAt;
    if (this.#asked) {
      this.stop();
      this.#dead();
    } else if (silentMs >= this.#quietMs()) {
      this.#ask();
    } else {
      this.#wait(this.#quietMs() - silentMs);
    }
  }

  #ask() {
    this.#asked = true;
    this.#ping();
    this.#wait(this.#answerMs);
  }

  #wait(ms) {
    this.#environment.clearTimeout(this.#timer);
    this.#timer = this.#environment.setTimeout(() => this.#look(), ms);
  }
}
