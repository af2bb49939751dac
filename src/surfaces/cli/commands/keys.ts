/** `tagcast keys …`: API keys. A key is shown once, when it is made. */
import { Option } from 'commander';
import { AppError } from '../../../base/errors.ts';
import { DAY_MS } from '../../../base/time.ts';
import { createApiKey, listApiKeys, revokeApiKey, ROLES } from '../../../store/repositories/apiKeys.ts';
import type { Role } from '../../../store/repositories/apiKeys.ts';
import { answer, withApp } from '../context.ts';
import type { CommandModule } from '../context.ts';
import { table } from '../terminal.ts';
import { wholeNumber } from './wholeNumber.ts';

const day = (instant: number | null): string => (instant === null ? '' : new Date(instant).toISOString().slice(0, 10));

export const keys: CommandModule = (program, context) => {
  const command = program.command('keys').description('API keys');
  command
    .command('create')
    .description('make a key; it is shown this once')
    .requiredOption('--name <name>', 'who will use it')
    .addOption(new Option('--role <role>', 'what it may do').choices([...ROLES]).makeOptionMandatory())
    .option('--days <number>', 'days until it expires (default: never)', wholeNumber)
    .action(async (options: { name: string; role: Role; days?: number }) => {
      const here = context();
      await withApp(here, async (app) => {
        const at = app.clock.now();
        const made = await createApiKey(app.store.db, { name: options.name, role: options.role, at, ...(options.days === undefined ? {} : { expiresAt: at + options.days * DAY_MS }) });
        answer(here, { ...made, role: options.role }, () => { here.output.print(`API key for ${options.name} (role ${options.role}), shown only this once: ${made.key}`); });
      });
    });
  command
    .command('list')
    .description('every key without its secret')
    .action(async () => {
      const here = context();
      await withApp(here, async (app) => {
        const all = await listApiKeys(app.store.db);
        answer(here, all, () => {
          for (const line of table([{ title: 'id' }, { title: 'name' }, { title: 'role' }, { title: 'made' }, { title: 'last used' }, { title: 'expires' }, { title: 'revoked' }], all.map((key) => [key.keyId, key.name, key.role, day(key.createdAt), day(key.lastUsedAt), day(key.expiresAt), day(key.revokedAt)]))) here.output.print(line);
        });
      });
    });
  command
    .command('revoke')
    .description('a revoked key fails on its next call')
    .argument('<id>', 'id of the key, as `tagcast keys list` shows it')
    .action(async (id: string) => {
      const here = context();
      await withApp(here, async (app) => {
        if (!(await revokeApiKey(app.store.db, id, app.clock.now()))) throw new AppError('not_found', 'There is no such key, or it was revoked before.', { hint: 'See `tagcast keys list`.' });
        answer(here, { revoked: id }, () => { here.output.print(`Key ${id} is revoked.`); });
      });
    });
};
