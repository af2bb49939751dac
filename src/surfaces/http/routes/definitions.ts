/** Routes of definitions as documents: who may read or edit a kind one by one may do so with a document. */
import type { z } from 'zod';
import type { Bilingual } from '../../../base/text.ts';
import { diffDefinitions, downloadStandards, listTagFiles, readDefinitions, readStandardDefinitions, takeTagFiles, writeDefinitions } from '../handlers/definitions.ts';
import type { ImportCall } from '../handlers/definitions.ts';
import { route } from '../route.ts';
import type { Access, Route } from '../route.ts';
import type { DefinitionKind } from '../../../jobs/definitions.ts';
import type { AppDeps } from '../deps.ts';
import { fileSchema } from '../schemas/segmentExport.ts';
import { nothing } from '../schemas/common.ts';
import { anyDocument, anyDocumentOrCsv, comparedResponse, csvQuery, DOCUMENTS, importedResponse, importQuery, SENT, standardsImportedResponse, tagFilesResponse, takeFilesBody, takenResponse } from '../schemas/definitions.ts';

const READERS = { admin: true, data_scientist: true, marketer: true, service: false } as const;
const MARKETERS = { admin: true, data_scientist: false, marketer: true, service: false } as const;
const SCIENTISTS = { admin: true, data_scientist: true, marketer: false, service: false } as const;
const MOST_BYTES = 4 * 1_048_576;

interface Kind {
  /** As addresses call it. */
  readonly kind: DefinitionKind;
  /** Part of the routes' ids. */
  readonly id: string;
  readonly what: Bilingual;
  readonly readers: Access;
  readonly editors: Access;
  readonly imported: z.ZodType;
  readonly read: (call: ImportCall, deps: AppDeps) => Promise<unknown>;
}

const KINDS: readonly Kind[] = [
  { kind: 'tags', id: 'Tag', what: { zh: '规则标签和类别', en: 'rule tags with their categories' }, readers: READERS, editors: MARKETERS, imported: importedResponse, read: readDefinitions('tags') },
  { kind: 'segments', id: 'Segment', what: { zh: '已保存的人群', en: 'saved segments' }, readers: READERS, editors: MARKETERS, imported: importedResponse, read: readDefinitions('segments') },
  { kind: 'quality', id: 'Quality', what: { zh: '数据质量规则', en: 'rules of data quality' }, readers: READERS, editors: SCIENTISTS, imported: importedResponse, read: readDefinitions('quality') },
  { kind: 'standards', id: 'Standard', what: { zh: '标准值', en: 'standards of values' }, readers: MARKETERS, editors: MARKETERS, imported: standardsImportedResponse, read: readStandardDefinitions },
];

function routesOf({ kind, id, what, readers, editors, imported, read }: Kind): Route[] {
  const path = `/v1/definitions/${kind}` as const;
  // Standards are edited in spreadsheets.
  const takesCsv = kind === 'standards';
  const body = { body: takesCsv ? anyDocumentOrCsv : anyDocument, bodyDocument: SENT[kind], takesCsv, bodyLimit: MOST_BYTES } as const;
  return [
    route({
      id: `read${id}Definitions`, method: 'get', path, group: 'definitions', params: nothing, query: nothing, response: DOCUMENTS[kind] as z.ZodType, access: readers, cost: 2, edited: true,
      summary: { zh: `导出${what.zh}`, en: `A document of all ${what.en}` },
      description: { zh: `与 \`tagcast definitions export ${kind}\` 写出的文件相同。`, en: `The same that \`tagcast definitions export ${kind}\` writes.` },
      handle: writeDefinitions(kind),
    }),
    route({
      id: `diff${id}Definitions`, method: 'post', path: `${path}/diff`, group: 'definitions', params: nothing, query: nothing, ...body, response: comparedResponse, access: readers, cost: 5,
      summary: { zh: `比较${what.zh}的文件与系统`, en: `Compare a document of ${what.en} with the store` },
      description: { zh: '请求体是文件本身。逐项列出导入会改变什么、会拒绝什么；不写入。', en: 'The body is the document itself. Tells field by field what an import would change and what it would refuse; nothing is written.' },
      handle: diffDefinitions(kind),
    }),
    route({
      id: `import${id}Definitions`, method: 'post', path: `${path}/import`, group: 'definitions', params: nothing, query: importQuery, ...body, response: imported, access: editors, cost: 20,
      summary: { zh: `导入${what.zh}的文件`, en: `Make the ${what.en} of a document those of the store` },
      description: {
        zh: `请求体是文件本身；文件中没有的不变。要么全部导入，要么什么也不变：有错误时逐条列出。每项修改是一个新版本，并记入审计日志。${takesCsv ? '保存后即应用；断开连接会停止应用，再次导入或 POST /v1/standards/apply 继续。' : ''}`,
        en: `The body is the document itself; what it does not name stays. All of it or nothing: what is wrong is told of every entry with its field. Every change is a version, and in the audit log.${takesCsv ? ' What is saved is then applied; hanging up stops that, and the same import or POST /v1/standards/apply goes on.' : ''}`,
      },
      handle: read,
    }),
  ];
}

export const DEFINITION_ROUTES: readonly Route[] = [
  ...KINDS.flatMap(routesOf),
  route({
    id: 'downloadStandards', method: 'get', path: '/v1/definitions/standards.csv', group: 'definitions', params: nothing, query: csvQuery, response: fileSchema, produces: 'file', access: MARKETERS, cost: 2,
    summary: { zh: '导出标准值（CSV）', en: 'All standards of values as CSV' },
    description: { zh: '列 field、standard、alias，每个别名一行；可在电子表格中编辑后以 text/csv 送回比较和导入。', en: 'Columns field, standard, alias, one line per alias. Edited in a spreadsheet it goes back into the comparison and the import as `text/csv`.' },
    handle: downloadStandards,
  }),
  route({
    id: 'listTagFiles', method: 'get', path: '/v1/definitions/tags/files', group: 'definitions', params: nothing, query: nothing, response: tagFilesResponse, access: READERS,
    summary: { zh: 'tags/ 文件与系统中规则标签的差异', en: 'How rule tags in the files of tags/ and in the store differ' },
    handle: listTagFiles,
  }),
  route({
    id: 'takeTagFiles', method: 'post', path: '/v1/definitions/tags/files/take', group: 'definitions', params: nothing, query: nothing, body: takeFilesBody, response: takenResponse, access: MARKETERS, cost: 20,
    summary: { zh: '采用新增和修改过的文件', en: 'Take new and changed files over' },
    description: { zh: '夜间也会采用。要么全部采用，要么一个也不采用。', en: 'The night does it as well. All of them or none.' },
    handle: takeTagFiles,
  }),
];
