/** Driver and server errors in the words of the product. Nothing of a statement's values, and nothing of the URL's password, gets into them. */
import { AppError } from '../base/errors.ts';

const UNREACHABLE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'ECONNRESET', 'EAI_AGAIN', 'ENOENT', 'EACCES']);

export function errorCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}

/** `host:port/database` of a connection URL: what may be printed of it. */
export function printableUrl(databaseUrl: string): string {
  try {
    const url = new URL(databaseUrl);
    const host = url.searchParams.get('host') ?? url.hostname;
    return `${decodeURIComponent(host) || 'localhost'}${url.port === '' ? '' : `:${url.port}`}${url.pathname}`;
  } catch {
    return 'the configured database';
  }
}

/** An error while a connection is being made. */
export function connectError(error: unknown, target: string): unknown {
  if (error instanceof AppError) return error;
  if (error instanceof Error && error.name === 'KnexTimeoutError') {
    return new AppError('store_unavailable', `No connection to ${target} became free in time.`, { hint: 'Something long is running: try again later, or run `tagcast doctor`.', cause: error });
  }
  const code = errorCode(error);
  if (code.startsWith('28')) {
    return new AppError('store_unavailable', `PostgreSQL at ${target} refused the user or the password (${code}).`, { hint: 'Check TAGCAST_DATABASE_URL, then run `tagcast doctor`.' });
  }
  if (code === '3D000') {
    return new AppError('store_unavailable', `The database at ${target} does not exist.`, { hint: 'Create it (`createdb`), or correct TAGCAST_DATABASE_URL, then run `tagcast doctor`.' });
  }
  if (UNREACHABLE.has(code) || code.startsWith('08') || code === '53300' || code.startsWith('57P') || error instanceof AggregateError) {
    return new AppError('store_unavailable', `PostgreSQL at ${target} does not answer (${code || 'no connection'}).`, { hint: 'Start the server or correct TAGCAST_DATABASE_URL, then run `tagcast doctor`.' });
  }
  return error;
}

/** An error of one statement: known ones become `AppError`s, the rest passes unchanged (a unique violation is the repository's to explain). */
export function statementError(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const code = errorCode(error);
  const message = error instanceof Error ? error.message : '';
  if (code === '53100' || code === 'ENOSPC' || /no space left on device/i.test(message)) {
    return new AppError('disk_full', 'The disk of the store is full; what was being written was rolled back.', { hint: 'Free some space, then run the same command again: `tagcast doctor` shows how much is left.', cause: error });
  }
  if (code === '57014') {
    return new AppError('store_unavailable', 'A statement ran into its time limit and was stopped.', { hint: 'Run the command again; if it stays slow, run `tagcast doctor`.', cause: error });
  }
  if (code === '22021' || code === '22P05') {
    return new AppError('bad_data', 'A text holds a character that the store cannot keep (U+0000).', { hint: 'Remove the NUL characters from the source and import again.' });
  }
  if (code === '57P01' || code === '57P02' || code === '57P03' || code === '08006' || code === '08003' || code === 'ECONNRESET' || code === 'EPIPE' || message.startsWith('Connection terminated')) {
    return new AppError('store_unavailable', 'The connection to the store broke during a statement.', { hint: 'Run the command again; `tagcast doctor` checks the store.', cause: error });
  }
  return error;
}
