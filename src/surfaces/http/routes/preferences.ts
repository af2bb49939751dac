/** Routes of the preferences. */
import { readPreferences, setPreferencesState } from '../handlers/preferences.ts';
import { route } from '../route.ts';
import type { Route } from '../route.ts';
import { nothing } from '../schemas/common.ts';
import { preferenceParams, preferenceStateBody, preferenceStateSchema, preferenceVersionsSchema } from '../schemas/preferences.ts';

export const PREFERENCE_ROUTES: readonly Route[] = [
  route({
    id: 'listPreferences', method: 'get', path: '/v1/preferences', group: 'models', params: nothing, query: nothing, response: preferenceVersionsSchema, cost: 2,
    access: { admin: true, data_scientist: true, marketer: true, service: false },
    summary: { zh: '偏好的版本及检验结果', en: 'Versions of the preferences, and their test' },
    description: { zh: '每种方法在最后一期与两条基线并列。不含任何客户。', en: 'Every method on the last period beside both baselines. Holds no customer.' },
    handle: readPreferences,
  }),
  route({
    id: 'setPreferencesState', method: 'put', path: '/v1/preferences/{version}', group: 'models', params: preferenceParams, query: nothing, body: preferenceStateBody, response: preferenceStateSchema,
    access: { admin: true, data_scientist: true, marketer: false, service: false },
    summary: { zh: '撤下或恢复一个版本', en: 'Withdraw a version, or put it back' },
    description: { zh: '未撤下的最新版本在用。', en: 'The newest that was not withdrawn serves.' },
    handle: setPreferencesState,
  }),
];
