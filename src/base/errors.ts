/**
 * The one error type that leaves a room, and the one table that says what each code means at the edges.
 * `message` says what failed and with which numbers, `hint` the next command to run. Neither may carry personal data:
 * customer ids, attribute values and event contents go nowhere near an error.
 */
export interface ErrorMeaning {
  /** HTTP status of the answer. */
  readonly status: number;
  /** Exit code of the command line: 1 failure, 2 usage or refused start, 3 bad data, 4 not enough data, 5 cancelled. */
  readonly exit: number;
}

/** Every error code of the product. A code that is missing here does not compile. */
export const ERROR_TABLE = {
  invalid_input: { status: 400, exit: 2 },
  invalid_config: { status: 500, exit: 2 },
  invalid_mapping: { status: 400, exit: 2 },
  unauthorized: { status: 401, exit: 2 },
  forbidden: { status: 403, exit: 2 },
  not_found: { status: 404, exit: 2 },
  unknown_name: { status: 400, exit: 2 },
  conflict: { status: 409, exit: 2 },
  payload_too_large: { status: 413, exit: 3 },
  rate_limited: { status: 429, exit: 1 },
  file_unreadable: { status: 400, exit: 3 },
  bad_data: { status: 422, exit: 3 },
  insufficient_data: { status: 422, exit: 4 },
  leak_suspected: { status: 422, exit: 3 },
  store_locked: { status: 503, exit: 2 },
  store_incompatible: { status: 500, exit: 2 },
  store_unavailable: { status: 503, exit: 1 },
  disk_full: { status: 507, exit: 1 },
  artefact_invalid: { status: 500, exit: 3 },
  model_mismatch: { status: 409, exit: 3 },
  no_champion: { status: 409, exit: 4 },
  run_held: { status: 409, exit: 1 },
  run_fenced: { status: 409, exit: 1 },
  cancelled: { status: 499, exit: 5 },
  internal: { status: 500, exit: 1 },
} as const satisfies Record<string, ErrorMeaning>;

export type ErrorCode = keyof typeof ERROR_TABLE;

export interface AppErrorInit {
  readonly details?: Readonly<Record<string, unknown>>;
  readonly hint?: string;
  readonly cause?: unknown;
}

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, init: AppErrorInit = {}) {
    super(message, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = 'AppError';
    this.code = code;
    this.details = init.details ?? {};
    this.hint = init.hint;
  }

  get status(): number {
    return ERROR_TABLE[this.code].status;
  }

  get exitCode(): number {
    return ERROR_TABLE[this.code].exit;
  }
}

/** What the edges print or send: code, message, details and hint, never a stack. Unknown errors become `internal`. */
export function describeError(error: unknown): { code: ErrorCode; message: string; details: Readonly<Record<string, unknown>>; hint?: string } {
  if (error instanceof AppError) {
    return { code: error.code, message: error.message, details: error.details, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  }
  return {
    code: 'internal',
    message: 'Something failed inside Tagcast that it did not expect.',
    details: {},
    hint: 'Run `tagcast doctor`, and look at the log for the stack of this error.',
  };
}

/** Throws `cancelled` when the signal has fired; call it between units of work that are safe to stop at. */
export function throwIfCancelled(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted === true) {
    throw new AppError('cancelled', `${what} was cancelled.`, { hint: 'Run the same command again: finished parts are kept and not done twice.' });
  }
}
