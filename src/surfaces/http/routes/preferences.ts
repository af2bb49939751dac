/** Routes of the preferences. */
import { readPreferences } from '../handlers/preferences.ts';
import { route } from '../route.ts';
import type { Route } from '../route.ts';
import { nothing } from '../schemas/common.ts';
import { preferenceVersionsSchema } from '../schemas/preferences.ts';

export const PREFERENCE_ROUTES: readonly Route[] = [
  route({
    id: 'listPreferences', method: 'get', path: '/v1/preferences', group: 'models', params: nothing, query: nothing, response: preferenceVersionsSchema, cost: 2,
    access: { admin: true, data_scientist: true, marketer: true, service: false },
    summary: { zh: '偏好的版本及检验结果', en: 'Versions of the preferences, and their test' },
    description: { zh: '每种方法在最后一期与两条基线并列。不含任何客户。', en: 'Every method on the last period beside both baselines. Holds no customer.' },
    handle: readPreferences,
  }),
];
