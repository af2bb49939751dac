/** The current instant, handed in from app.ts; nothing below it asks the machine. Tests hand in a clock that they move. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
}

export function fixedClock(iso: string): Clock {
  const instant = Date.parse(iso);
  return { now: () => instant };
}
