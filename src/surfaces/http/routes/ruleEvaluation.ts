/** Routes that try and evaluate rule tags on demand. */
import { evaluateTagNow, evaluateTagsNow, previewTag } from '../handlers/ruleEvaluation.ts';
import { route } from '../route.ts';
import type { Route } from '../route.ts';
import { nothing } from '../schemas/common.ts';
import { evaluationBody, evaluationResponse, tagEvaluationResponse, tagPreviewBody, tagPreviewDocument, tagPreviewResponse } from '../schemas/ruleEvaluation.ts';
import { tagParams } from '../schemas/tags.ts';

export const RULE_EVALUATION_ROUTES: readonly Route[] = [
  route({
    id: 'previewTag', method: 'post', path: '/v1/tag-preview', group: 'tags', params: nothing, query: nothing, body: tagPreviewBody, bodyDocument: tagPreviewDocument, response: tagPreviewResponse, cost: 10,
    access: { admin: true, data_scientist: true, marketer: true, service: false },
    summary: { zh: '试算规则标签：人数、十个例子、用时', en: 'Try the condition of a rule tag: count, ten examples, time' },
    description: { zh: '不保存任何内容。数据科学角色看不到客户编号。', en: 'Saves nothing. A data scientist is told no customers.' },
    handle: previewTag,
  }),
  route({
    id: 'evaluateTag', method: 'post', path: '/v1/tags/{key}/evaluate', group: 'tags', params: tagParams, query: nothing, body: nothing.optional(), response: tagEvaluationResponse, cost: 20,
    access: { admin: true, data_scientist: false, marketer: true, service: false },
    summary: { zh: '立即计算一个规则标签', en: 'Evaluate a rule tag for everybody now' },
    description: { zh: '任何状态的规则标签都可以计算；结果立即发布，变化计入历史。', en: 'Whatever its status. The result is published at once, with its changes in the history.' },
    handle: evaluateTagNow,
  }),
  route({
    id: 'evaluateTags', method: 'post', path: '/v1/tag-evaluation', group: 'tags', params: nothing, query: nothing, body: evaluationBody, response: evaluationResponse, cost: 50,
    access: { admin: true, data_scientist: false, marketer: true, service: false },
    summary: { zh: '立即计算规则标签', en: 'Evaluate rule tags now' },
    description: {
      zh: '全部启用的、指定的，或新事件涉及的；完成后才返回。断开连接会停止，下次调用从停下的地方继续。', en: 'Every enabled one, those that are named, or what new events touch; answers when it is done. Hanging up stops it, and the next call goes on where it stopped.',
    },
    handle: evaluateTagsNow,
  }),
];
