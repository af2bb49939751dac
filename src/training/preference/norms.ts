/** The shop's own shares, curves and rates, from the activity of a sample of its customers: what every customer's own numbers are set beside. */
import type { PreferenceArtefact } from '../../estimators/preference/artefact.ts';
import { HOURS, smoothHours } from '../../estimators/preference/habits.ts';
import { priorStrength } from '../../estimators/preference/shrinkage.ts';
import type { Activity } from '../../features/activity/activity.ts';

type Norms = Pick<PreferenceArtefact, 'contents' | 'channels' | 'hours' | 'discounts' | 'contacts'>;
type Counts = Map<string, number>;

/** Names beyond these say little about anybody. */
const MOST_NAMES = 500;
/** A shop that marks fewer of its contents than this with a topic is described by categories. */
const LEAST_TOPICS = 0.2;
/** Customers below which a name is nobody's business. */
const LEAST_CUSTOMERS = 5;

const add = (counts: Counts, name: string, n: number): void => { counts.set(name, (counts.get(name) ?? 0) + n); };

function sharesFrom(perCustomer: readonly Counts[]): PreferenceArtefact['categories'] {
  const [total, customers]: [Counts, Counts] = [new Map(), new Map()];
  for (const own of perCustomer) {
    for (const [name, n] of own) {
      add(total, name, n);
      add(customers, name, 1);
    }
  }
  const names = [...total].filter(([name]) => (customers.get(name) ?? 0) >= LEAST_CUSTOMERS).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, MOST_NAMES).map(([name]) => name).sort();
  const place = new Map(names.map((name, i) => [name, i]));
  const all = names.reduce((sum, name) => sum + (total.get(name) ?? 0), 0);
  const shares = names.map((name) => (total.get(name) ?? 0) / all);
  const counts = perCustomer.map((own) => [...own].flatMap(([name, n]) => (place.has(name) ? [[place.get(name) ?? 0, n] as const] : [])).sort(([a], [b]) => a - b));
  return { names, shares, strength: names.length === 0 ? 1 : priorStrength(counts, shares) };
}

function contentNorms(activities: readonly Activity[]): Norms['contents'] {
  let [topics, all] = [0, 0];
  for (const { contents } of activities) {
    for (const { topic, n } of contents) {
      all += n;
      if (topic !== null) topics += n;
    }
  }
  const source = topics > LEAST_TOPICS * all ? 'topic' : 'category';
  return {
    source, shares: sharesFrom(activities.map(({ contents }) => {
      const own: Counts = new Map();
      for (const one of contents) if (one[source] !== null) add(own, one[source], one.n);
      return own;
    })),
  };
}

/** Hits of tries of every customer, as counts of a two-sided prior. */
const sides = (rows: readonly { readonly hits: number; readonly tries: number }[]): (readonly (readonly [number, number])[])[] =>
  rows.map(({ hits, tries }) => [[1, Math.min(hits, tries)] as const, [0, tries - Math.min(hits, tries)] as const].filter(([, n]) => n > 0));

function strengthOf(rows: readonly { readonly hits: number; readonly tries: number }[], rate: number): number {
  return rate > 0 && rate < 1 ? priorStrength(sides(rows), [1 - rate, rate]) : 1;
}

function channelNorms(activities: readonly Activity[]): Norms['channels'] {
  const sums = new Map<string, { sent: number; responses: number; actions: number }>();
  for (const { contacts } of activities) {
    for (const { channel, kind, n } of contacts) {
      if (channel === '' || kind === 'unsubscribe') continue;
      let own = sums.get(channel);
      if (own === undefined) sums.set(channel, (own = { sent: 0, responses: 0, actions: 0 }));
      if (kind === 'message_sent') own.sent += n;
      else if (kind === 'response') own.responses += n;
      else own.actions += n;
    }
  }
  const source = [...sums.values()].some(({ sent }) => sent > 0) ? 'message' : 'activity';
  const used = [...sums].filter(([, { sent, actions }]) => (source === 'message' ? sent : actions) > 0).sort(([a], [b]) => (a < b ? -1 : 1));
  const actions = used.reduce((sum, [, own]) => sum + own.actions, 0);
  const rates = used.map(([, own]) => (source === 'message' ? Math.min(1, own.responses / own.sent) : own.actions / actions));
  const names = used.map(([name]) => name);
  const rows = activities.flatMap(({ contacts }) => {
    const total = contacts.filter(({ kind }) => kind === 'order' || kind === 'visit').reduce((sum, { n }) => sum + n, 0);
    return names.map((name) => {
      const of = (...kinds: string[]): number => contacts.filter(({ channel, kind }) => channel === name && kinds.includes(kind)).reduce((sum, { n }) => sum + n, 0);
      return source === 'message' ? { hits: of('response'), tries: of('message_sent') } : { hits: of('order', 'visit'), tries: total };
    });
  });
  const tries = rows.reduce((sum, row) => sum + row.tries, 0);
  return { source, names, rates, strength: strengthOf(rows, tries === 0 ? 0 : Math.min(1, rows.reduce((sum, { hits }) => sum + hits, 0) / tries)) };
}

