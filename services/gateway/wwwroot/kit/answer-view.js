import { AnswerParts } from './answer-parts.js';
import { element } from './dom.js';
import { AnswerMetrics } from './metrics.js';
import { MetricsLine } from './metrics-line.js';
import { errorText, text } from './texts.js';

/**
 * One answer on the page. Events may come in any number: they are gathered and shown once per animation frame. States, in
 * `data-state`: `streaming`, then one of `done`, `cancelled`, `failed`.
 */
export class AnswerView {
  #parts;
  #metrics = new AnswerMetrics();
  #line = new MetricsLine(this.#metrics);
  #content = element('div', { className: 'parts' });
  #hint = element('p', { className: 'hint' });
  #pending = [];
  #scheduled = false;

  constructor() {
    this.#parts = new AnswerParts(this.#content);
    this.node = element(
      'article',
      { className: 'answer', ariaLabel: text('assistant'), ariaBusy: 'true', dataset: { testid: 'assistant-message', state: 'streaming' } },
      this.#content,
      element('div', { className: 'thinking', ariaHidden: 'true' }, element('i'), element('i'), element('i')),
      this.#hint,
      this.#line.node,
    );
  }

  get state() {
    return this.node.dataset.state;
  }

  get metrics() {
    return this.#metrics;
  }

  /** A quiet remark while nothing happens yet, such as that the connection is awaited; empty for none. */
  set hint(value) {
    this.#hint.textContent = value;
  }

  set traceId(value) {
    this.#line.traceId = value;
  }

  /** The card of a tool call that has been taken, or undefined. */
  card(toolCallId) {
    this.#show();
    return this.#parts.card(toolCallId);
  }

  /** Takes a run event. */
  take(event) {
    if (event.type === 'TEXT_MESSAGE_CONTENT') {
      this.#metrics.delta(event.messageId, event.seq - (event.fromSeq ?? event.seq) + 1);
    } else if (event.type === 'RUN_STARTED' && event.traceId) {
      this.traceId = event.traceId;
    } else if (event.type === 'RUN_FINISHED') {
      this.#line.result = event.result;
    }

    this.#pending.push(event);
    if (!this.#scheduled) {
      this.#scheduled = true;
      requestAnimationFrame(() => this.#show());
    }
  }

  /** The run is over. `onRetry` is offered as a button when trying again makes sense. */
  end({ state, code, message, retryable }, onRetry) {
    this.#metrics.end();
    this.#show();
    this.#parts.end();
    this.hint = '';
    this.node.dataset.state = state;
    this.node.ariaBusy = 'false';
    this.#line.end();
    if (state === 'cancelled') {
      this.#line.node.before(element('p', { className: 'stopped', dataset: { text: 'stateCancelled' } }, text('stateCancelled')));
    } else if (state === 'failed') {
      this.#line.node.before(this.#failure({ code, message }, retryable ? onRetry : null));
    }
  }

  #show() {
    this.#scheduled = false;
    const events = this.#pending;
    this.#pending = [];
    this.#parts.apply(events);
    this.#line.show();

    // The caret belongs to text that grows; dots to the time when something else is going on.
    const last = events.at(-1);
    if (last) {
      this.node.classList.toggle('writing', last.type === 'TEXT_MESSAGE_CONTENT');
    }
  }

  #failure(error, onRetry) {
    const box = element(
      'div',
      { className: 'failure', role: 'alert', dataset: { testid: 'run-error', code: error.code ?? '' } },
      element('p', {}, errorText(error)),
    );
    if (onRetry) {
      box.append(element('button', { type: 'button', className: 'button', onclick: onRetry, dataset: { testid: 'retry', text: 'retry' } }, text('retry')));
    }

    return box;
  }
}
