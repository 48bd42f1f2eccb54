import { element } from './dom.js';
import { MarkdownStream } from './markdown-stream.js';
import { ToolCard } from './tool-card.js';

/**
 * What an answer consists of, built from run events: texts, tool calls and the agents that spoke, in the order they came.
 * Knows which message each part belongs to, so that a new attempt can take back all but the first few messages.
 */
export class AnswerParts {
  #root;
  #messages = [];
  #texts = new Map();
  #tools = new Map();
  #agent = null;

  constructor(root) {
    this.#root = root;
  }

  /** Applies events in order; neighbouring deltas of a message are written as one. */
  apply(events) {
    for (let i = 0; i < events.length; i++) {
      const event = events[i];
      if (event.type !== 'TEXT_MESSAGE_CONTENT') {
        this.#apply(event);
        continue;
      }

      const deltas = [event.delta];
      while (events[i + 1]?.type === event.type && events[i + 1].messageId === event.messageId) {
        deltas.push(events[++i].delta);
      }

      this.#text(event.messageId).write(deltas.join(''));
    }
  }

  /** The run is over: closes what is still open. */
  end() {
    for (const stream of this.#texts.values()) {
      stream.end();
    }

    for (const card of this.#tools.values()) {
      if (card.running) {
        card.stop();
      }
    }

    this.#texts.clear();
  }

  #apply(event) {
    switch (event.type) {
      case 'RUN_STARTED':
        if ((event.attempt ?? 1) > 1) {
          this.#keep(event.keepMessages ?? 0);
        }

        break;
      case 'STEP_STARTED':
        this.#nameAgent(event.stepName);
        break;
      case 'TEXT_MESSAGE_START':
        this.#text(event.messageId);
        break;
      case 'TEXT_MESSAGE_END':
        this.#texts.get(event.messageId)?.end();
        this.#texts.delete(event.messageId);
        break;
      case 'TOOL_CALL_START':
        this.#startTool(event);
        break;
      case 'TOOL_CALL_ARGS':
        this.#tools.get(event.toolCallId)?.addArguments(event.delta);
        break;
      case 'TOOL_CALL_END':
        this.#tools.get(event.toolCallId)?.endArguments();
        break;
      case 'TOOL_CALL_RESULT':
        this.#setResult(event);
        break;
      case 'MESSAGES_SNAPSHOT':
        this.#replace(event.messages);
        break;
      default:
        break;
    }
  }

  #text(messageId) {
    let stream = this.#texts.get(messageId);
    if (!stream) {
      const node = element('div', { className: 'prose' });
      this.#add(this.#message(messageId), node);
      stream = new MarkdownStream(node);
      this.#texts.set(messageId, stream);
    }

    return stream;
  }

  #startTool({ toolCallId, toolCallName, parentMessageId }) {
    const last = this.#messages.at(-1);
    const message = parentMessageId || !last || last.isResult ? this.#message(parentMessageId) : last;
    const card = new ToolCard(toolCallName);
    this.#tools.set(toolCallId, card);
    this.#add(message, card.node);
  }

  #setResult({ messageId, toolCallId, content, isError }) {
    const card = this.#tools.get(toolCallId);
    card?.setResult(content, isError === true);
    const message = this.#message(messageId);
    message.isResult = true;
    message.takeBack.push(() => card?.takeBackResult());
  }

  #nameAgent(name) {
    if (name !== this.#agent) {
      this.#agent = name;
      this.#root.append(element('div', { className: 'agent', dataset: { testid: 'agent', agent: name } }, name));
    }
  }

  #replace(messages) {
    this.#keep(0);
    const question = messages.findLastIndex(({ role }) => role === 'user');
    messages.slice(question + 1).filter(({ role, content }) => role === 'assistant' && content).forEach(({ content }, index) => {
      const stream = this.#text(`snapshot-${index}`);
      stream.write(content);
      stream.end();
    });
  }

  #message(id) {
    let message = this.#messages.find((known) => known.id === id && id !== undefined);
    if (!message) {
      message = { id, isResult: false, takeBack: [] };
      this.#messages.push(message);
    }

    return message;
  }

  #add(message, node) {
    this.#root.append(node);
    message.takeBack.push(() => node.remove());
  }

  #keep(count) {
    for (const message of this.#messages.splice(count)) {
      this.#texts.delete(message.id);
      for (const takeBack of message.takeBack) {
        takeBack();
      }
    }

    // Names of agents of whom nothing is left go too; the new attempt names its agents again.
    while (this.#root.lastElementChild?.classList.contains('agent')) {
      this.#root.lastElementChild.remove();
    }

    const names = this.#root.querySelectorAll(':scope > .agent');
    this.#agent = names.length > 0 ? names[names.length - 1].dataset.agent : null;
  }
}
