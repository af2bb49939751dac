/** Routes of webhooks. Whoever may make one can send customers' ids to an address of their choice, so that is for administrators. */
import { changeWebhook, dropWebhook, makeWebhook, readDeliveries, readWebhooks, resendToWebhook, rotateOneWebhook, testOneWebhook } from '../handlers/webhooks.ts';
import { route } from '../route.ts';
import type { Route } from '../route.ts';
import { nothing } from '../schemas/common.ts';
import {
  deliveriesQuery, deliveriesSchema, resendBody, resentSchema, rotateBody, rotatedSchema, testedSchema, webhookBody, webhookDeletedSchema, webhookEditedSchema, webhookListSchema, webhookMadeSchema, webhookParams,
} from '../schemas/webhooks.ts';

const ADMIN = { admin: true, data_scientist: false, marketer: false, service: false } as const;
const READERS = { admin: true, data_scientist: false, marketer: true, service: false } as const;
const one = '/v1/webhooks/{webhook}';

export const WEBHOOK_ROUTES: readonly Route[] = [
  route({
    id: 'listWebhooks', method: 'get', path: '/v1/webhooks', group: 'webhooks', params: nothing, query: nothing, response: webhookListSchema, access: READERS,
    summary: { zh: '推送列表', en: 'The webhooks' },
    handle: readWebhooks,
  }),
  route({
    id: 'createWebhook', method: 'post', path: '/v1/webhooks', group: 'webhooks', params: nothing, query: nothing, body: webhookBody, response: webhookMadeSchema, cost: 10, access: ADMIN,
    summary: { zh: '新建推送', en: 'Create a webhook' },
    description: {
      zh: '从现在起推送进入和离开人群的客户。按 Standard Webhooks 签名（webhook-id、webhook-timestamp、webhook-signature）；密钥只显示一次。', en: 'Tells from now on who enters and leaves segments. Signed as Standard Webhooks are (webhook-id, webhook-timestamp, webhook-signature); the secret is shown this once.',
    },
    handle: makeWebhook,
  }),
  route({
    id: 'editWebhook', method: 'put', path: one, group: 'webhooks', params: webhookParams, query: nothing, body: webhookBody, response: webhookEditedSchema, cost: 10, access: ADMIN,
    summary: { zh: '修改推送', en: 'Change a webhook' },
    description: { zh: '请求体是完整的定义。地址按新建时同样检查。', en: 'The body is the whole definition. Its address is checked as that of a new one is.' },
    handle: changeWebhook,
  }),
  route({
    id: 'deleteWebhook', method: 'delete', path: one, group: 'webhooks', params: webhookParams, query: nothing, response: webhookDeletedSchema, access: ADMIN,
    summary: { zh: '删除推送', en: 'Delete a webhook' },
    description: { zh: '等待发送的消息一并删除。', en: 'With what waits for it.' },
    handle: dropWebhook,
  }),
  route({
    id: 'testWebhook', method: 'post', path: `${one}/test`, group: 'webhooks', params: webhookParams, query: nothing, body: nothing.optional(), response: testedSchema, cost: 20, access: ADMIN,
    summary: { zh: '试发', en: 'Send a test message' },
    description: { zh: '立即发送一条不含客户的签名消息。', en: 'Sends one signed message that tells of nobody, now.' },
    handle: testOneWebhook,
  }),
  route({
    id: 'rotateWebhook', method: 'post', path: `${one}/rotate`, group: 'webhooks', params: webhookParams, query: nothing, body: rotateBody, response: rotatedSchema, cost: 10, access: ADMIN,
    summary: { zh: '更换密钥', en: 'Replace the secret' },
    description: { zh: '过渡期内每条消息带两个签名，新旧密钥都能验证。', en: 'Until `previousUntil` every message carries two signatures, so that either secret verifies it.' },
    handle: rotateOneWebhook,
  }),
  route({
    id: 'listDeliveries', method: 'get', path: `${one}/deliveries`, group: 'webhooks', params: webhookParams, query: deliveriesQuery, response: deliveriesSchema, access: READERS,
    summary: { zh: '推送记录', en: 'What was sent, newest first' },
    handle: readDeliveries,
  }),
  route({
    id: 'resendDeliveries', method: 'post', path: `${one}/resend`, group: 'webhooks', params: webhookParams, query: nothing, body: resendBody, response: resentSchema, cost: 10, access: ADMIN,
    summary: { zh: '重发', en: 'Send again' },
    description: { zh: '重发一条消息，或全部放弃的消息。编号不变。', en: 'One message whatever became of it, or every dead one, under the same ids.' },
    handle: resendToWebhook,
  }),
];
