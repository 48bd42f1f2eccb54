/** An event with a `detail`. `CustomEvent` is the same, but not there in every Node that this runs on. */
export class DetailEvent extends Event {
  constructor(type, detail) {
    super(type);
    this.detail = detail;
  }
}
