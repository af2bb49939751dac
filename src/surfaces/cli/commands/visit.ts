/** `tagcast visit`: how likely an order is before the visit that is under way ends. */
import { readFileSync } from 'node:fs';
import { AppError } from '../../../base/errors.ts';
import { scoreVisitNow } from '../../../jobs/scoring/visit.ts';
import { MOST_VISIT_EVENTS, visitEvents, visitEventSchema } from '../../../jobs/scoring/visitEvents.ts';
import type { VisitReply } from '../../../jobs/scoring/visit.ts';
import type { NewEvent } from '../../../store/events.ts';
import { answer, inWords, withApp, workOf } from '../context.ts';
import type { CommandModule, Context } from '../context.ts';
import { detailOfTag, labelOf, valueOfTag } from '../tagWords.ts';
import type { TagWords } from '../tagWords.ts';

/** @throws AppError `file_unreadable`, `bad_data` naming the first event that is wrong, `payload_too_large`. */
function readEvents(file: string): Omit<NewEvent, 'customer'>[] {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new AppError('file_unreadable', `${file} is no file with JSON in it.`, { hint: 'Write a list of events: [{"occurredAt": "2026-03-31T20:15:00+08:00", "kind": "view", "product": "P-1"}].', cause });
  }
  const parsed = visitEventSchema.array().safeParse(content);
  if (!parsed.success) throw new AppError('bad_data', `${file}: ${parsed.error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`).join('; ')}.`, { hint: 'Write each event as `POST /v1/events` takes it, without the customer.' });
  if (parsed.data.length > MOST_VISIT_EVENTS) throw new AppError('payload_too_large', `${file} has ${parsed.data.length} events; at most ${MOST_VISIT_EVENTS} are taken.`, { hint: 'Hand in the events of this visit only.' });
  return visitEvents(parsed.data);
}

function instant(text: string): number {
  const at = Date.parse(text);
  if (!/T.*(Z|[+-]\d{2}:\d{2})$/.test(text) || Number.isNaN(at)) throw new AppError('invalid_input', '--at is no instant with an offset.', { hint: 'Write it as 2026-03-31T20:15:00+08:00.' });
  return at;
}

export const visit: CommandModule = (program, context) => {
  program
    .command('visit')
    .description('the visit that is under way: how likely an order is before it ends, and why; nothing is kept')
    .argument('<customer>', 'the shop\'s own customer id')
    .option('--events <file>', 'events of the visit that the store does not have yet: a JSON list')
    .option('--source <name>', 'origin of these events, as it was given to `POST /v1/events`', 'api')
    .option('--at <instant>', 'the moment, with what had happened until then (default: now)')
    .action(async (customer: string, options: { events?: string; source: string; at?: string }) => {
      const here = context();
      const events = options.events === undefined ? [] : readEvents(options.events);
      await withApp(here, async (app) => {
        const reply = await scoreVisitNow(app.scoring(workOf(here)), { customer, events, source: options.source, ...(options.at === undefined ? {} : { at: instant(options.at) }) });
        const words: TagWords = { language: here.language, currency: app.shop.currency, tags: (await app.catalogue()).tags };
        answer(here, reply, () => { show(here, words, reply, app.shop.timeZone); });
      });
    });
};

function show(here: Context, words: TagWords, { at, visit: state, handed, silenceMinutes, tag }: VisitReply, timeZone: string): void {
  const { print } = here.output;
  const time = (ms: number): string => new Date(ms).toLocaleTimeString('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
  const minutes = (ms: number): number => Math.max(0, Math.round(ms / 60_000));
  if (state === null) {
    if (tag.status === 'not_eligible') print(inWords(here, `没有正在进行的访问：最近 ${silenceMinutes} 分钟没有浏览动作。`, `No visit under way: nothing was looked at in the last ${silenceMinutes} minutes.`));
  } else {
    print(inWords(here, `访问开始于 ${time(state.startedAt)}，已 ${minutes(at - state.startedAt)} 分钟，${state.events} 个动作；${time(state.endsAt)} 前无动作则结束。`,
      `Visit since ${time(state.startedAt)}, ${minutes(at - state.startedAt)} minutes, ${state.events} event${state.events === 1 ? '' : 's'}; over at ${time(state.endsAt)} if nothing more happens.`));
    if (state.ordered) print(inWords(here, '本次访问已经下单。', 'An order has come in this visit already.'));
  }
  const told = handed.used + handed.known + handed.ignored;
  if (told > 0) print(inWords(here, `带上的 ${told} 个事件：计入 ${handed.used}，库里已有 ${handed.known}，其余 ${handed.ignored}。`, `Events handed in: ${handed.used} counted, ${handed.known} known already, ${handed.ignored} not of this visit.`));
  const detail = detailOfTag(words, tag);
  print(`${labelOf(words, tag.key)}${inWords(here, '：', ': ')}${valueOfTag(words, tag)}${detail === '' ? '' : `  ${detail}`}`);
  for (const reason of tag.reasons) print(`    ${reason.direction === 'up' ? '▲' : '▼'} ${reason.text[here.language]}`);
  if (tag.status === 'model_paused') print(inWords(here, '  没有在用的模型：请运行 `tagcast train session_purchase`。', '  No model serves: run `tagcast train session_purchase`.'));
}
