/** The text of a LightGBM model as fields with their lines: header, trees, pandas categories. Nothing here knows what the fields mean. */
import { damaged, LIMITS } from './sourceTree.ts';

const FORMAT = 'LightGBM';

export interface Field {
  readonly line: number;
  readonly text: string;
}

/** Fields of one block by name. */
export class Block {
  readonly name: string;
  readonly #fields = new Map<string, Field>();

  constructor(name: string) {
    this.name = name;
  }

  set(key: string, field: Field): void {
    if (this.#fields.has(key)) throw damaged(FORMAT, `line ${field.line}: ${this.name} has the field ${key.slice(0, 40)} twice`);
    this.#fields.set(key, field);
  }

  has(key: string): boolean {
    return this.#fields.has(key);
  }

  text(key: string): string {
    const field = this.#fields.get(key);
    if (field === undefined) throw damaged(FORMAT, `${this.name} has no field ${key}`);
    return field.text;
  }

  words(key: string): string[] {
    const text = this.text(key).trim();
    return text === '' ? [] : text.split(' ');
  }

  /** Exactly `count` numbers. `inf` becomes the largest number, as no value is beyond it. */
  numbers(key: string, count: number): Float64Array {
    const words = this.words(key);
    const line = this.#fields.get(key)?.line ?? 0;
    if (words.length !== count) throw damaged(FORMAT, `line ${line}: ${this.name} has ${words.length} values in ${key}; it must have ${count}`);
    return Float64Array.from(words, (word) => {
      const value = word === 'inf' || word === '+inf' ? Number.MAX_VALUE : word === '-inf' ? -Number.MAX_VALUE : Number(word);
      if (!Number.isFinite(value) || word === '') throw damaged(FORMAT, `line ${line}: ${this.name} has "${word.slice(0, 30)}" in ${key}, which is no number`);
      return value;
    });
  }

  integers(key: string, count: number): Int32Array {
    const values = this.numbers(key, count);
    const wrong = values.find((value) => !Number.isInteger(value) || Math.abs(value) >= 2147483648);
    if (wrong !== undefined) throw damaged(FORMAT, `line ${this.#fields.get(key)?.line ?? 0}: ${this.name} has ${wrong} in ${key}, which is no 32-bit integer`);
    return Int32Array.from(values);
  }

  integer(key: string, least: number, most: number): number {
    const [value] = this.numbers(key, 1);
    if (!Number.isInteger(value) || value < least || value > most) throw damaged(FORMAT, `line ${this.#fields.get(key)?.line ?? 0}: ${key} of ${this.name} is ${value}; it must be an integer from ${least} to ${most}`);
    return value;
  }
}

export interface LightgbmText {
  readonly header: Block;
  readonly trees: readonly Block[];
  /** What stands behind `pandas_categorical:`, or undefined. */
  readonly pandasCategorical: unknown;
}

/** @throws AppError `artefact_invalid` naming the line. */
export function parseLightgbmText(text: string): LightgbmText {
  if (text.length > LIMITS.text) throw damaged(FORMAT, `${text.length} characters are more than ${LIMITS.text}`);
  const lines = text.split(/\r?\n/);
  if (lines[0]?.trim() !== 'tree') throw damaged(FORMAT, 'line 1: it must be "tree"');
  const header = new Block('the header');
  const trees: Block[] = [];
  let block = header;
  let ended = false;
  let pandasCategorical: unknown;
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i].trimEnd();
    if (line.startsWith('pandas_categorical:')) {
      try {
        pandasCategorical = JSON.parse(line.slice('pandas_categorical:'.length));
      } catch {
        throw damaged(FORMAT, `line ${i + 1}: pandas_categorical is no JSON`);
      }
    }
    if (ended || line === '') continue;
    if (line === 'end of trees') {
      ended = true;
      continue;
    }
    const at = line.indexOf('=');
    const key = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? '' : line.slice(at + 1);
    if (key === 'Tree') {
      if (value !== String(trees.length)) throw damaged(FORMAT, `line ${i + 1}: tree ${value.slice(0, 20)} stands where tree ${trees.length} must be`);
      block = new Block(`tree ${trees.length}`);
      trees.push(block);
    } else block.set(key, { line: i + 1, text: value });
  }
  if (!ended) throw damaged(FORMAT, `line ${lines.length}: the text ends before "end of trees", after ${trees.length} trees`);
  return { header, trees, pandasCategorical };
}
