/** `tagcast score` and `tagcast nightly`. */
import { AppError, describeError } from '../../../base/errors.ts';
import { parseLocalDate } from '../../../base/time.ts';
import { nightly as runNightly } from '../../../jobs/nightly.ts';
import { requirePublished } from '../../../jobs/scoring/batch.ts';
import type { ScoreReport } from '../../../jobs/scoring/batch.ts';
import { scheduleNightly } from '../../schedule/nightlySchedule.ts';
import type { App } from '../../../app.ts';
import type { TagDefinition } from '../../../tags/catalogue/definition.ts';
import { champions } from '../../../registry/aliases.ts';
import { inWords, withApp, workOf } from '../context.ts';
import type { CommandModule, Context } from '../context.ts';
import { bandOfTag, labelOf } from '../tagWords.ts';
import type { TagWords } from '../tagWords.ts';
import { blocks, formatInteger, formatPercent, table } from '../terminal.ts';

/** Bands that a marketer looks at first. */
const HEADLINES = ['lifecycle_stage', 'churn_risk_band', 'purchase_intent_band', 'clv_tier', 'value_risk_quadrant', 'next_order_window'];

export function showBands(context: Context, shop: App['shop'], tags: readonly TagDefinition[], report: ScoreReport): void {
  const { print } = context.output;
  const words: TagWords = { language: context.language, currency: shop.currency, tags };
  for (const key of HEADLINES) {
    const counts = report.tags.filter((tag) => tag.key === key && tag.status === 'ok' && tag.band !== null);
    if (counts.length === 0) continue;
    const total = counts.reduce((sum, one) => sum + one.customers, 0);
    const order = tags.find((tag) => tag.key === key)?.bands?.map(({ code }) => code) ?? [];
    print(`\n${labelOf({ ...words, language: 'zh' }, key)} / ${labelOf({ ...words, language: 'en' }, key)}`);
    const rows = counts.toSorted((a, b) => order.indexOf(a.band ?? '') - order.indexOf(b.band ?? '')).map(({ band, customers }) => [bandOfTag({ ...words, language: 'zh' }, key, band), bandOfTag({ ...words, language: 'en' }, key, band), formatInteger(customers), formatPercent(customers / total), blocks(customers / total)]);
    for (const line of table([{ title: '' }, { title: '' }, { title: '', align: 'right' }, { title: '', align: 'right' }, { title: '' }], rows).slice(2)) print(line);
  }
}

async function showReport(context: Context, app: App, report: ScoreReport): Promise<void> {
  const { print } = context.output;
  const { asOf } = report;
  if (report.state === 'already_done') {
    print(inWords(context, `${asOf} 此前已评分并发布，本次未作改动。之后导入的数据或训练的模型未计入：\`tagcast score --force\` 会重新评分。`, `${asOf} was scored and published before; nothing was changed. Data and models that came since are not in it: \`tagcast score --force\` scores the day once more.`));
  } else {
    const [customers, changed, refused, failed] = [report.customers, report.published?.changed ?? 0, report.optedOut, report.failed].map(formatInteger);
    const seconds = report.seconds?.total.toFixed(1);
    print(inWords(context,
      `截至 ${asOf} 已为 ${customers} 位客户评分${seconds === undefined ? '' : `，用时 ${seconds} 秒`}；${changed} 个标签有变化；${refused} 位已拒绝个性化，${failed} 位未能评分。`,
      `${customers} customers scored as of ${asOf}${seconds === undefined ? '' : ` in ${seconds} s`}; ${changed} tags changed; ${refused} opted out, ${failed} set aside.`));
  }
  // A finished run is shown as it was; what has been trained since needs no training.
  const serving = await champions(app.store);
  const untrained = report.paused.filter((name) => !serving.has(name));
  const waiting = [...serving].filter(([name, version]) => !report.models.some((used) => used.name === name && used.version === version)).map(([name]) => name);
  if (untrained.length > 0) print(inWords(context, `没有上线的模型：${untrained.join(', ')}。请运行 \`tagcast train ${untrained.join(' ')}\`。`, `Without a serving model: ${untrained.join(', ')}. Run \`tagcast train ${untrained.join(' ')}\`.`));
  if (waiting.length > 0) print(inWords(context, `此后上线的版本已更换、尚未用于评分：${waiting.join(', ')}。请运行 \`tagcast score --force\`。`, `Another version serves since then: ${waiting.join(', ')}. Run \`tagcast score --force\`.`));
  showBands(context, app.shop, (await app.catalogue()).tags, report);
}

export const score: CommandModule = (program, context) => {
  program
    .command('score')
    .description('refresh the snapshot, score everyone and publish the tags of a day')
    .option('--as-of <date>', 'business day (default: today)')
    .option('--force', 'do a finished or held day once more')
    .action((options: { asOf?: string; force?: boolean }) => scoreDay(context(), options));
};

async function scoreDay(here: Context, options: { asOf?: string; force?: boolean }): Promise<void> {
  await withApp(here, async (app) => {
    const asOf = options.asOf === undefined ? await app.today() : parseLocalDate(options.asOf, '--as-of');
    const { score: report } = await runNightly(app.scoring(workOf(here)), { asOf, force: options.force === true });
    if (here.json) here.output.print(JSON.stringify(report, null, 2));
    else await showReport(here, app, report);
    requirePublished(report);
  });
}

export const nightly: CommandModule = (program, context) => {
  program
    .command('nightly')
    .description('the night\'s work once, or every night until stopped')
    .option('--as-of <date>', 'business day (default: today)')
    .option('--force', 'do a finished or held day once more')
    .option('--schedule', 'stay, and run every night when it is due; with --json one line for each night')
    .option('--at <HH:MM>', 'with --schedule: local time from which a night is due', '02:30')
    .action(async (options: { asOf?: string; force?: boolean; schedule?: boolean; at: string }) => {
      const here = context();
      if (options.schedule !== true) return scoreDay(here, options);
      await withApp(here, async (app) => {
        // The nights of a calendar that goes on would say of everybody that they have been silent since the file ended.
        if (app.shop.historic) throw new AppError('invalid_input', 'The data of this shop end in the past (`--historic`), so no night will ever come due.', { hint: 'Run `tagcast nightly` once; when data arrive every day, run `tagcast init --no-historic --force` and then `tagcast nightly --schedule`.' });
        const schedule = scheduleNightly(app.scoring(workOf(here)), { at: options.at }, {
          onDone: (asOf, { score: report }) => { here.output.print(here.json ? JSON.stringify(report) : `${asOf}: ${report.state}, ${formatInteger(report.customers)} ${inWords(here, '位客户', 'customers')}`); },
          onError: (asOf, error) => { here.output.remark(`${asOf ?? 'The planner'} failed: ${describeError(error).message} It is tried again.`); },
        });
        await schedule.tick();
        here.output.remark(`Waiting for ${options.at} (${app.shop.timeZone}) every night. Stop with Ctrl-C.`);
        if (!here.signal.aborted) await new Promise<void>((resolve) => here.signal.addEventListener('abort', () => { resolve(); }, { once: true }));
        await schedule.stop();
      });
    });
};
