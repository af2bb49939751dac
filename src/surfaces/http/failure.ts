/** Every failure leaves as `{error: {code, message, hint, details?, requestId}}` with the status of the one error table. */
import { AppError, describeError, ERROR_TABLE } from '../../base/errors.ts';
import type { ErrorCode } from '../../base/errors.ts';

export interface Failure {
  readonly status: number;
  readonly body: { readonly error: { readonly code: ErrorCode; readonly message: string; readonly hint: string; readonly details?: Readonly<Record<string, unknown>>; readonly requestId: string } };
}

const GENERAL_HINT = 'See /docs for what this route takes and answers.';

/** Errors of the framework and of its body parser, by what they call themselves. */
function ofFramework(error: object): AppError | undefined {
  const type = 'type' in error ? error.type : undefined;
  if (type === 'entity.too.large') return new AppError('payload_too_large', 'The body is larger than this server accepts.', { ...('limit' in error ? { details: { limitBytes: error.limit } } : {}), hint: 'Send smaller batches; for files use `tagcast import`.' });
  if (type === 'entity.parse.failed') return new AppError('invalid_input', 'The body is not valid JSON.', { hint: 'Send one JSON object in UTF-8.' });
  if (type === 'entity.verify.failed') return new AppError('invalid_input', 'The body is not valid UTF-8.', { hint: 'Send it in UTF-8; Excel writes that as "CSV UTF-8".' });
  if (type === 'encoding.unsupported' || type === 'charset.unsupported') return new AppError('invalid_input', 'The body is compressed or in an encoding that is not accepted.', { hint: 'Send JSON in UTF-8, not compressed.' });
  if (type === 'request.aborted' || type === 'request.size.invalid') return new AppError('invalid_input', 'The body ended before its announced length.', { hint: 'Send the request again.' });
  const status = 'status' in error ? error.status : undefined;
  // The router's word for a path whose percent-encoding cannot be decoded.
  if (error instanceof URIError || status === 400) return new AppError('invalid_input', 'The address is not valid.', { hint: 'Percent-encode the path as UTF-8.' });
  return undefined;
}

/** The error as ours: unknown ones become `internal` when they are described. */
export function asAppError(error: unknown): unknown {
  if (error instanceof AppError || typeof error !== 'object' || error === null) return error;
  return ofFramework(error) ?? error;
}

export function failureOf(error: unknown, requestId: string): Failure {
  const { code, message, details, hint } = describeError(asAppError(error));
  const { status } = ERROR_TABLE[code];
  // Behind a 5xx stands the machine, not the request: its details are for the log.
  const shown = status < 500 && Object.keys(details).length > 0 ? { details } : {};
  return { status, body: { error: { code, message, hint: hint ?? GENERAL_HINT, ...shown, requestId } } };
}

/** What the log keeps of an unexpected error: its kind and its place. Messages of drivers may quote statements with their values. */
export function traceOf(error: unknown): { readonly type: string; readonly frames: readonly string[] } {
  if (!(error instanceof Error)) return { type: typeof error, frames: [] };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)).map((line) => line.trim()).slice(0, 12);
  return { type: error.name, frames };
}
