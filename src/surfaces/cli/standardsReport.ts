/** What applying standards changed, in words. */
import type { AppliedStandards } from '../../jobs/standards.ts';
import { inWords } from './context.ts';
import type { Context } from './context.ts';
import { formatInteger } from './terminal.ts';

export function printApplied(here: Context, applied: readonly AppliedStandards[]): void {
  for (const { field, changed, spellings } of applied) here.output.print(inWords(here, `${field}：${formatInteger(changed)} 位客户的值已统一，另见 ${formatInteger(spellings)} 种写法`, `${field}: ${formatInteger(changed)} customers changed, ${formatInteger(spellings)} other spellings met`));
}
