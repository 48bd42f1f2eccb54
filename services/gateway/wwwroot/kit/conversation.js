import { AnswerView } from './answer-view.js';
import { Follow } from './follow.js';
import { element } from './dom.js';
import { setText, text } from './texts.js';

const mostMessages = 100;

/** Questions and answers of a test page. Those under way are `waiting`, in the order in which they were asked. */
export class Conversation {
  #root;
  #bench;
  #empty;
  #follow;

  waiting = [];

  constructor(bench, root) {
    this.#bench = bench;
    this.#root = root;
    this.#empty = root.parentElement.querySelector('.hint');
    this.#follow = new Follow(root.parentElement, root, () => {});
    bench.addEventListener('closed', () => this.endAll({ state: 'failed', code: 'lost' }));
  }

  /** A question has been sent, or with none the answer to somebody else's begins. More may be kept with the turn. */
  begin(question, more = {}) {
    if (question) {
      this.#root.append(element('article', { className: 'question', ariaLabel: text('you'), dataset: { testid: 'question' } }, question));
    }

    const turn = { view: new AnswerView(), ...more };
    this.waiting.push(turn);
    this.#root.append(turn.view.node);
    while (this.#root.childElementCount > mostMessages) {
      this.#root.firstElementChild.remove();
    }

    this.#empty.hidden = true;
    this.#follow.active = true;
    this.#follow.toEnd();
    return turn;
  }

  /** A turn is over, `outcome` as in `AnswerView.end`. */
  end(turn, outcome) {
    this.waiting = this.waiting.filter((other) => other !== turn);
    turn.view.end(outcome, null);
    if (outcome.state === 'done') {
      const { metrics } = turn.view;
      this.#bench.answered({
        timeToFirstToken: metrics.timeToFirstToken,
        tokensPerSecond: metrics.tokensPerSecond,
        total: metrics.totalTime(),
      });
    }

    this.#follow.settle();
    this.#follow.active = this.waiting.length > 0;
    setText(document.getElementById('status'), { done: 'stateDone', cancelled: 'stateCancelled', failed: 'stateFailed' }[outcome.state]);
  }

  endAll(outcome) {
    for (const turn of this.waiting) {
      this.end(turn, outcome);
    }
  }
}
