/** `tagcast preferences`: versions of what preference tags are read from, and what the test said of each method. */
import { AppError } from '../../../base/errors.ts';
import { preferenceVersions, withdrawPreferences } from '../../../jobs/preferences/versions.ts';
import { answer, inWords, withApp } from '../context.ts';
import type { CommandModule } from '../context.ts';
import { preferenceLines } from '../preferenceReport.ts';
import { formatInteger } from '../terminal.ts';
import { wholeNumber } from './wholeNumber.ts';

export const preferences: CommandModule = (program, context) => {
  program
    .command('preferences')
    .description('versions of what preference tags are read from, and how each method did on the last period')
    .option('--withdraw <version>', 'take a version out of service: the one before serves', wholeNumber)
    .option('--restore <version>', 'put a withdrawn version back', wholeNumber)
    .action(async ({ withdraw, restore }: { withdraw?: number; restore?: number }) => {
      const here = context();
      if (withdraw !== undefined && restore !== undefined) throw new AppError('invalid_input', 'A version is either withdrawn or restored.', { hint: 'Name one of --withdraw and --restore.' });
      await withApp(here, async (app) => {
        const version = withdraw ?? restore;
        if (version !== undefined) await withdrawPreferences(app.store, version, withdraw !== undefined, 'cli');
        const versions = await preferenceVersions(app.store);
        answer(here, versions, () => {
          const { print } = here.output;
          if (versions.length === 0) print(inWords(here, '尚未训练：请运行 `tagcast train preferences`。', 'Not trained yet: run `tagcast train preferences`.'));
          for (const one of versions) {
            const state = one.serves ? inWords(here, '在用', 'serves') : one.withdrawn ? inWords(here, '已撤下', 'withdrawn') : inWords(here, '旧版本', 'older');
            print(`${inWords(here, '版本', 'version')} ${one.version}: ${state} (${one.report.end}, ${formatInteger(one.bytes)} B)`);
            if (one.serves) for (const line of preferenceLines(here, one.report)) print(line);
          }
        });
      });
    });
};
