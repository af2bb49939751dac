/**
 * The command line and the HTTP interface side by side. Every command is served by a route or stays on the command line for a reason; every route is what some command does or is there for a reason.
 * Commands come from the command tree and routes from the table that serves, so a new one that is in neither list fails here.
 */
import { describe, expect, test } from 'vitest';
import { ROUTES } from '../../src/surfaces/http/routes.ts';
import { allCommands } from '../architecture/commands.ts';

/** Command → ids of the routes that do the same. */
const SERVED: Readonly<Record<string, readonly string[]>> = {
  'tags list': ['listTags'],
  'tags values': ['listValues'],
  'tags distribution': ['readDistribution'],
  'tags report': ['readTagReport'],
  'tags overview': ['readTagReports', 'makeTagReports'],
  'tags create': ['saveTag'],
  'tags edit': ['saveTag'],
  'tags preview': ['previewTag'],
  'tags enable': ['setTagStatus'],
  'tags pause': ['setTagStatus'],
  'tags draft': ['setTagStatus'],
  'tags delete': ['deleteTag'],
  'tags show': ['readTag', 'listTagVersions'],
  'tags evaluate': ['evaluateTag', 'evaluateTags'],
  'tags diff': ['listTagFiles'],
  'tags take': ['takeTagFiles'],
  'tags export': ['readTagDefinitions'],
  'tags import': ['importTagDefinitions'],
  'categories list': ['listCategories'],
  'categories save': ['saveCategory'],
  'categories place': ['placeTag'],
  'categories history': ['listCategoryVersions', 'listPlaces'],
  'categories delete': ['deleteCategory'],
  'definitions export': ['readTagDefinitions', 'readSegmentDefinitions', 'readQualityDefinitions', 'readStandardDefinitions', 'downloadStandards'],
  'definitions diff': ['diffTagDefinitions', 'diffSegmentDefinitions', 'diffQualityDefinitions', 'diffStandardDefinitions'],
  'definitions import': ['importTagDefinitions', 'importSegmentDefinitions', 'importQualityDefinitions', 'importStandardDefinitions'],
  'lifecycle rules': ['readLifecycleRules'],
  'lifecycle changes': ['listStageChanges'],
  'lifecycle accuracy': ['readStageAccuracy'],
  'lifecycle flows': ['readStageFlows'],
  'standards list': ['listStandards', 'readStandardsApplication'],
  'standards show': ['readStandards'],
  'standards save': ['saveStandards'],
  'standards delete': ['deleteStandards'],
  'standards suggest': ['readSuggestions'],
  'standards apply': ['applyStandards'],
  'standards export': ['readStandardDefinitions', 'downloadStandards'],
  'standards import': ['importStandardDefinitions'],
  'quality check': ['checkQuality'],
  'quality status': ['readQuality'],
  'quality rules': ['listQualityRules'],
  'quality show': ['readQualityRule'],
  'quality save': ['saveQualityRule'],
  'quality delete': ['deleteQualityRule'],
  'quality export': ['readQualityDefinitions'],
  'quality import': ['importQualityDefinitions'],
  preferences: ['listPreferences', 'setPreferencesState'],
  visit: ['askVisit'],
  customer: ['readProfile', 'readTags', 'readTimeline', 'readHistory', 'scoreNow'],
  merge: ['mergeCustomer'],
  'segment save': ['saveSegment'],
  'segment saved': ['listSegments'],
  'segment show': ['readSegment'],
  'segment build': ['buildSegment'],
  'segment members': ['listMembers'],
  'segment changes': ['listChanges'],
  'segment portrait': ['readPortrait'],
  'segment export': ['exportSegment'],
  'segment overlap': ['readOverlap'],
  'segment lookalikes': ['findLookalikes'],
  'segment similar': ['listSimilar'],
  'segment import': ['changeList'],
  'segment delete': ['deleteSegment'],
  'segment count': ['countSegment'],
  'segment list': ['listSegment'],
  'webhook create': ['createWebhook'],
  'webhook list': ['listWebhooks'],
  'webhook edit': ['editWebhook'],
  'webhook test': ['testWebhook'],
  'webhook rotate': ['rotateWebhook'],
  'webhook delete': ['deleteWebhook'],
  'webhook deliveries': ['listDeliveries'],
  'webhook resend': ['resendDeliveries'],
  'experiment create': ['recordExperiment'],
  'experiment assign': ['takeAssignments'],
  'experiment import-assignment': ['takeAssignments'],
  'experiment list': ['listExperiments'],
  'experiment show': ['readExperiment'],
  'experiment evaluate': ['evaluateExperiment'],
  'experiment delete': ['deleteExperiment'],
  'models list': ['listModels'],
  'models show': ['readModel', 'readVersion'],
  evaluate: ['readReport', 'readReportPage'],
};

