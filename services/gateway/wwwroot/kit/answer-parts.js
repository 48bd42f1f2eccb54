import { element } from './dom.js';
import { Guardrails } from './guardrails.js';
import { MarkdownStream } from './markdown-stream.js';
import { text } from './texts.js';
import { Thought } from './thought.js';
import { ToolCard } from './tool-card.js';

const growing = ['TEXT_MESSAGE_CONTENT', 'REASONING_MESSAGE_CONTENT'];

/**
 * What an answer consists of, built from run events: texts, thoughts, tool calls, checks and the agents that spoke, in the order
 * they came. Knows which message each part belongs to, so that a new attempt can take back all but the first few messages.
 */
export class AnswerParts {
  #root;
  #toolsOpen;
  #messages = [];
  #texts = new Map();
  #thoughts = new Map();
  #tools = new Map();
  #guardrails = [];
  #marks = new WeakSet();
  #agent = null;

  /** `toolsOpen`: whether tool calls are unfolded. */
  constructor(root, { toolsOpen = true } = {}) {
    this.#root = root;
    this.#toolsOpen = toolsOpen;
  }

  /** The card of a tool call, or undefined. */
  card(toolCallId) {
    return this.#tools.get(toolCallId);
  }

  /** Applies events in order; neighbouring deltas of a message are written as one. */
  apply(events) {
    for (let i = 0; i < events.length; i++) {
      const event = events[i];
      if (!growing.includes(event.type)) {
        this.#apply(event);
        continue;
      }

      const deltas = [event.delta];
      while (events[i + 1]?.type === event.type && events[i + 1].messageId === event.messageId) {
        deltas.push(events[++i].delta);
      }

      const part = event.type === 'TEXT_MESSAGE_CONTENT' ? this.#text(event.messageId) : this.#thought(event.messageId);
      part.write(deltas.join(''));
    }
  }

  /** The run is over: closes what is still open. */
  end() {
    for (const part of [...this.#texts.values(), ...this.#thoughts.values()]) {
      part.end();
    }

    for (const card of this.#tools.values()) {
      if (card.running) {
        card.stop();
      }
    }

    this.#texts.clear();
    this.#thoughts.clear();
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
      case 'REASONING_MESSAGE_START':
        this.#thought(event.messageId);
        break;
      case 'REASONING_MESSAGE_END':
        this.#thoughts.get(event.messageId)?.end();
        this.#thoughts.delete(event.messageId);
        break;
      case 'CUSTOM':
        this.#custom(event.name, event.value);
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

  #thought(messageId) {
    let thought = this.#thoughts.get(messageId);
    if (!thought) {
      thought = new Thought();
      this.#thoughts.set(messageId, thought);
      this.#mark(thought.node);
    }

    return thought;
  }

  #custom(name, value) {
    switch (name) {
      case 'hand_off':
        this.#handOff(value);
        break;
      case 'guardrail':
        this.#guardrail(value);
        break;
      case 'tool_progress':
        this.#tools.get(value.toolCallId)?.setProgress(value);
        break;
      default:
        break;
    }
  }

  #handOff({ from, to }) {
    this.#agent = to;
    this.#mark(element(
      'div',
      { className: 'agent hand-off', dataset: { testid: 'hand-off', agent: to, from } },
      element('span', { className: 'from' }, from),
      element('span', { className: 'arrow', ariaHidden: 'true' }, '→'),
      element('span', { className: 'visually-hidden', dataset: { text: 'handsOnTo' } }, text('handsOnTo')),
      element('span', {}, to),
    ));
  }

  #guardrail(check) {
    let row = this.#guardrails.find((known) => known.has(check.id)) ?? this.#guardrails.at(-1);
    if (!row || (!row.has(check.id) && row.node !== this.#root.lastElementChild)) {
      row = new Guardrails();
      this.#guardrails.push(row);
      this.#mark(row.node);
    }

    row.put(check);
  }

  #startTool({ toolCallId, toolCallName, parentMessageId }) {
    const last = this.#messages.at(-1);
    const message = parentMessageId || !last || last.isResult ? this.#message(parentMessageId) : last;
    const card = new ToolCard(toolCallName, this.#toolsOpen);
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
      this.#mark(element('div', { className: 'agent', dataset: { testid: 'agent', agent: name } }, name));
    }
  }

  /** Adds what belongs to no message, but to what comes after it. */
  #mark(node) {
    this.#marks.add(node);
    this.#root.append(node);
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

    // Agents, checks and thoughts of which nothing came that is left go too; the new attempt tells of them again.
    while (this.#root.lastElementChild && this.#marks.has(this.#root.lastElementChild)) {
      this.#root.lastElementChild.remove();
    }

    this.#guardrails = this.#guardrails.filter(({ node }) => node.isConnected);

    const names = this.#root.querySelectorAll(':scope > .agent');
    this.#agent = names.length > 0 ? names[names.length - 1].dataset.agent : null;
  }
}
