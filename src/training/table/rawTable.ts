/** The cells of a flat file, column by column: numbers as numbers, everything else as a position in the column's list of texts. What a column means is inferred later. */
import { numberIn, otherReading, separatorsOf } from './numerals.ts';

/** Texts that say "nothing here". A word such as "unknown" is an answer and stays one. */
const BLANKS: ReadonlySet<string> = new Set(['', 'na', 'n/a', '#n/a', '<na>', 'nan', 'null', '\\n', '?', 'undefined', 'nat']);

/** Texts of one column that are kept apart; a column with more of them identifies rows and cannot teach anything. */
const MOST_TEXTS = 2_000_000;

export interface RawColumn {
  readonly name: string;
  /** The number in the cell; NaN where there is none. */
  readonly numbers: Float64Array;
  /** Position in `texts` of a cell that holds a text, −1 elsewhere; absent when the column holds no text at all. */
  readonly places?: Int32Array;
  /** Distinct texts in the order of their first appearance. */
  readonly texts: readonly string[];
}

export interface RawTable {
  readonly rows: number;
  readonly columns: readonly RawColumn[];
}

export function isBlank(text: string): boolean {
  return text.length <= 9 && BLANKS.has(text.toLowerCase());
}

export interface TableBuilder {
  /** Adds one record; `fields` in the order of the builder's names. */
  add(fields: readonly string[]): void;
  readonly rows: number;
  finish(): RawTable;
}

export function tableBuilder(names: readonly string[]): TableBuilder {
  const columns = names.map(columnBuilder);
  let rows = 0;
  return {
    add(fields) {
      for (let c = 0; c < columns.length; c++) columns[c].add(rows, (fields[c] ?? '').trim());
      rows++;
    },
    get rows() {
      return rows;
    },
    finish() {
      // A column that does not say itself what its points and commas mean is written like the others of its file.
      const proofs = columns.map((column) => column.decimalSign);
      const common = proofs.includes('comma') && !proofs.includes('point') ? 'comma' : undefined;
      return { rows, columns: columns.map((column) => column.finish(rows, column.decimalSign ?? common)) };
    },
  };
}

interface ColumnBuilder {
  add(row: number, text: string): void;
  /** What the numbers so far prove about their decimal sign; undefined where nothing is proven, or both. */
  readonly decimalSign: 'point' | 'comma' | undefined;
  finish(rows: number, decimalSign: 'point' | 'comma' | undefined): RawColumn;
}

function columnBuilder(name: string): ColumnBuilder {
  let numbers = new Float64Array(1024);
  let places: Int32Array | undefined;
  const known = new Map<string, number>();
  const proven = { point: false, comma: false };
  /** Rows with numbers such as 1.234 and 1,234, kept while a decimal comma is still possible. */
  let unclear: number[] = [];
  const grow = (): void => {
    const more = new Float64Array(numbers.length * 2);
    more.set(numbers);
    numbers = more;
    if (places === undefined) return;
    const wider = new Int32Array(more.length).fill(-1);
    wider.set(places);
    places = wider;
  };
  return {
    add(row, text) {
      if (row >= numbers.length) grow();
      numbers[row] = Number.NaN;
      if (isBlank(text)) return;
      const value = numberIn(text);
      if (value === value) {
        numbers[row] = value;
        if (proven.point) return;
        const separators = separatorsOf(text);
        if (separators === 'either') unclear.push(row);
        else if (separators !== undefined) proven[separators] = true;
        if (proven.point) unclear = [];
        return;
      }
      places ??= new Int32Array(numbers.length).fill(-1);
      let place = known.get(text);
      if (place === undefined) {
        place = Math.min(known.size, MOST_TEXTS);
        if (place < MOST_TEXTS) known.set(text, place);
      }
      places[row] = place;
    },
    get decimalSign() {
      return proven.point === proven.comma ? undefined : proven.point ? 'point' : 'comma';
    },
    finish(rows, decimalSign) {
      if (decimalSign === 'comma') for (const row of unclear) numbers[row] = otherReading(numbers[row]);
      return { name, numbers: numbers.slice(0, rows), ...(places === undefined ? {} : { places: places.slice(0, rows) }), texts: [...known.keys()] };
    },
  };
}

/** The text of a cell as a person would write it; '' for a blank. */
export function textAt({ numbers, places, texts }: RawColumn, row: number): string {
  const place = places?.[row] ?? -1;
  if (place >= 0) return texts[place] ?? '';
  return numbers[row] === numbers[row] ? String(numbers[row]) : '';
}
