/** What a command of the command line is handed. */
import type { Command } from 'commander';
import type { AppConfig } from '../../environment.ts';
import type { App, Work } from '../../app.ts';
import type { Clock } from '../../base/clock.ts';
import type { Bilingual } from '../../base/text.ts';
import type { Language } from '../../conditions/words.ts';
import type { Output } from './terminal.ts';

export interface Context {
  readonly env: NodeJS.ProcessEnv;
  readonly config: AppConfig;
  readonly clock: Clock;
  readonly json: boolean;
  readonly language: Language;
  /** Fires on Ctrl-C. */
  readonly signal: AbortSignal;
  readonly output: Output;
}

/** Adds a command to the program. */
export type CommandModule = (program: Command, context: () => Context) => void;

/** Opens the app for the time of `use` and closes it whatever happens. */
export async function withApp<T>(context: Context, use: (app: App) => Promise<T>): Promise<T> {
  // Loaded here and not at the top: help and wrong flags should not wait for it.
  const { openApp } = await import('../../app.ts');
  const app = await openApp(context.config, context.clock);
  try {
    return await use(app);
  } finally {
    await app.close();
  }
}

export function workOf(context: Context): Work {
  return { progress: context.output.progress, signal: context.signal };
}

export function said(context: Context, text: Bilingual): string {
  return text[context.language];
}

/** One text in the language of the command. */
export function inWords({ language }: Context, zh: string, en: string): string {
  return language === 'zh' ? zh : en;
}

/** One JSON document, or text. */
export function answer(context: Context, document: unknown, text: () => void): void {
  if (context.json) context.output.print(JSON.stringify(document, null, 2));
  else text();
}
