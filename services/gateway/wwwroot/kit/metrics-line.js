import { copyText } from './clipboard.js';
import { element } from './dom.js';
import { count, milliseconds, tenth } from './numbers.js';
import { text } from './texts.js';

const refreshMs = 200;

/** The line under an answer that says how fast it was and where its trace can be found. */
export class MetricsLine {
  #metrics;
  #shownAt = 0;
  #ttft = element('b', { dataset: { testid: 'ttft' } });
  #rate = element('b', { dataset: { testid: 'rate' } });
  #total = element('b', { dataset: { testid: 'total' } });
  #deltas = element('b', { dataset: { testid: 'deltas' } });
  #model = element('b', { dataset: { testid: 'model' } });
  #modelItem = element('span', { hidden: true }, label('model'), ' ', this.#model);
  #tokens = element('b', { dataset: { testid: 'tokens' } });
  #tokensItem = element('span', { hidden: true }, label('tokens'), ' ', this.#tokens);
  #trace = element('button', { type: 'button', className: 'trace', dataset: { testid: 'trace-id' } });
  #copied = element('span', { className: 'copied', role: 'status' });
  #traceItem = element('span', { className: 'trace-item', hidden: true }, label('trace'), this.#trace, this.#copied);

  constructor(metrics) {
    this.#metrics = metrics;
    this.node = element(
      'div',
      { className: 'metrics waiting', hidden: true },
      element('span', {}, label('ttft'), ' ', this.#ttft),
      element('span', {}, label('rate'), ' ', this.#rate),
      element('span', {}, label('total'), ' ', this.#total),
      element('span', {}, label('deltas'), ' ', this.#deltas),
      this.#modelItem,
      this.#tokensItem,
      this.#traceItem,
    );
    this.#trace.title = text('copyTrace');
    this.#trace.addEventListener('click', () => this.#copyTrace());
  }

  set traceId(value) {
    this.#trace.textContent = value ?? '';
    this.#traceItem.hidden = !value;
    this.node.hidden = !value && this.#metrics.deltas === 0;
  }

  /** Who answered and what it took: `{provider, model, inputTokens?, outputTokens?, finishReason?}`, if the server says. */
  set result(value) {
    const { provider, model, inputTokens, outputTokens, finishReason } = value ?? {};
    this.#model.textContent = [...new Set([provider, model])].filter(Boolean).join(' · ');
    this.#modelItem.hidden = this.#model.textContent === '';
    this.#modelItem.title = finishReason ?? '';
    this.#tokens.textContent = [inputTokens, outputTokens].map((tokens) => (Number.isFinite(tokens) ? count(tokens) : '–')).join(' → ');
    this.#tokensItem.hidden = !Number.isFinite(inputTokens) && !Number.isFinite(outputTokens);
  }

  /** Shows how things stand; a few times a second is all that an eye can follow. */
  show(now = performance.now()) {
    if (now - this.#shownAt < refreshMs) {
      return;
    }

    this.#shownAt = now;
    const { timeToFirstToken, tokensPerSecond, deltas } = this.#metrics;
    this.node.hidden = deltas === 0 && this.#traceItem.hidden;
    this.node.classList.toggle('waiting', deltas === 0);
    put(this.#ttft, timeToFirstToken, milliseconds);
    put(this.#rate, tokensPerSecond, (rate) => `${(rate < 100 ? tenth : count)(rate)} ${text('rateUnit')}`);
    put(this.#total, this.#metrics.totalTime(), milliseconds);
    put(this.#deltas, deltas, count);
  }

  /** The last numbers. */
  end() {
    this.#shownAt = -Infinity;
    this.show();
  }

  async #copyTrace() {
    await copyText(this.#trace.textContent);
    this.#copied.textContent = text('copied');
    setTimeout(() => this.#copied.replaceChildren(), 1_500);
  }
}

function label(key) {
  return element('span', { className: 'label', dataset: { text: key } }, text(key));
}

function put(node, value, format) {
  node.textContent = value === null ? '–' : format(value);
  node.dataset.value = value === null ? '' : String(value);
}
