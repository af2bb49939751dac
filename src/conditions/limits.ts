/** What a condition may cost before anything is compiled. A condition beyond a limit is refused, never cut. */
export const CONDITION_LIMITS = {
  /** Levels of all/any/not above a leaf, the leaf counted. */
  depth: 12,
  /** Groups and leaves together. */
  nodes: 500,
  /** Values of one `in` list, children of one group. */
  listItems: 200,
  /** Literal values of the whole condition; the wire protocol of PostgreSQL carries 65,535 parameters. */
  literals: 5_000,
  /** Filters of one event aggregate. */
  filters: 20,
  textLength: 256,
  keyLength: 64,
  /** Steps of one sequence after the first. */
  steps: 4,
  /** Longest window, about 27 years. */
  days: 10_000,
} as const;
