/** What the product offers, and where each thing has to be named: in a test and on its page. */
import { CAMPAIGN_FEATURES, featuresFor } from '../../features/index.ts';
import { CAMPAIGN_MODELS, modelsFor, VISIT_MODELS } from '../../models/index.ts';
import { ERROR_TABLE } from '../../src/base/errors.ts';
import { ESTIMATORS } from '../../src/estimators/index.ts';
import { ROUTES } from '../../src/surfaces/http/routes.ts';
import { contractSettingsSchema } from '../../src/training/contractSettings.ts';
import type { CommandFacts } from './commands.ts';

/** A shop that has everything. */
const CONTRACTS = contractSettingsSchema.parse({});

export interface Offer {
  readonly what: string;
  readonly name: string;
  /** Folders whose tests may name it. */
  readonly testsIn: readonly string[];
  readonly test: RegExp;
  readonly page: string;
  readonly onPage: RegExp;
  readonly fix: string;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
const word = (name: string): RegExp => new RegExp(`(?<![\\w])${escaped(name)}(?![\\w])`);
const code = (name: string): RegExp => new RegExp(`\`${escaped(name)}\``);
const camel = (name: string): string => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
/** `/v1/customers/{id}/tags` as it is written with a value in place of each parameter. */
const filled = (path: string): RegExp => new RegExp(`${escaped(path).replaceAll(/\\\{\w+\\\}/g, String.raw`(?:[^/\s"'\`?]+)`)}(?![\\w/])`);

export function offers(commands: readonly CommandFacts[]): Offer[] {
  return [
    ...[...featuresFor(CONTRACTS), ...CAMPAIGN_FEATURES].map(({ name }) => ({
      what: 'feature', name, testsIn: ['test/features/', 'test/e2e/'], test: word(name), page: 'docs/features.md', onPage: code(name),
      fix: 'add a value computed by hand to test/features/story.test.ts, and write the page again: `npx vitest run test/features/catalogue.test.ts -u`',
    })),
    ...[...modelsFor(CONTRACTS), ...VISIT_MODELS, ...CAMPAIGN_MODELS].map(({ name }) => ({
      what: 'model', name, testsIn: ['test/'], test: new RegExp(`${word(name).source}|${word(camel(name)).source}`), page: 'docs/models.md', onPage: code(name), fix: 'train it in a test of test/e2e/, and give it a row on the page',
    })),
    ...Object.keys(ESTIMATORS).map((name) => ({
      what: 'estimator', name, testsIn: ['test/estimators/'], test: word(name), page: 'docs/models.md', onPage: new RegExp(`^\\|[^|]*\`${name}\`[^|]*\\|.*src/estimators/`, 'm'), fix: 'add it to test/estimators/contract.test.ts, and give it a row on the page',
    })),
    ...Object.keys(ERROR_TABLE).map((name) => ({
      what: 'error code', name, testsIn: ['test/'], test: new RegExp(`'${name}'`), page: 'docs/errors.md', onPage: code(name), fix: 'expect it in a test, and give it a row on the page',
    })),
    ...commands.map(({ name }) => ({
      what: 'command', name, testsIn: ['test/surfaces/cli/', 'test/e2e/'], test: new RegExp(`[[(]${name.split(' ').map((one) => `'${one}'`).join(String.raw`,\s*`)}`), page: 'docs/cli.md', onPage: new RegExp(`^## ${name}$`, 'm'),
      fix: 'run it in test/surfaces/cli/, and give it a section with flags and an example on the page',
    })),
    ...ROUTES.map(({ path }) => ({
      what: 'route', name: path, testsIn: ['test/surfaces/http/'], test: filled(path), page: 'docs/http.md', onPage: filled(path), fix: 'call it in test/surfaces/http/, and show it with curl on the page',
    })),
  ];
}

/** What an offer lacks, with the way to mend it. `tests` and `pages`: text by path. */
export function offerFaults(offer: Offer, tests: ReadonlyMap<string, string>, pages: ReadonlyMap<string, string>): string[] {
  const { what, name, testsIn, test, page, onPage, fix } = offer;
  const tested = [...tests].some(([file, text]) => testsIn.some((folder) => file.startsWith(folder)) && test.test(text));
  return [
    ...(tested ? [] : [`${what} ${name}: no test in ${testsIn.join(' or ')} names it; ${fix}`]),
    ...(onPage.test(pages.get(page) ?? '') ? [] : [`${what} ${name}: ${page} does not have it; ${fix}`]),
  ];
}