function hourNorms(activities: readonly Activity[]): Norms['hours'] {
  const source = activities.some(({ hours }) => hours.some(({ kind }) => kind === 'response')) ? 'response' : 'activity';
  const own = activities.map(({ hours }) => {
    const counts = new Float64Array(HOURS);
    for (const { kind, hour, n } of hours) if (kind === source) counts[hour] += n;
    return counts;
  });
  const total = new Float64Array(HOURS);
  for (const counts of own) counts.forEach((n, hour) => { total[hour] += n; });
  const smooth = smoothHours(total);
  const all = smooth.reduce((sum, n) => sum + n, 0);
  const curve = Array.from(smooth, (n) => (n + 1) / (all + HOURS));
  return { source, curve, strength: priorStrength(own.map((counts) => Array.from(counts, (n, hour) => [hour, n] as const).filter(([, n]) => n > 0)), curve) };
}

function discountNorms(activities: readonly Activity[]): Norms['discounts'] {
  const periods = new Map<number, { orders: number; discounted: number }>();
  const rows = activities.map(({ discounts }) => {
    let [tries, hits] = [0, 0];
    for (const { period, orders, discounted } of discounts) {
      const own = periods.get(period) ?? { orders: 0, discounted: 0 };
      periods.set(period, { orders: own.orders + orders, discounted: own.discounted + discounted });
      tries += orders;
      hits += discounted;
    }
    return { tries, hits };
  });
  const [orders, discounted] = [rows.reduce((sum, { tries }) => sum + tries, 0), rows.reduce((sum, { hits }) => sum + hits, 0)];
  const overall = orders === 0 ? 0 : discounted / orders;
  const inOrder = [...periods].sort(([a], [b]) => a - b);
  return {
    overall, periods: inOrder.map(([period]) => period), strength: strengthOf(rows, overall),
    // A period with few orders is read as the shop's usual level.
    shares: inOrder.map(([, one]) => (one.discounted + LEAST_CUSTOMERS * overall) / (one.orders + LEAST_CUSTOMERS)),
  };
}

function contactNorms(activities: readonly Activity[]): Norms['contacts'] {
  const perPeriod: number[] = [];
  const rows = activities.map(({ contacts }) => {
    const periods = new Map<number, number>();
    let [tries, hits] = [0, 0];
    for (const { kind, period, n } of contacts) {
      if (kind === 'message_sent') {
        periods.set(period, (periods.get(period) ?? 0) + n);
        tries += n;
      } else if (kind === 'response') hits += n;
    }
    perPeriod.push(...periods.values());
    return { tries, hits: Math.min(hits, tries) };
  });
  const tries = rows.reduce((sum, row) => sum + row.tries, 0);
  const rate = tries === 0 ? 0 : rows.reduce((sum, { hits }) => sum + hits, 0) / tries;
  return { rate, strength: strengthOf(rows, rate), typicalPerPeriod: perPeriod.length === 0 ? 0 : perPeriod.sort((a, b) => a - b)[perPeriod.length >> 1] };
}

export function fitNorms(activities: readonly Activity[]): Norms {
  return { contents: contentNorms(activities), channels: channelNorms(activities), hours: hourNorms(activities), discounts: discountNorms(activities), contacts: contactNorms(activities) };
}
