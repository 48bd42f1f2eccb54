import { element } from './dom.js';
import { pretty } from './json-text.js';
import { setText, text } from './texts.js';

const longestOnOneLine = 60;

/** One tool call: a card that can be folded, with the tool's name, its arguments and its result as they arrive. */
export class ToolCard {
  #status = element('span', { className: 'tool-status' });
  #arguments = element('pre', { tabIndex: 0 });
  #argumentsRow = row('toolArguments', this.#arguments);
  #result = null;
  #progress = null;
  #question = null;
  #body = element('div', { className: 'tool-body' });

  constructor(name, open = true) {
    this.node = element(
      'details',
      { className: 'tool', open, dataset: { testid: 'tool-call', tool: name } },
      element('summary', {}, element('span', { className: 'tool-icon' }), element('span', { className: 'tool-name' }, name), this.#status),
      this.#body,
    );
    this.#setState('running', 'toolRunning');
  }

  get running() {
    return this.node.dataset.state === 'running';
  }

  addArguments(delta) {
    if (!this.#argumentsRow.isConnected) {
      this.#body.prepend(this.#argumentsRow);
    }

    this.#arguments.append(delta);
  }

  endArguments() {
    this.#arguments.textContent = shown(this.#arguments.textContent);
  }

  /** How far the tool has come: `{progress, total?, message?}`. Without a total there is no telling how much is left. */
  setProgress({ progress, total, message }) {
    if (!this.running) {
      return;
    }

    if (!this.#progress) {
      const bar = element('progress', { ariaLabel: text('toolProgress'), dataset: { label: 'toolProgress', testid: 'tool-progress' } });
      this.#progress = { bar, said: element('span', { className: 'progress-text' }) };
      this.#progress.row = row('toolProgress', element('div', { className: 'progress' }, bar, this.#progress.said));
      this.#body.append(this.#progress.row);
    }

    const { bar, said } = this.#progress;
    if (total > 0) {
      bar.max = total;
      bar.value = progress;
    } else {
      bar.removeAttribute('value');
    }

    said.textContent = message || (total > 0 ? `${progress} / ${total}` : String(progress));
  }

  /** Shows what the tool wants of the user, until there is a result. */
  ask(node) {
    this.#question?.remove();
    this.#question = node;
    this.#body.append(node);
    this.node.open = true;
  }

  setResult(content, isError) {
    this.takeBackResult();
    this.#endWaiting();
    this.#result = row('toolResult', element('pre', { tabIndex: 0, dataset: { testid: 'tool-result' } }, shown(content)));
    this.#body.append(this.#result);
    this.#setState(isError ? 'error' : 'done', isError ? 'toolError' : 'toolDone');
  }

  /** The result is void: the run goes on from before it. */
  takeBackResult() {
    this.#result?.remove();
    this.#result = null;
    this.#setState('running', 'toolRunning');
  }

  /** The run ended before the tool did. */
  stop() {
    this.#endWaiting();
    this.#setState('error', 'toolStopped');
  }

  #endWaiting() {
    this.#progress?.row.remove();
    this.#progress = null;
    this.#question?.remove();
    this.#question = null;
  }

  #setState(state, label) {
    this.node.dataset.state = state;
    setText(this.#status, label);
  }
}

function row(label, content) {
  return element('div', { className: 'tool-row' }, element('span', { className: 'label', dataset: { text: label } }, text(label)), content);
}

/** Longer JSON spread over lines; the short stays short. */
function shown(content) {
  return content.length > longestOnOneLine ? pretty(content) : content;
}
