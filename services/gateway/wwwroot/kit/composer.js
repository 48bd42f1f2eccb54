/** The box to write in: it grows with its text, Enter sends, Shift + Enter starts a new line. `onSubmit(text)` is never given an empty text. */
export class Composer {
  #onSubmit;

  constructor(form, onSubmit) {
    this.#onSubmit = onSubmit;
    this.input = form.querySelector('textarea');
    this.send = form.querySelector('[type=submit]');
    this.input.addEventListener('input', () => this.#show());
    this.input.addEventListener('keydown', (event) => {
      // while an input method composes, Enter picks a candidate
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#submit();
      }
    });
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#show();
  }

  clear() {
    this.input.value = '';
    this.#show();
  }

  #submit() {
    const content = this.input.value.trim();
    if (content !== '') {
      this.#onSubmit(content);
    }
  }

  #show() {
    // the copy in the attribute gives the box its height, see .grow
    this.input.parentElement.dataset.value = this.input.value;
    this.send.disabled = this.input.value.trim() === '';
  }
}
