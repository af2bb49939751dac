/** Tags of experiments 营销增益: one per experiment with the effect of its contact, and the group that follows from the newest one that can tell. They are there as long as the experiment is. */
import { band } from './definition.ts';
import type { TagDefinition } from './definition.ts';
import type { ServedExperiment } from '../../experiments/serving.ts';

export const UPLIFT_BANDS = [
  band('do_not_disturb', '勿打扰', 'Do not disturb'), band('lost_cause', '无动于衷', 'Unmoved'), band('sure_thing', '自然转化', 'Would anyway'), band('persuadable', '可说服', 'Persuadable'),
  band('insufficient_evidence', '证据不足', 'Not enough evidence'),
] as const;

export const UPLIFT_GROUP_KEY = 'uplift_group';
const common = { kind: 'predictive', category: 'response', ttlDays: 30, bands: UPLIFT_BANDS } as const;

export const upliftTagKey = (experiment: string): string => `uplift_${experiment}`;

function ofExperiment({ key, label, responseDays, unit }: ServedExperiment): TagDefinition {
  const what = unit === 'points' ? { zh: '百分点', en: 'in percentage points' } : { zh: '金额', en: 'in money' };
  return {
    ...common, key: upliftTagKey(key), valueType: 'number', unit: unit === 'points' ? 'points' : 'currency', label: { zh: `营销增益：${label.zh}`, en: `Uplift: ${label.en}` },
    description: {
      zh: `触达使同类客户在${responseDays}天内的结果平均增加多少（${what.zh}），附90%区间；仅来自随机留出的实验，不能可靠排序时为证据不足`,
      en: `How much more of the outcome customers like this one have within ${responseDays} days because of the contact (${what.en}), with a 90 % interval; only from the randomised hold-out of the experiment`,
    },
  };
}

const GROUP: TagDefinition = {
  ...common, key: UPLIFT_GROUP_KEY, valueType: 'text', label: { zh: '营销增益分组', en: 'Uplift group' },
  description: {
    zh: '来自最近一次能够可靠排序的实验：可说服（增益区间高于0）、勿打扰（低于0）、自然转化或无动于衷（区间含0，按不触达时的预期结果是否高于平均区分）',
    en: 'From the newest experiment that can rank: persuadable (interval of the uplift above 0), do not disturb (below 0), would anyway or unmoved (0 inside; above or below the average without a contact)',
  },
};

/** None where there is no experiment. */
export function upliftDefinitions(experiments: readonly ServedExperiment[]): TagDefinition[] {
  return experiments.length === 0 ? [] : [...experiments.map(ofExperiment), GROUP];
}
