/** The command line: `tagcast <command>`. Results go to standard output, progress and errors to standard error; exit codes come from base/errors.ts. */
import { Command, CommanderError, Option } from 'commander';
import { configFromEnvironment, PRODUCT_VERSION, systemClock } from '../../environment.ts';
import { describeError, ERROR_TABLE } from '../../base/errors.ts';
import type { Language } from '../../conditions/words.ts';
import { isCommand, modulesFor } from './commands/index.ts';
import type { Context } from './context.ts';
import { openOutput } from './terminal.ts';

/** Chinese where the terminal's locale is Chinese, English elsewhere. */
function languageOf(env: NodeJS.ProcessEnv): Language {
  return (env.LC_ALL ?? env.LC_MESSAGES ?? env.LANG ?? '').toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/** Runs one command and answers the exit code. */
export async function main(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  const program = new Command('tagcast')
    .description('Predictive customer tags: churn, purchase intent, repurchase cycle and lifetime value, with reasons.')
    .addOption(new Option('--json', 'print one JSON document instead of text'))
    .addOption(new Option('--lang <language>', 'language of names and reasons').choices(['zh', 'en']).default(languageOf(env)))
    .addOption(new Option('--quiet', 'no progress'))
    .addHelpText('after', '\nEnvironment:\n  TAGCAST_HOME          folder of the store, snapshot and reports (default ./data)\n  TAGCAST_DATABASE_URL  PostgreSQL instead of the embedded store\n  TAGCAST_WEBHOOK_HOSTS hosts that webhooks may go to although they are private, comma-separated\n  TAGCAST_SECRET_KEY    base64 of 32 bytes that secrets of webhooks are kept under (default: secret.key in the home folder)\n\nStart with `npm run quickstart` for a demo shop, or with `tagcast init` and `tagcast import orders.csv` for your own.')
    .showSuggestionAfterError()
    .showHelpAfterError('See `tagcast --help`, or `tagcast <command> --help`.')
    .exitOverride();
  // After a command --version is that command's own.
  if (!args.some(isCommand)) program.version(PRODUCT_VERSION);
  const cancel = new AbortController();
  const onSignal = (): void => {
    if (cancel.signal.aborted) process.exit(ERROR_TABLE.cancelled.exit);
    cancel.abort();
  };
  // `tagcast … | head` closes the pipe early: that is no failure.
  const onPipe = (error: NodeJS.ErrnoException): void => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  };
  process.stdout.on('error', onPipe);
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);

  let context: Context | undefined;
  const contextOf = (): Context => {
    const options = program.opts<{ json?: boolean; lang: Language; quiet?: boolean }>();
    context ??= {
      env,
      config: configFromEnvironment(env, process.cwd()),
      clock: systemClock,
      json: options.json === true,
      language: options.lang,
      signal: cancel.signal,
      output: openOutput(process.stdout, process.stderr, () => performance.now(), options.quiet === true),
    };
    return context;
  };
  for (const command of await modulesFor(args)) command(program, contextOf);
  // Options such as --json may stand before or after the command.
  for (const command of allCommands(program)) {
    command.exitOverride();
    command.on('option:json', () => program.setOptionValue('json', true));
    if (command !== program) command.addOption(new Option('--json', 'print one JSON document instead of text'));
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
    context?.output.settle();
    return 0;
  } catch (error) {
    context?.output.settle();
    if (error instanceof CommanderError) return error.exitCode === 0 || error.code === 'commander.help' ? 0 : 2;
    return fail(error, context?.json === true, env);
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    process.stdout.off('error', onPipe);
  }
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap((one) => allCommands(one))];
}

function fail(error: unknown, json: boolean, env: NodeJS.ProcessEnv): number {
  const described = describeError(error);
  if (json) process.stderr.write(`${JSON.stringify({ error: described })}\n`);
  else {
    process.stderr.write(`Error (${described.code}): ${described.message}\n`);
    if (described.hint !== undefined) process.stderr.write(`What to do: ${described.hint}\n`);
  }
  if (described.code === 'internal' && env.TAGCAST_DEBUG !== undefined && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  return ERROR_TABLE[described.code].exit;
}
