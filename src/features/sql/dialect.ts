/** The few places where DuckDB and PostgreSQL write the same aggregate differently. Everything else is one text for both. */
export type SqlDialect = 'duckdb' | 'postgres';

export interface DialectSql {
  /** Quantile with linear interpolation of a float8 expression. */
  quantile(value: string, p: number, filter: string): string;
  /** Value (float8) of the row with the smallest or largest (time, id); rows without the value do not take part. */
  edge(which: 'first' | 'last', value: string, time: string, id: string, condition: string): string;
  /** Whether a text matches a regular expression that holds no quote. */
  matches(text: string, pattern: string): string;
  /** A property of the event as text. */
  property(name: string): string;
}

const filterOf = (condition: string): string => (condition === '' ? '' : ` FILTER (WHERE ${condition})`);
const both = (a: string, b: string): string => (a === '' ? b : `${a} AND ${b}`);

export const DIALECTS: Readonly<Record<SqlDialect, DialectSql>> = {
  duckdb: {
    quantile: (value, p, condition) => `quantile_cont(${value}, ${p})${filterOf(condition)}`,
    // One 128-bit key, because arg_max over a struct key is many times slower.
    edge: (which, value, time, id, condition) =>
      `${which === 'first' ? 'arg_min' : 'arg_max'}(${value}, CAST(${time} AS HUGEINT) * 9223372036854775807 + ${id})${filterOf(both(condition, `${value} IS NOT NULL`))}`,
    matches: (text, pattern) => `regexp_matches(${text}, '${pattern}')`,
    property: (name) => `json_extract_string(properties, '$.${name}')`,
  },
  postgres: {
    quantile: (value, p, condition) => `percentile_cont(${p}) WITHIN GROUP (ORDER BY ${value})${filterOf(condition)}`,
    edge: (which, value, time, id, condition) => {
      const direction = which === 'first' ? 'ASC' : 'DESC';
      return `(array_agg(${value} ORDER BY ${time} ${direction}, ${id} ${direction})${filterOf(both(condition, `${value} IS NOT NULL`))})[1]`;
    },
    matches: (text, pattern) => `${text} ~ '${pattern}'`,
    property: (name) => `properties ->> '${name}'`,
  },
};
