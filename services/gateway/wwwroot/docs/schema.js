import { element } from '../kit/dom.js';
import { text } from '../kit/texts.js';

const deepest = 6;

/** The schemas of a description: names them, shows them and makes examples of them. References are followed, circles are not. */
export class Schemas {
  #document;

  constructor(document) {
    this.#document = document;
  }

  /** What a reference points at; anything else as it is. */
  resolve(node) {
    if (!node?.$ref?.startsWith('#/')) {
      return node ?? {};
    }

    return node.$ref.slice(2).split('/').reduce((at, step) => at?.[step.replaceAll('~1', '/').replaceAll('~0', '~')], this.#document) ?? {};
  }

  /** A type in a few words, such as `array of ListedRoom` or `string | null`. */
  nameOf(schema) {
    if (schema?.$ref) {
      return schema.$ref.split('/').at(-1);
    }

    const choices = schema?.oneOf ?? schema?.anyOf;
    if (choices) {
      return nullLast(choices.map((choice) => this.nameOf(choice)));
    }

    const types = typesOf(schema).map((type) => {
      if (type === 'array') {
        return `array of ${this.nameOf(schema.items)}`;
      }

      return type === 'object' && schema.additionalProperties ? `object of ${this.nameOf(schema.additionalProperties)}` : type;
    });
    return types.length > 0 ? nullLast(types) : 'any';
  }

  /** The members of a schema as a list, those of its members inside it; nothing where it has none. `asked` marks what must be given. */
  view(schema, asked, depth = 0) {
    const node = this.#withMembers(schema);
    if (!node || depth >= deepest) {
      return [];
    }

    const members = Object.entries(node.properties).map(([name, member]) =>
      element(
        'li',
        {},
        element('code', {}, name),
        ' ',
        element('span', { className: 'type' }, this.nameOf(member)),
        ...(asked && node.required?.includes(name) && !this.#canBeNull(member) ? [' ', requiredMark()] : []),
        ...(member.description ? [element('p', {}, member.description)] : []),
        ...this.view(member, asked, depth + 1),
      ));
    return [element('ul', { className: 'schema' }, ...members)];
  }

  /** A value that fits a schema. */
  example(schema, depth = 0) {
    const node = this.resolve(schema);
    if (node.example !== undefined || node.default !== undefined) {
      return node.example ?? node.default;
    }

    if (node.enum) {
      return node.enum[0];
    }

    if (depth >= deepest) {
      return null;
    }

    const choice = (node.oneOf ?? node.anyOf)?.find((one) => !typesOf(one).includes('null'));
    if (choice) {
      return this.example(choice, depth + 1);
    }

    const [type] = typesOf(node).filter((one) => one !== 'null');
    switch (type) {
      case 'object':
        return Object.fromEntries(Object.entries(node.properties ?? {}).map(([name, member]) => [name, this.example(member, depth + 1)]));
      case 'array':
        return [this.example(node.items, depth + 1)];
      case 'integer':
      case 'number':
        return 1;
      case 'boolean':
        return false;
      default:
        return 'text';
    }
  }

  #canBeNull(schema) {
    const node = this.resolve(schema);
    return typesOf(node).includes('null') || (node.oneOf ?? node.anyOf ?? []).some((one) => typesOf(one).includes('null'));
  }

  /** The object behind a schema: itself, an item of its array, a value of its dictionary, or the one choice that has members. */
  #withMembers(schema) {
    const node = this.resolve(schema);
    if (node.properties) {
      return node;
    }

    const inside = node.items ?? (typeof node.additionalProperties === 'object' ? node.additionalProperties : null);
    if (inside) {
      return this.#withMembers(inside);
    }

    return (node.oneOf ?? node.anyOf)?.map((one) => this.#withMembers(one)).find(Boolean);
  }
}

export function requiredMark() {
  return element('span', { className: 'required-mark', dataset: { text: 'required' } }, text('required'));
}

function nullLast(names) {
  return names.toSorted((a, b) => (a === 'null') - (b === 'null')).join(' | ');
}

// of a number that may come as a string, the number is what is meant
function typesOf(schema) {
  const types = [schema?.type ?? (schema?.properties ? 'object' : [])].flat();
  return types.some((type) => type === 'integer' || type === 'number') ? types.filter((type) => type !== 'string') : types;
}
