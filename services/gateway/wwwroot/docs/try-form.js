import { copyText } from '../kit/clipboard.js';
import { element } from '../kit/dom.js';
import { pretty } from '../kit/json-text.js';
import { milliseconds } from '../kit/numbers.js';
import { setText, text } from '../kit/texts.js';

const mostCharacters = 200_000;

/** A form that sends one call and shows what comes back, also while it is still coming. `tokenOf()` is the token to show, or ''. */
export class TryForm {
  #method;
  #path;
  #tokenOf;
  #parameters;
  #body = null;
  #accept;
  #curl = element('pre', { className: 'curl', tabIndex: 0, dataset: { testid: 'curl' } });
  #send = element('button', { type: 'submit', className: 'button strong', dataset: { text: 'sendRequest', testid: 'try-send' } }, text('sendRequest'));
  #stop = element('button', { type: 'button', className: 'button', hidden: true, dataset: { text: 'stopRequest', testid: 'try-stop' } }, text('stopRequest'));
  #result = element('div', { className: 'result', role: 'status', dataset: { testid: 'try-result' } });
  #abort = null;

  constructor({ method, path, parameters, bodyType, example, accept, tokenOf }) {
    this.#method = method;
    this.#path = path;
    this.#tokenOf = tokenOf;
    this.#accept = accept;
    this.#parameters = parameters.map((parameter) => ({ ...parameter, field: parameterField(parameter) }));
    this.node = element('form', { className: 'try', autocomplete: 'off', dataset: { testid: 'try' } });
    this.node.append(element('div', { className: 'fields' }, ...this.#parameters.map(({ name, required, field }) => {
      const title = element('span', { className: required ? 'required mono' : 'mono' }, name);
      return element('label', { className: 'field' }, title, field);
    })));
    if (bodyType) {
      this.node.append(this.#bodyField(bodyType, example));
    }

    const copy = element('button', { type: 'button', className: 'button', dataset: { text: 'copyCurl' } }, text('copyCurl'));
    this.node.append(labelled('curl'), this.#curl, element('div', { className: 'tools' }, this.#send, this.#stop, copy), this.#result);
    this.node.addEventListener('input', () => this.#showCurl());
    this.node.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#run();
    });
    this.#stop.addEventListener('click', () => this.#abort?.abort());
    copy.addEventListener('click', async () => {
      this.#showCurl();
      await copyText(this.#curl.textContent);
      setText(copy, 'copied');
      setTimeout(() => setText(copy, 'copyCurl'), 1_500);
    });
    this.#showCurl();
  }

  #bodyField(type, example) {
    const fill = element('button', { type: 'button', className: 'button small', dataset: { text: 'fillExample' } }, text('fillExample'));
    const input = element('textarea', { className: 'raw', rows: 5, spellcheck: false, ariaLabel: type, dataset: { testid: 'try-body' } });
    this.#body = { type, input };
    fill.addEventListener('click', () => {
      input.value = JSON.stringify(example, null, 2);
      this.#showCurl();
    });
    return element('div', { className: 'body-field' }, element('div', { className: 'tools' }, element('span', { className: 'group mono' }, type), fill), input);
  }

  #request() {
    let path = this.#path;
    const query = new URLSearchParams();
    const headers = { Accept: this.#accept };
    for (const { name, in: place, field } of this.#parameters) {
      if (place === 'path') {
        path = path.replace(`{${name}}`, encodeURIComponent(field.value));
      } else if (field.value !== '' && place === 'query') {
        query.set(name, field.value);
      } else if (field.value !== '' && place === 'header') {
        headers[name] = field.value;
      }
    }

    const token = this.#tokenOf();
    if (token !== '') {
      headers.Authorization = `Bearer ${token}`;
    }

    const body = this.#body?.input.value.trim() || undefined;
    if (body !== undefined) {
      headers['Content-Type'] = this.#body.type;
    }

    const url = new URL(path, location.origin);
    url.search = query;
    return { url, method: this.#method.toUpperCase(), headers, body };
  }

  #showCurl() {
    const { url, method, headers, body } = this.#request();
    const parts = ['curl', method === 'GET' ? '' : `-X ${method}`, quoted(url.href)];
    parts.push(...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`));
    parts.push(body === undefined ? '' : `-d ${quoted(body)}`);
    this.#curl.textContent = parts.filter(Boolean).join(' ');
  }

  async #run() {
    this.#showCurl();
    const { url, ...request } = this.#request();
    const status = element('b', { className: 'status', dataset: { testid: 'try-status' } });
    this.#abort = new AbortController();
    this.#setBusy(true);
    this.#result.replaceChildren(status);
    setText(status, 'sending');
    const startedAt = performance.now();
    try {
      const response = await fetch(url, { ...request, cache: 'no-store', signal: this.#abort.signal });
      delete status.dataset.text;
      status.textContent = `${response.status} ${response.statusText}`;
      status.dataset.good = String(response.ok);
      const took = element('span', { className: 'hint' }, milliseconds(performance.now() - startedAt));
      const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
      const body = element('pre', { tabIndex: 0, dataset: { testid: 'try-response' } });
      this.#result.append(' ', took, labelled('headers'), element('pre', { tabIndex: 0, dataset: { testid: 'try-headers' } }, headers), labelled('body'), body);
      await this.#read(response, body);
    } catch (error) {
      const failure = element('b', { className: 'status', dataset: { good: 'false' } });
      setText(failure, error.name === 'AbortError' ? 'stopped' : 'unreachable');
      delete status.dataset.text;
      if (status.dataset.good === undefined) {
        status.remove();
      }

      this.#result.append(failure);
    } finally {
      this.#setBusy(false);
    }
  }

  /** Shows the body as it comes, and spread over lines once it is whole. */
  async #read(response, shown) {
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let content = '';
    for (let part = await reader?.read(); part && !part.done; part = await reader.read()) {
      content += part.value;
      shown.append(part.value);
      if (content.length > mostCharacters) {
        await reader.cancel();
        shown.after(labelled('cut'));
        return;
      }
    }

    if (content === '') {
      setText(shown, 'noBody');
    } else {
      shown.textContent = pretty(content);
    }
  }

  #setBusy(busy) {
    const hadFocus = [this.#send, this.#stop].includes(document.activeElement);
    this.#send.hidden = busy;
    this.#stop.hidden = !busy;
    if (hadFocus) {
      (busy ? this.#stop : this.#send).focus();
    }
  }
}

function parameterField({ name, required, schema }) {
  const properties = { required: required === true, dataset: { testid: `param-${name}` } };
  return schema?.enum
    ? element('select', properties, ...(required ? [] : [element('option', { value: '' })]), ...schema.enum.map((value) => element('option', { value }, String(value))))
    : element('input', { ...properties, spellcheck: false, autocapitalize: 'off' });
}

function labelled(key) {
  return element('p', { className: 'part', dataset: { text: key } }, text(key));
}

/** A word of a POSIX shell. */
function quoted(value) {
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
