/** Routes of the usefulness reports of tags. */
import { makeTagReports, readTagReport, readTagReports } from '../handlers/tagReports.ts';
import { route } from '../route.ts';
import type { Route } from '../route.ts';
import { nothing } from '../schemas/common.ts';
import { madeResponse, overviewQuery, overviewResponse, tagReportResponse } from '../schemas/tagReports.ts';
import { tagParams } from '../schemas/tags.ts';

export const TAG_REPORT_ROUTES: readonly Route[] = [
  route({
    id: 'readTagReports', method: 'get', path: '/v1/tag-reports', group: 'tags', params: nothing, query: overviewQuery, response: overviewResponse, cost: 2,
    access: { admin: true, data_scientist: true, marketer: true, service: false },
    summary: { zh: '全部标签的有用性报告', en: 'Usefulness reports of all tags' },
    description: { zh: '每周在夜间生成一次；POST 立即生成。', en: 'Made once a week in the night; POST makes them now.' },
    handle: readTagReports,
  }),
  route({
    id: 'makeTagReports', method: 'post', path: '/v1/tag-reports', group: 'tags', params: nothing, query: nothing, body: nothing.optional(), response: madeResponse, cost: 100,
    access: { admin: true, data_scientist: true, marketer: true, service: false },
    summary: { zh: '立即生成全部标签的报告', en: 'Make the reports of all tags now' },
    description: { zh: '完成后才返回并保存；断开连接会停止，不保存任何内容。', en: 'Answers when they are made and kept; hanging up stops it, and nothing is kept.' },
    handle: makeTagReports,
  }),
  route({
    id: 'readTagReport', method: 'get', path: '/v1/tags/{key}/report', group: 'tags', params: tagParams, query: nothing, response: tagReportResponse, cost: 20,
    access: { admin: true, data_scientist: true, marketer: true, service: false },
    summary: { zh: '一个标签的有用性报告', en: 'How useful a tag is' },
    description: {
      zh: '覆盖、分布、与上周相比的变化、使用者，以及过去发布的标签与其后30/90天下单和消费的关系。现场计算，不含客户编号。',
      en: 'Coverage, distribution, change since last week, users, and what the tag as it was published told of orders and spend in the 30 and 90 days after. Computed on the spot; holds no customer ids.',
    },
    handle: readTagReport,
  }),
];
