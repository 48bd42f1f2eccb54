import { element } from './dom.js';

const pieceLimit = 4_000;
const breakable = /[\s,.;!?，。；！？]/g;

/**
 * Appends text with `**bold**` and `` `code` `` to a paragraph, as it arrives. A paragraph without end is continued in a new
 * element after some thousand characters, because a browser lays out a paragraph anew whenever it grows.
 */
export class InlineText {
  #block;
  #bold = null;
  #code = null;
  #ticks = '';
  #length = 0;

  constructor(block) {
    this.#block = block;
  }

  /** Takes `source[from..to]`; returns where it stopped, short of `to` when a mark may go on in text that is yet to come. */
  write(source, from, to, complete) {
    let at = from;
    while (at < to) {
      const mark = this.#nextMark(source, at, to);
      this.#append(source.slice(at, mark.at));
      at = mark.at;
      if (at === to) {
        break;
      }

      const end = mark.at + mark.text.length;
      if (end === to && !complete) {
        return at;
      }

      this.#mark(mark.text, source[end]);
      at = end;
    }

    return at;
  }

  /** Ends the paragraph. A mark that was opened and never closed was no mark, so it becomes text again. */
  end() {
    this.#unwrap(this.#code, this.#ticks);
    this.#unwrap(this.#bold, '**');
    this.#code = this.#bold = null;
  }

  #nextMark(source, from, to) {
    const marks = this.#code ? /`+/g : /`+|\*\*/g;
    marks.lastIndex = from;
    const found = marks.exec(source);
    if (found && found.index < to) {
      return { at: found.index, text: found[0] };
    }

    // One star at the very end may be half of a mark.
    return !this.#code && source[to - 1] === '*' ? { at: to - 1, text: '*' } : { at: to, text: '' };
  }

  #mark(text, next) {
    if (text[0] === '`') {
      this.#codeMark(text);
    } else if (text === '**' && this.#bold) {
      this.#bold = null;
    } else if (text === '**' && next !== undefined && !/\s/.test(next)) {
      this.#bold = this.#block.appendChild(element('strong'));
    } else {
      this.#append(text);
    }
  }

  #codeMark(ticks) {
    if (!this.#code) {
      this.#code = (this.#bold ?? this.#block).appendChild(element('code'));
      this.#ticks = ticks;
    } else if (ticks === this.#ticks) {
      this.#code = null;
    } else {
      this.#append(ticks);
    }
  }

  #append(text) {
    let rest = text;
    while (this.#length + rest.length > pieceLimit) {
      const cut = cutAfter(rest, Math.max(0, pieceLimit - this.#length));
      this.#put(rest.slice(0, cut));
      this.#continue();
      rest = rest.slice(cut);
    }

    this.#put(rest);
  }

  #put(text) {
    if (text === '') {
      return;
    }

    const target = this.#code ?? this.#bold ?? this.#block;
    if (target.lastChild instanceof Text) {
      target.lastChild.appendData(text);
    } else {
      target.append(text);
    }

    this.#length += text.length;
  }

  #continue() {
    this.end();
    const next = element(this.#block.localName, { className: 'continued' });
    this.#block.after(next);
    this.#block = next;
    this.#length = 0;
  }

  #unwrap(wrapper, mark) {
    wrapper?.replaceWith(mark, ...wrapper.childNodes);
  }
}

/** Where to cut: behind the first good place at or after `least`, or right there (but not within a surrogate pair). */
function cutAfter(text, least) {
  breakable.lastIndex = least;
  const found = breakable.exec(text);
  if (found && found.index < least + 200) {
    return found.index + 1;
  }

  const cut = Math.min(least, text.length);
  return /[\uDC00-\uDFFF]/.test(text[cut] ?? '') ? cut + 1 : cut;
}
