/** What the HTTP surface is handed: the store with its read functions, and the jobs it may start. A plain object, so that tests hand in their own. */
import type { Clock } from '../../base/clock.ts';
import type { LocalDate } from '../../base/time.ts';
import type { Bilingual } from '../../base/text.ts';
import type { ConditionNames } from '../../conditions/names.ts';
import type { Store } from '../../store/connection.ts';
import type { TagDefinition } from '../../tags/catalogue/definition.ts';
import type { Tag } from '../../tags/tag.ts';

/** A customer scored at once: nothing is published by it. */
export interface ScoredCustomer {
  /** Business day whose first instant was the cut-off. */
  readonly asOf: LocalDate;
  readonly tags: readonly Tag[];
}

export interface AppDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly shop: { readonly timeZone: string; readonly currency: string; readonly simulated: boolean };
  /** Version of the product, as package.json has it. */
  readonly version: string;
  /** The tag catalogue: every kind of tag. */
  readonly tags: readonly TagDefinition[];
  /** Closed lists that conditions are checked against. */
  readonly names: ConditionNames;
  /** Names of the declared models, by model. */
  readonly modelLabels?: Readonly<Record<string, Bilingual>>;
  /** Business day that segments and the age of tags are judged on. Default: today by the clock and the shop's time zone. */
  asOf?(): Promise<LocalDate>;
  /**
   * Scores one customer as of now.
   * @throws AppError `no_champion`, `model_mismatch`, `insufficient_data` …
   */
  scoreOne(customer: { readonly customerId: number; readonly externalId: string }): Promise<ScoredCustomer>;
}
