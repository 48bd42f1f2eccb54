import { element } from '../kit/dom.js';
import { count, duration } from '../kit/numbers.js';
import { StatisticsPanel } from '../kit/statistics-panel.js';
import { setText, text } from '../kit/texts.js';

const everyMs = 5_000;
const withinMs = 4_000;
const mostListed = 20;

/** What the server tells about its connections, asked again every few seconds while the page is looked at. */
export class ServerPanel {
  #numbers = new StatisticsPanel([['activeConnections', count], ['totalConnections', count], ['totalMessages', count]]);
  #remark = element('p', { className: 'hint', role: 'status' });
  #rows = element('tbody');
  #table = element(
    'div',
    { className: 'connections', tabIndex: 0, role: 'region', dataset: { label: 'server' } },
    element(
      'table',
      {},
      element('thead', {}, element('tr', {}, ...['connectionId', 'connectedAt', 'messageCount', 'uptime'].map((key) => element('th', { scope: 'col', dataset: { text: key } }, text(key))))),
      this.#rows,
    ),
  );

  /** The connection that is ours. */
  own = null;

  constructor() {
    this.node = element('div', {}, this.#numbers.node, this.#table, this.#remark);
    this.refresh();
    setInterval(() => !document.hidden && this.refresh(), everyMs);
  }

  async refresh() {
    try {
      const response = await fetch('/ws/statistics', { signal: AbortSignal.timeout(withinMs) });
      this.#show(await response.json());
    } catch {
      setText(this.#remark, 'serverAway');
    }
  }

  #show({ active_connections: active, total_connections: total, total_messages: frames, connections }) {
    this.#numbers.set('activeConnections', active);
    this.#numbers.set('totalConnections', total);
    this.#numbers.set('totalMessages', frames);
    this.#rows.replaceChildren(...connections.slice(0, mostListed).map((connection) => this.#row(connection)));
    this.#table.hidden = connections.length === 0;
    if (connections.length === 0) {
      setText(this.#remark, 'noConnections');
    } else if (connections.length > mostListed) {
      setText(this.#remark, 'moreConnections');
    } else {
      delete this.#remark.dataset.text;
      this.#remark.textContent = '';
    }
  }

  #row({ id, connected_at: since, message_count: frames, uptime }) {
    const cells = [id, new Date(since * 1000).toLocaleTimeString(), count(frames), duration(uptime)];
    return element('tr', { className: id === this.own ? 'own' : '' }, ...cells.map((cell) => element('td', { title: cell }, cell)));
  }
}