const OPERATOR = 'sets up or runs the installation on the operator\'s machine';
const SCIENCE = 'works with files and hours of computing on a data scientist\'s machine';
const SERVES = 'decides what everybody is served from; ';

/** On the command line only, because … */
const COMMAND_ONLY: Readonly<Record<string, string>> = {
  quickstart: OPERATOR,
  init: OPERATOR,
  serve: OPERATOR,
  doctor: OPERATOR,
  'webhook deliver': `${OPERATOR}; a running server sends by itself`,
  'keys create': 'whoever has a key over HTTP must not be able to make more of them',
  'keys list': 'says who may call the interface, which is for the operator to know',
  'keys revoke': 'a stolen key must not be able to lock the others out',
  import: 'reads files of any size beside the store; programs send events with POST /v1/events',
  score: `${SERVES}nights are started by the operator's schedule`,
  nightly: `${SERVES}nights are started by the operator's schedule`,
  train: SCIENCE,
  table: `${SCIENCE}, and needs no store`,
  'features list': SCIENCE,
  'features preview': SCIENCE,
  'features export': SCIENCE,
  'features refresh': SCIENCE,
  'models promote': `${SERVES}moving a model past its gate needs access to the machine (docs/adr/http-surface.md)`,
  'models rollback': `${SERVES}moving a model past its gate needs access to the machine (docs/adr/http-surface.md)`,
  'models export': SCIENCE,
  'models import': `${SERVES}files of models are not taken from the network`,
};

/** Over HTTP only, because … */
const ROUTE_ONLY: Readonly<Record<string, string>> = {
  health: 'is asked by whatever watches the server; on the machine `tagcast doctor` says more',
  openapi: 'describes the interface itself to programs',
  docs: 'describes the interface itself to people',
  listRuns: 'is how a program sees whether the night is over; on the machine `tagcast doctor` says it',
  takeEvents: 'is how programs send events as they happen; files are brought in with `tagcast import`',
};

describe('commands and routes', () => {
  test('every command is served by a route, or stays on the command line for a reason', async () => {
    const commands = (await allCommands()).map(({ name }) => name);
    expect(commands.filter((name) => !Object.hasOwn(SERVED, name) && !Object.hasOwn(COMMAND_ONLY, name))).toEqual([]);
    expect(Object.keys(SERVED).filter((name) => Object.hasOwn(COMMAND_ONLY, name))).toEqual([]);
    expect([...Object.keys(SERVED), ...Object.keys(COMMAND_ONLY)].filter((name) => !commands.includes(name))).toEqual([]);
  });

  test('every route does what a command does, or is there for a reason', () => {
    const routes = ROUTES.map(({ id }) => id);
    const served = new Set(Object.values(SERVED).flat());
    expect(routes.filter((id) => !served.has(id) && !Object.hasOwn(ROUTE_ONLY, id))).toEqual([]);
    expect(Object.keys(ROUTE_ONLY).filter((id) => served.has(id) || !routes.includes(id))).toEqual([]);
    expect([...served].filter((id) => !routes.includes(id))).toEqual([]);
  });

  test('reasons are words, and no command is served by nothing', () => {
    for (const reason of [...Object.values(COMMAND_ONLY), ...Object.values(ROUTE_ONLY)]) expect(reason.split(' ').length).toBeGreaterThan(5);
    expect(Object.entries(SERVED).filter(([, ids]) => ids.length === 0)).toEqual([]);
  });
});
