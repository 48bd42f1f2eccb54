/**
 * How far a run has been seen: the attempt and the last `seq` of it. Says of each event whether it is the next one, so that whatever
 * is sent twice or is missing on the way is noticed here, whoever is to blame.
 */
export class Position {
  constructor(attempt = 1, seq = 0) {
    this.attempt = attempt;
    this.seq = seq;
  }

  /** `next` (and then the position has moved on), `seen`, or `gap`: something before it is missing. */
  advance(event) {
    const attempt = event.attempt ?? 1;
    const last = attempt === this.attempt ? this.seq : 0;
    if (attempt < this.attempt || event.seq <= last) {
      return 'seen';
    }

    // a snapshot stands for everything before it
    if ((event.fromSeq ?? event.seq) !== last + 1 && event.type !== 'MESSAGES_SNAPSHOT') {
      return 'gap';
    }

    this.attempt = attempt;
    this.seq = event.seq;
    return 'next';
  }
}
