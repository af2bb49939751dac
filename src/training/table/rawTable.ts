/** The cells of a flat file, column by column: numbers as numbers, everything else as a position in the column's list of texts. What a column means is inferred later. */

/** Texts that say "nothing here". A word such as "unknown" is an answer and stays one. */
const BLANKS: ReadonlySet<string> = new Set(['', 'na', 'n/a', '#n/a', 'nan', 'null', '\\n', '?', 'undefined', 'nat']);

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

const PLAIN = /^[+-]?(?:0|[1-9]\d*|(?:0|[1-9]\d*)?\.\d+|[1-9]\d*\.)(?:[eE][+-]?\d+)?$/;
const GROUPED = /^[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$/;
const DECIMAL_COMMA = /^[+-]?(?:0|[1-9]\d*),\d+$/;
/** 900元, 3.2万, 1,200万元: thousands, ten thousands and so on of a currency. */
const CHINESE = /^([+-]?[\d.,]+)\s*(千|万|百万|千万|亿)?(?:元|块)?$/;
const CHINESE_UNITS: Readonly<Record<string, number>> = { 千: 1e3, 万: 1e4, 百万: 1e6, 千万: 1e7, 亿: 1e8 };
const DRESSED = /^([+-]?)\s*[$€£¥￥]\s*([\d.,]+)$|^([+-]?[\d.,]+)\s*(?:[$€£¥￥%])$/;

/** The number that a text writes: 12, −3.5e-4, 1,234.50, 12,5, $1,234, 45 %, 900元, 3.2万. Codes such as 007 are texts. NaN when it is none. */
export function numberIn(text: string): number {
  if (PLAIN.test(text)) return finite(Number(text));
  if (GROUPED.test(text)) return finite(Number(text.replaceAll(',', '')));
  if (DECIMAL_COMMA.test(text)) return finite(Number(text.replace(',', '.')));
  const dressed = DRESSED.exec(text);
  if (dressed === null) return chineseNumber(text);
  const [, sign = '', behind = '', before = ''] = dressed;
  const bare = before === '' ? sign + behind : before;
  return DRESSED.test(bare) ? Number.NaN : numberIn(bare);
}

function chineseNumber(text: string): number {
  const [, bare = '', unit = ''] = CHINESE.exec(text) ?? [];
  // What has neither unit nor currency has been tried already.
  if (bare === '' || bare === text) return Number.NaN;
  const times = CHINESE_UNITS[unit] ?? 1;
  // In whole units, so that 3.2万 is 32,000 to the last digit.
  return finite(times === 1 ? numberIn(bare) : Math.round(numberIn(bare) * times * 100) / 100);
}

const finite = (value: number): number => (Number.isFinite(value) ? value : Number.NaN);

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
    finish: () => ({ rows, columns: columns.map((column) => column.finish(rows)) }),
  };
}

interface ColumnBuilder {
  add(row: number, text: string): void;
  finish(rows: number): RawColumn;
}

function columnBuilder(name: string): ColumnBuilder {
  let numbers = new Float64Array(1024);
  let places: Int32Array | undefined;
  const known = new Map<string, number>();
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
    finish: (rows) => ({ name, numbers: numbers.slice(0, rows), ...(places === undefined ? {} : { places: places.slice(0, rows) }), texts: [...known.keys()] }),
  };
}

/** The text of a cell as a person would write it; '' for a blank. */
export function textAt({ numbers, places, texts }: RawColumn, row: number): string {
  const place = places?.[row] ?? -1;
  if (place >= 0) return texts[place] ?? '';
  return numbers[row] === numbers[row] ? String(numbers[row]) : '';
}
