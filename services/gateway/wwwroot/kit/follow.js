/**
 * Keeps the end of a growing content in view until the reader scrolls up, and again once the reader is back at the end.
 * Calls `onChange(following)` when that changes.
 */
export class Follow {
  #scroller;
  #onChange;
  #following = true;
  #lastTop = 0;
  #fromStart = false;

  /** Whether growth is to be followed at all; off while nothing streams, so that unfolding a card does not scroll away from it. */
  active = false;

  constructor(scroller, content, onChange) {
    this.#scroller = scroller;
    this.#onChange = onChange;
    scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });

    // Reports after layout and before paint: once per frame, however much has changed, and without a layout of its own.
    const observer = new ResizeObserver((entries) => this.#resized(entries));
    observer.observe(content);
    observer.observe(scroller);
  }

  /** Shows the beginning of what is to be read from there; it stays until there is an end to go to. */
  toStart() {
    this.#fromStart = true;
    this.#set(true);
    this.#scroller.scrollTop = 0;
    this.#lastTop = 0;
  }

  toEnd() {
    this.#fromStart = false;
    this.#set(true);
    this.#showEnd();
  }

  /** Shows what came last, if the end was in view before it came. */
  settle() {
    if (this.#following) {
      this.toEnd();
    }
  }

  #resized(entries) {
    const windowChanged = entries.some(({ target }) => target === this.#scroller);
    if (this.#following && !this.#fromStart && (this.active || windowChanged)) {
      this.#showEnd();
    } else {
      this.#scrolled();
    }
  }

  /** What was there may have shrunk and grown again before the browser tells of it: that is no scrolling up. */
  #showEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#lastTop = this.#scroller.scrollTop;
  }

  #scrolled() {
    if (this.#fromStart) {
      return;
    }

    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const toEnd = scrollHeight - scrollTop - clientHeight;
    if (toEnd < 8) {
      this.#set(true);
    } else if (scrollTop < this.#lastTop || !this.active) {
      this.#set(false);
    }

    this.#lastTop = scrollTop;
  }

  #set(following) {
    if (following !== this.#following) {
      this.#following = following;
      this.#onChange(following);
    }
  }
}
