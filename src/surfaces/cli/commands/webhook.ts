/** `tagcast webhook …`: endpoints that are told who enters and leaves segments. A secret is shown once, when it is made. */
import { Option } from 'commander';
import { AppError } from '../../../base/errors.ts';
import { deliverWebhooks } from '../../../jobs/webhooks/deliver.ts';
import { resubscribe, subscribe, tryWebhook } from '../../../jobs/webhooks/manage.ts';
import { listMessages } from '../../../store/repositories/webhookOutbox.ts';
import type { WebhookMessage } from '../../../store/repositories/webhookOutbox.ts';
import { listWebhooks } from '../../../store/repositories/webhooks.ts';
import type { Webhook } from '../../../store/repositories/webhooks.ts';
import { removeWebhook, resendMessages, rotateWebhook, webhookNamed } from '../../../webhooks/subscriptions.ts';
import { answer, inWords, withApp } from '../context.ts';
import type { CommandModule, Context } from '../context.ts';
import { formatInteger, table } from '../terminal.ts';
import { list } from './segmentExport.ts';
import { wholeNumber } from './wholeNumber.ts';

const BOTH = ['segment.entered', 'segment.left'];
const time = (instant: number): string => new Date(instant).toISOString().slice(0, 19).replace('T', ' ');

interface Fields {
  readonly url?: string;
  readonly events?: string[];
  readonly segment?: string;
  readonly description?: string;
  readonly status?: Webhook['status'];
}

async function deliveries(here: Context, id: string, options: { state?: WebhookMessage['state']; limit: number }): Promise<void> {
  await withApp(here, async (app) => {
    await webhookNamed(app.store, id);
    const messages = await listMessages(app.store.db, id, options);
    answer(here, messages, () => {
      if (messages.length === 0) here.output.print(inWords(here, '没有消息。', 'No messages.'));
      else for (const line of table(
        [{ title: inWords(here, '消息', 'message') }, { title: inWords(here, '事件', 'event') }, { title: inWords(here, '状态', 'state') }, { title: inWords(here, '次数', 'attempts'), align: 'right' }, { title: inWords(here, '回答', 'answer') }, { title: inWords(here, '创建', 'created') }],
        messages.map((one) => [one.messageId, one.event, one.state, String(one.attempts), String(one.lastStatus ?? one.lastError ?? '–'), time(one.createdAt)]),
      )) here.output.print(line);
    });
  });
}

