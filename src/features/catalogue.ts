/** The catalogue of features as a page for people: what docs/features.md holds, and a test keeps it so. */
import { UNITS } from './units.ts';
import type { UnitWords } from './units.ts';
import type { FeatureDefinition } from './define.ts';

function unitText(definition: FeatureDefinition): string {
  const unit: UnitWords = UNITS[definition.unit];
  if (unit.style === 'percent') return 'share (%)';
  if (unit.style === 'yes_no') return 'yes or no (是/否)';
  return unit.en[1] === '' ? definition.unit : `${definition.unit} (${unit.zh})`;
}

/** Markdown: one table per group, features by name. */
export function cataloguePage(definitions: readonly FeatureDefinition[]): string {
  const groups = [...new Set(definitions.map(({ group }) => group))];
  const tables = groups.map((group) => {
    const rows = definitions
      .filter((definition) => definition.group === group)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((d) => `| \`${d.name}\` | ${d.label.zh} | ${d.meaning.en} ${d.meaning.zh} | ${unitText(d)} | ${d.missing === 'missing' ? 'missing' : String(d.missing)} |`);
    return [`## ${group}`, '', '| name | 名称 | meaning | unit | without data |', '|---|---|---|---|---|', ...rows].join('\n');
  });
  return [
    '# Features', '',
    'What Tagcast knows about a customer as of a date. This page is written from `features/`; `npx vitest run test/features/catalogue.test.ts -u` writes it again.', '',
    'Only events before the cut-off count. Windows are days of the business calendar that end at the cut-off. An order is all its lines together; a gap is the time',
    'between two order days, so several orders on one day are one purchase occasion. Net spend is order amounts plus refunds (which are negative), each at its own time;',
    'values per order take off only the refunds that name the order. "missing" stays missing: it never becomes 0.',
    'The groups campaigns and household are for shops with coupon campaigns (`CAMPAIGN_FEATURES`), the group contracts for shops with contracts (docs/contracts.md); no other model is offered them.', '',
    tables.join('\n\n'), '',
  ].join('\n');
}
