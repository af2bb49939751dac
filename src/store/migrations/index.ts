/** The schema's steps in order. A step that was released is never edited: add a new one. */
import type { Knex } from 'knex';
import { up as profile } from './profile.ts';
import { up as runs } from './runs.ts';
import { up as tags } from './tags.ts';
import { up as access } from './access.ts';
import { up as runFacts } from './runFacts.ts';
import { up as segments } from './segments.ts';
import { up as modelReports } from './modelReports.ts';
import { up as catalogue } from './catalogue.ts';
import { up as lifecycle } from './lifecycle.ts';
import { up as tagReports } from './tagReports.ts';
import { up as tagCategories } from './tagCategories.ts';
import { up as experiments } from './experiments.ts';
import { up as webhooks } from './webhooks.ts';
import { up as quality } from './quality.ts';
import { up as preferenceModels } from './preferenceModels.ts';
import { up as customerMerges } from './customerMerges.ts';
import { up as standards } from './standards.ts';
import { up as previewIndexes } from './previewIndexes.ts';
import { up as lookalikes } from './lookalikes.ts';

export interface Migration {
  readonly name: string;
  readonly up: (db: Knex) => Promise<void>;
}

export const MIGRATIONS: readonly Migration[] = [
  { name: '0001_profile', up: profile },
  { name: '0002_runs', up: runs },
  { name: '0003_tags', up: tags },
  { name: '0004_access', up: access },
  { name: '0005_run_facts', up: runFacts },
  { name: '0010_segments', up: segments },
  { name: '0011_model_reports', up: modelReports },
  { name: '0012_catalogue', up: catalogue },
  { name: '0013_lifecycle', up: lifecycle },
  { name: '0014_preference_models', up: preferenceModels },
  { name: '0015_experiments', up: experiments },
  { name: '0016_webhooks', up: webhooks },
  { name: '0016_webhooks_merges', up: customerMerges },
  { name: '0016_webhooks_preview_indexes', up: previewIndexes },
  { name: '0016_webhooks_similarity', up: lookalikes },
  { name: '0017_tag_reports', up: tagReports },
  { name: '0017_tag_reports_categories', up: tagCategories },
  { name: '0017_tag_reports_quality', up: quality },
  { name: '0017_tag_reports_standards', up: standards },
];
