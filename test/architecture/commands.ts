/** The command line as commander knows it: every command with its flags, and whether a line would be understood. */
import { Command, Option } from 'commander';
import { COMMANDS } from '../../src/surfaces/cli/commands/index.ts';

export interface CommandFacts {
  /** Words after `tagcast`: `segment count`. */
  readonly name: string;
  readonly flags: readonly string[];
}

const EVERYWHERE = ['--json', '--lang', '--quiet', '--help'] as const;

async function program(): Promise<Command> {
  const root = new Command('tagcast').addOption(new Option('--json')).addOption(new Option('--lang <language>')).addOption(new Option('--quiet'));
  const unused = (): never => {
    throw new Error('no command is run here');
  };
  for (const load of Object.values(COMMANDS)) (await load())(root, unused);
  return root;
}

function leaves(command: Command, words: readonly string[]): CommandFacts[] {
  if (command.commands.length > 0) return command.commands.flatMap((one) => leaves(one, [...words, one.name()]));
  return [{ name: words.join(' '), flags: command.options.map(({ long }) => long ?? '').filter((flag) => flag !== '') }];
}

export async function allCommands(): Promise<CommandFacts[]> {
  return leaves(await program(), []);
}

/** What is wrong with a command line that a text tells people to run (words after `tagcast`); undefined where it would be understood. Values may be placeholders. */
export function commandFault(line: string, commands: readonly CommandFacts[]): string | undefined {
  if (/^[…<]/.test(line)) return undefined;
  const words = line.replace(/\s*(?:…|\\).*$/s, '').trim().split(/\s+/).filter((word) => !EVERYWHERE.includes(word as (typeof EVERYWHERE)[number]));
  if (words.length === 0 || words[0] === '' || words[0] === 'help') return undefined;
  const command = commands.find(({ name }) => name === words.slice(0, 2).join(' ')) ?? commands.find(({ name }) => name === words[0]);
  // A family of commands may be named by its first word.
  if (command === undefined) return words.length === 1 && commands.some(({ name }) => name.startsWith(`${words[0]} `)) ? undefined : `there is no command "tagcast ${words.slice(0, 2).join(' ')}"`;
  const known = [...command.flags, ...EVERYWHERE] as readonly string[];
  const unknown = words.filter((word) => /^--[a-z]/.test(word)).map((word) => word.replace(/[^a-z-].*$/, '')).find((flag) => !known.includes(flag));
  return unknown === undefined ? undefined : `"tagcast ${command.name}" has no option ${unknown}`;
}
