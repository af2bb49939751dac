/**
 * Real orders: UCI Online Retail, both years. Evaluation end 2011-12-10, horizon 90 days, so the one test is the cut-off 2011-09-11 00:00 (the end of
 * 2011-09-10), and everything that trains, chooses and calibrates was over before it. Floors: ../shared/reference/supervised.md, where logistic
 * regression reached AUC .7659 and log loss .638, and last year's rate Spearman .537 and normalised Gini .658 on spend.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { churn } from '../../models/churn.ts';
import { clv } from '../../models/clv.ts';
import { needs, sharedData } from '../support/sharedData.ts';
import { grossSpend, metric, onlineRetail, only, show, train } from './modelKit.ts';
import type { Shop } from './modelKit.ts';

const FILE = 'online_retail/lines_2010-12_2011-12.csv.gz';
const END = '2011-12-10';
const TEST = '2011-09-11';

describe.skipIf(sharedData(FILE) === undefined)(needs(FILE, 'models on Online Retail'), () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await onlineRetail();
  });
  afterAll(() => {
    shop.columns.close();
  });

  test('churn within 90 days ranks and calibrates better than the reference', { timeout: 300_000 }, async () => {
    const { heads: [head] } = await train(shop, only(churn, ['logistic', 'boosted_trees'], [90]), END);
    show(`churn 90 d, test cut-off ${TEST}, ${head.candidate}`, head.evaluation);
    show('its baseline', head.baseline.evaluation);
    expect(head.split.test).toBe(TEST);
    expect([...head.split.train, head.split.calibration ?? ''].every((cutoff) => cutoff <= '2011-06-13')).toBe(true);
    expect(head.evaluation.rows).toBeGreaterThan(4200);
    expect(head.beatsBaseline).toBe(true);
    expect(metric(head.evaluation, 'roc_auc')).toBeGreaterThanOrEqual(0.7659);
    expect(metric(head.evaluation, 'log_loss')).toBeLessThanOrEqual(0.638);
    expect(metric(head.evaluation, 'ece')).toBeLessThan(0.06);
    expect(head.evaluation.calibration).toHaveLength(10);
  });

  /** Reference: last year's rate Spearman .537 and Gini .658, forest .533 and .692; bias −.15 to −.46. */
  test('spend in the next 90 days: bias within 10 %, ranked better than the best row of the reference, windows that hold', { timeout: 300_000 }, async () => {
    const { heads: [head] } = await train(shop, only(clv, ['btyd_value', 'tweedie_regression', 'tweedie_trees'], [90]), END);
    show(`net spend in 90 d, test cut-off ${TEST}, ${head.candidate}`, head.evaluation);
    show('last 365 days’ rate', head.baseline.evaluation);
    expect(head.split.test).toBe(TEST);
    expect(head.baseline.candidate).toBe('last_year_rate');
    expect(head.beatsBaseline).toBe(true);
    expect(Math.abs(metric(head.evaluation, 'bias'))).toBeLessThan(0.1);
    expect(metric(head.evaluation, 'spearman')).toBeGreaterThanOrEqual(0.537);
    expect(metric(head.evaluation, 'normalised_gini')).toBeGreaterThanOrEqual(0.692);
    expect(metric(head.evaluation, 'coverage_80')).toBeGreaterThan(0.75);
    expect(metric(head.evaluation, 'coverage_80')).toBeLessThan(0.85);
  });

  test('the same label as the reference, order amounts without refunds: ranked at least as well', { timeout: 300_000 }, async () => {
    const { heads: [head] } = await train(grossSpend(shop), only(clv, ['tweedie_trees'], [90]), END);
    show(`gross spend in 90 d, ${head.candidate}`, head.evaluation);
    // The reference's mean is 694.93, of 4,330 customers: it counts those whose only invoices were cancelled too.
    expect(head.evaluation.targetMean / 694.93).toBeCloseTo(1, 1);
    expect(metric(head.evaluation, 'spearman')).toBeGreaterThanOrEqual(0.537);
    expect(metric(head.evaluation, 'normalised_gini')).toBeGreaterThanOrEqual(0.692);
    // One order of 168,469 on the last day, cancelled minutes later, is 5.6 % of this total: no model of a shop foretells it.
    expect(Math.abs(metric(head.evaluation, 'bias'))).toBeLessThan(0.1);
  });
});

/** The classic file alone: one year, so that the season of the year before cannot be looked up. Floors of the reference: AUC .7392, log loss .610. */
describe.skipIf(sharedData(FILE) === undefined)(needs(FILE, 'churn from one year of Online Retail'), () => {
  test('ranks and calibrates like the reference', { timeout: 300_000 }, async () => {
    const shop = await onlineRetail(['2010-12_2011-12']);
    try {
      const { heads: [head] } = await train(shop, only(churn, ['logistic'], [90]), END);
      show(`churn 90 d from one year, test cut-off ${TEST}, ${head.candidate}`, head.evaluation);
      expect(head.split.test).toBe(TEST);
      expect(head.evaluation.rows).toBeGreaterThan(3300);
      expect(head.beatsBaseline).toBe(true);
      expect(metric(head.evaluation, 'roc_auc')).toBeGreaterThanOrEqual(0.7392 - 0.002);
      expect(metric(head.evaluation, 'log_loss')).toBeLessThanOrEqual(0.61);
    } finally {
      shop.columns.close();
    }
  });
});
