/** What the command line prints with: a progress bar on a terminal and plain lines elsewhere, tables that know wide characters, and numbers as people write them. */
import stringWidth from 'string-width';
import type { Progress, ProgressUpdate } from '../../base/progress.ts';

export interface Output {
  /** Results: standard output. */
  readonly print: (line?: string) => void;
  /** Progress and remarks: standard error, so that results can be piped. */
  readonly remark: (line: string) => void;
  readonly progress: Progress;
  /** Ends a bar that is still open. */
  readonly settle: () => void;
}

export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** @param now milliseconds, for the pace of plain lines */
export function openOutput(stdout: OutputStream, stderr: OutputStream, now: () => number, quiet: boolean): Output {
  let open: string | undefined;
  let lastLine = -Infinity;
  let lastStep = '';
  const settle = (): void => {
    if (open !== undefined) stderr.write('\n');
    open = undefined;
  };
  const bar = (update: ProgressUpdate): void => {
    const text = describeProgress(update, Math.max(20, (stderr.columns ?? 80) - 1));
    if (open !== undefined && open !== update.step) stderr.write('\n');
    stderr.write(`\r\u001B[2K${text}`);
    open = update.step;
    if (update.note !== undefined || (update.total !== undefined && update.done >= update.total)) settle();
  };
  // Without a terminal a line every five seconds is enough, besides the end of each step and its remarks.
  const plain = (update: ProgressUpdate): void => {
    const finished = update.total !== undefined && update.done >= update.total;
    const at = now();
    if (!finished && update.note === undefined && update.step === lastStep && at - lastLine < 5000) return;
    lastLine = at;
    lastStep = update.step;
    stderr.write(`${describeProgress(update, 0)}\n`);
  };
  return {
    print: (line = '') => {
      settle();
      stdout.write(`${line}\n`);
    },
    remark: (line) => {
      settle();
      if (!quiet) stderr.write(`${line}\n`);
    },
    progress: quiet ? () => undefined : stderr.isTTY === true ? bar : plain,
    settle,
  };
}

function describeProgress({ step, done, total, unit, detail, note }: ProgressUpdate, width: number): string {
  const amount = `${formatInteger(done)}${total === undefined ? '' : ` / ${formatInteger(total)}`}${unit === undefined ? '' : ` ${unit}`}`;
  const remark = [detail, note].filter((text) => text !== undefined).map((text) => `  ${text}`).join('');
  if (width === 0 || total === undefined || total <= 0) return `  ${step}: ${amount}${remark}`;
  const filled = Math.round(24 * Math.min(1, done / total));
  return fit(`  ${'█'.repeat(filled)}${'░'.repeat(24 - filled)} ${String(Math.floor((100 * Math.min(done, total)) / total)).padStart(3)} %  ${step}: ${amount}${remark}`, width);
}

function fit(text: string, width: number): string {
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += stringWidth(character);
    if (used > width) return kept;
    kept += character;
  }
  return kept;
}

export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Lines of a table; columns are as wide as their widest cell on the screen, Chinese characters counting two. */
export function table(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((column, c) => Math.max(stringWidth(column.title), ...rows.map((row) => stringWidth(row[c] ?? ''))));
  const cell = (text: string, c: number): string => {
    const gap = ' '.repeat(widths[c] - stringWidth(text));
    return columns[c].align === 'right' ? gap + text : text + gap;
  };
  const line = (cells: readonly string[]): string => `  ${cells.map(cell).join('  ').trimEnd()}`;
  return [line(columns.map((column) => column.title)), `  ${widths.map((width) => '─'.repeat(width)).join('──')}`, ...rows.map((row) => line(columns.map((_, c) => row[c] ?? '')))];
}

const integers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function formatInteger(value: number): string {
  return integers.format(value);
}

export function formatNumber(value: number, digits = 2): string {
  return new Intl.NumberFormat('en-US', { minimumFractionDigits: 0, maximumFractionDigits: digits }).format(value);
}

/** Exactly `digits` after the point: for numbers that stand below each other. */
export function formatFixed(value: number, digits: number): string {
  return new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

export function formatPercent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** A probability as people should read it: no prediction is certain, whatever rounding would say. */
export function formatProbability(p: number): string {
  return p > 0.999 ? '> 99.9 %' : p < 0.001 ? '< 0.1 %' : formatPercent(p);
}

/** How many times the average; small ones keep a digit that says something. */
export function formatTimes(times: number): string {
  return formatNumber(times, times < 0.1 ? 2 : 1);
}

/** A bar of blocks for distributions in the terminal, `share` in [0, 1]. */
export function blocks(share: number, width = 24): string {
  return '█'.repeat(Math.round(Math.max(0, Math.min(1, share)) * width));
}
