import { element } from './dom.js';
import { InlineText } from './inline-text.js';

const codePieceLimit = 4_000;
const longestInfo = 100;
const undecided = -1;

/**
 * Renders a small subset of Markdown while it streams in: paragraphs, headings, lists, **bold**, `code` and fenced code.
 * What is written is never touched again but at its end, so the cost of an answer grows with its length and no faster.
 * Builds the tree itself: no text ever becomes markup.
 */
export class MarkdownStream {
  #root;
  #buffer = '';
  #lineStart = true;
  #inline = null;
  #heading = false;
  #lists = [];
  #fence = null;
  #fenceIndent = 0;

  constructor(root) {
    this.#root = root;
  }

  /** More text. */
  write(text) {
    this.#buffer += text.replaceAll('\r', '');
    this.#consume(false);
  }

  /** No more text will come. */
  end() {
    this.#consume(true);
    this.#endBlock();
  }

  #consume(final) {
    const source = this.#buffer;
    let at = 0;
    while (at < source.length) {
      const next = this.#lineStart ? this.#startLine(source, at, final) : this.#continueLine(source, at, final);
      if (next === undecided) {
        break;
      }

      at = next;
    }

    this.#buffer = source.slice(at);
  }

  #continueLine(source, at, final) {
    const newline = source.indexOf('\n', at);
    const stop = newline < 0 ? source.length : newline;
    let next = stop;
    if (this.#fence) {
      this.#fence.write(source.slice(at, stop));
    } else {
      next = this.#inline.write(source, at, stop, final || newline >= 0);
    }

    if (next === newline) {
      this.#lineStart = true;
      if (this.#heading) {
        this.#endBlock();
      }

      return newline + 1;
    }

    return next === at ? undecided : next;
  }

  /** Decides what a line is from how it begins; `undecided` when too little of it is here. */
  #startLine(source, at, final) {
    const newline = source.indexOf('\n', at);
    const line = newline < 0 ? source.slice(at) : source.slice(at, newline);
    const whole = final || newline >= 0;
    const after = newline < 0 ? source.length : newline + 1;
    if (this.#fence) {
      return this.#startCodeLine(line, whole, at, after);
    }

    const indent = /^[ \t]*/.exec(line)[0].length;
    const rest = line.slice(indent);
    if (!whole && /^(`{0,2}|[-*+]|\d{1,9}[.)]?|#{1,6})$/.test(rest)) {
      return undecided;
    }

    if (rest === '') {
      this.#endBlock();
      return after;
    }

    if (/^```[^`]*$/.test(rest) && (whole || rest.length < longestInfo)) {
      return whole ? this.#openFence(indent, after) : undecided;
    }

    this.#lineStart = false;
    const item = /^(?:[-*+]|(\d{1,9})[.)])[ \t]+/.exec(rest);
    const heading = /^#{1,6}[ \t]+/.exec(rest);
    const skipped = item ?? heading;
    if (item) {
      this.#openItem(indent, item[1]);
    } else if (heading) {
      this.#openParagraph(0, { className: 'heading' });
      this.#heading = true;
    } else if (this.#inline) {
      this.#inline.write('\n', 0, 1, true);
      return this.#lists.length > 0 ? at + indent : at;
    } else {
      this.#openParagraph(indent);
    }

    return at + indent + (skipped ? skipped[0].length : 0);
  }

  #startCodeLine(line, whole, at, after) {
    // it may still become a fence; one "any white space" after the other would try every division of a long line
    if (!whole && line.length < longestInfo && /^\s*(?:`+\s*)?$/.test(line)) {
      return undecided;
    }

    if (/^\s*```+\s*$/.test(line)) {
      this.#fence = null;
      return after;
    }

    this.#fence.startLine();
    this.#lineStart = false;
    if (line === '') {
      this.#lineStart = true;
      return after;
    }

    return at + Math.min(/^[ \t]*/.exec(line)[0].length, this.#fenceIndent);
  }

  #openFence(indent, after) {
    this.#endBlock();
    const code = element('code');
    this.#container(indent).append(element('pre', { tabIndex: 0 }, code));
    this.#fence = new CodeLines(code);
    this.#fenceIndent = indent;
    return after;
  }

  #openParagraph(indent, properties) {
    this.#endBlock();
    const block = element('p', properties);
    this.#container(indent).append(block);
    this.#inline = new InlineText(block);
  }

  #openItem(indent, number) {
    this.#endBlock();
    const name = number === undefined ? 'ul' : 'ol';
    while (this.#lists.length > 0 && indent < this.#lists.at(-1).indent) {
      this.#lists.pop();
    }

    const above = this.#lists.at(-1);
    if (!above || indent >= above.indent + 2 || above.list.localName !== name) {
      if (above && indent < above.indent + 2) {
        this.#lists.pop();
      }

      const list = element(name, number === undefined ? {} : { start: Number(number) });
      (this.#lists.at(-1)?.list.lastElementChild ?? this.#root).append(list);
      this.#lists.push({ list, indent });
    }

    const block = element('p');
    this.#lists.at(-1).list.append(element('li', {}, block));
    this.#inline = new InlineText(block);
  }

  /** Where a block goes: into the list item above it when it is indented, else to the top, which ends the lists. */
  #container(indent) {
    if (indent < 2) {
      this.#lists = [];
    }

    return this.#lists.at(-1)?.list.lastElementChild ?? this.#root;
  }

  #endBlock() {
    this.#inline?.end();
    this.#inline = null;
    this.#heading = false;
  }
}

/** The lines of a code block, in pieces, for the reason that `InlineText` has. */
class CodeLines {
  #code;
  #piece = null;
  #length = 0;
  #first = true;

  constructor(code) {
    this.#code = code;
  }

  startLine() {
    if (!this.#first) {
      this.write('\n');
    }

    this.#first = false;
    if (this.#length > codePieceLimit) {
      this.#piece = null;
    }
  }

  write(text) {
    if (!this.#piece) {
      this.#piece = document.createTextNode('');
      this.#length = 0;
      this.#code.append(element('span', { className: 'piece' }, this.#piece));
    }

    this.#piece.appendData(text);
    this.#length += text.length;
  }
}