export const webhook: CommandModule = (program, context) => {
  const command = program.command('webhook').description('signed messages to other systems about who enters and leaves segments');
  command.command('create').description('tell an address from now on; its secret is shown this once')
    .requiredOption('--url <url>', 'https address that everybody can reach; other hosts must be named in TAGCAST_WEBHOOK_HOSTS')
    .option('--events <names>', 'comma-separated', list, BOTH)
    .option('--segment <key>', 'only this segment (default: every segment)')
    .option('--description <text>', 'what it is for')
    .action(async (options: Fields & { url: string; events: string[] }) => {
      const here = context();
      await withApp(here, async (app) => {
        const made = await subscribe(app.webhooks({ signal: here.signal }), options, 'cli');
        answer(here, { ...made.webhook, secret: made.secret }, () => {
          here.output.print(inWords(here, `${made.webhook.webhookId} 已创建。密钥只显示这一次：${made.secret}`, `${made.webhook.webhookId} is made. Its secret, shown only this once: ${made.secret}`));
          here.output.print(inWords(here, `试发：\`tagcast webhook test ${made.webhook.webhookId}\``, `To try it: \`tagcast webhook test ${made.webhook.webhookId}\``));
        });
      });
    });
  command.command('list').description('every webhook without its secret').action(async () => {
    const here = context();
    await withApp(here, async (app) => {
      const all = await listWebhooks(app.store.db);
      answer(here, all, () => {
        for (const line of table([{ title: 'id' }, { title: 'url' }, { title: inWords(here, '事件', 'events') }, { title: inWords(here, '人群', 'segment') }, { title: inWords(here, '状态', 'status') }], all.map((one) => [one.webhookId, one.url, one.events.join(', '), one.segment ?? inWords(here, '全部', 'all'), one.status]))) here.output.print(line);
      });
    });
  });
  command.command('edit').description('change a webhook, pause it or let it go on; while paused, messages wait').argument('<id>')
    .option('--url <url>', 'another address')
    .option('--events <names>', 'comma-separated', list)
    .option('--segment <key>', 'only this segment, or all')
    .option('--description <text>', 'what it is for')
    .addOption(new Option('--status <status>', 'whether it is sent to').choices(['enabled', 'paused']))
    .action(async (id: string, { segment, ...options }: Fields) => {
      const here = context();
      await withApp(here, async (app) => {
        const saved = await resubscribe(app.webhooks({ signal: here.signal }), id, { ...options, ...(segment === undefined ? {} : { segment: segment === 'all' ? null : segment }) }, 'cli');
        answer(here, saved, () => { here.output.print(`${saved.webhookId}: ${saved.url}, ${saved.events.join(', ')}, ${saved.segment ?? inWords(here, '全部人群', 'every segment')}, ${saved.status}`); });
      });
    });
  command.command('test').description('send one signed message that tells of nobody').argument('<id>').action(async (id: string) => {
    const here = context();
    await withApp(here, async (app) => {
      const sent = await tryWebhook(app.webhooks({ signal: here.signal }), id);
      answer(here, sent, () => { here.output.print(`${sent.ok ? '✓' : '✗'} ${'status' in sent ? `HTTP ${sent.status}` : sent.error}`); });
      if (!sent.ok) process.exitCode = 1;
    });
  });
  command.command('rotate').description('replace the secret; the one before stays good for a while').argument('<id>')
    .option('--overlap <hours>', 'hours for which both sign', wholeNumber, 24)
    .action(async (id: string, options: { overlap: number }) => {
      const here = context();
      await withApp(here, async (app) => {
        const rotated = await rotateWebhook(app.store, app.webhookSettings, id, 'cli', options.overlap);
        answer(here, rotated, () => {
          here.output.print(inWords(here, `新密钥只显示这一次：${rotated.secret}`, `The new secret, shown only this once: ${rotated.secret}`));
          here.output.print(inWords(here, `旧密钥有效至 ${time(rotated.previousUntil)} UTC。`, `The one before stays good until ${time(rotated.previousUntil)} UTC.`));
        });
      });
    });
  command.command('delete').description('delete a webhook with what waits for it').argument('<id>').action(async (id: string) => {
    const here = context();
    await withApp(here, async (app) => {
      await removeWebhook(app.store, id, 'cli');
      answer(here, { deleted: id }, () => { here.output.print(inWords(here, `${id} 已删除。`, `${id} is deleted.`)); });
    });
  });
  command.command('deliveries').description('what was sent, what waits and what was given up, newest first').argument('<id>')
    .addOption(new Option('--state <state>', 'only these').choices(['pending', 'delivered', 'skipped', 'dead']))
    .option('--limit <number>', 'messages to show', wholeNumber, 20)
    .action((id: string, options: { state?: WebhookMessage['state']; limit: number }) => deliveries(context(), id, options));
  command.command('resend').description('send again: one message whatever became of it, or every dead one').argument('<id>').argument('[message]', 'id of the message')
    .option('--dead', 'every message that was given up')
    .action(async (id: string, message: string | undefined, options: { dead?: boolean }) => {
      const here = context();
      if ((message === undefined) === (options.dead !== true)) throw new AppError('invalid_input', 'Name one message, or send every dead one.', { hint: 'Add the id of the message, or --dead.' });
      await withApp(here, async (app) => {
        const messages = await resendMessages(app.store, id, message, 'cli');
        answer(here, { messages }, () => { here.output.print(inWords(here, `${formatInteger(messages)} 条消息等待发送。`, `${formatInteger(messages)} messages wait to be sent.`)); });
      });
    });
  command.command('deliver').description('send what is due now; `tagcast serve` and every night do it by themselves').action(async () => {
    const here = context();
    await withApp(here, async (app) => {
      const report = await deliverWebhooks(app.webhooks({ signal: here.signal }));
      answer(here, report, () => {
        here.output.print(inWords(here, `送达 ${report.delivered}，失败待重试 ${report.failed}，放弃 ${report.dead}，无需推送 ${report.skipped}`, `${report.delivered} delivered, ${report.failed} failed and tried again later, ${report.dead} given up, ${report.skipped} with nobody left to tell of`));
      });
    });
  });
};
