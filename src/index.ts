/**
 * The public surface: what notebooks and programs of data scientists import. Only re-exports; what is not named here may change without notice.
 *
 * A study usually goes: {@link openStore} (or a simulated shop with {@link loadDemoShop}) → {@link refreshSnapshot} → {@link openColumns} →
 * {@link buildFeatures} for a matrix to look at, or {@link trainModel} for a model that is tested as the product tests it.
 * Open columns with `{ threads: 1 }` where results must repeat to the last bit.
 */

// ── Basics: seeded random numbers, calendar days of the shop, column-major matrices, errors ────────────────────────────────────────────────
export { AppError, ERROR_TABLE } from './base/errors.ts';
export type { ErrorCode } from './base/errors.ts';
export { fixedClock } from './base/clock.ts';
export type { Clock } from './base/clock.ts';
export { seededRandom } from './base/random.ts';
export type { Random } from './base/random.ts';
export { addDays, DAY_MS, daysBetween, DEFAULT_TIME_ZONE, localDate, parseLocalDate, startOfDay } from './base/time.ts';
export type { LocalDate } from './base/time.ts';
export { columnOf, takeRows } from './base/matrix.ts';
export type { Column, Matrix } from './base/matrix.ts';
export { silentProgress } from './base/progress.ts';
export type { Progress } from './base/progress.ts';
/** The machine's clock; everything takes a clock, so that a study can be repeated as of another day. */
export { systemClock } from './environment.ts';

// ── The store, and its snapshot in columns ──────────────────────────────────────────────────────────────────────────────────────────────────
export { openStore } from './store/connection.ts';
export type { Store } from './store/connection.ts';
export type { StoreConfig, StoreOptions } from './store/config.ts';
export type { NewEvent } from './store/events.ts';
export { upsertCustomers } from './store/repositories/customers.ts';
export { appendEvents, lastEventAt } from './store/repositories/events.ts';
export { refreshSnapshot } from './store/snapshot/refresh.ts';
export type { SnapshotInfo } from './store/snapshot/refresh.ts';
export { openColumns, snapshotSummary } from './store/snapshot/open.ts';
export { numbersOf, textsOf } from './store/columns/columns.ts';
export type { Columns, QueryAnswer } from './store/columns/columns.ts';

// ── Features: the language they are declared in, the plan, the matrix ───────────────────────────────────────────────────────────────────────
export { add, attribute, attributeIs, calendar, constant, daysSince, events, feature, firstKnown, gaps, multiply, orderDays, orders, ratio, subtract } from './features/define.ts';
export type { FeatureDefinition } from './features/define.ts';
export { featurePlan } from './features/plan.ts';
export type { FeaturePlan } from './features/plan.ts';
export { buildFeatures } from './features/build.ts';
export type { BuildOptions } from './features/build.ts';
export { featuresOfCustomer } from './features/customer.ts';
export type { FeatureMatrix } from './features/matrix.ts';
/** The features of the product, from the root folder features/. */
export { CAMPAIGN_FEATURES, FEATURES, featuresFor } from '../features/index.ts';

// ── Models: declaring, training rows, time splits, training, evaluation ─────────────────────────────────────────────────────────────────────
export { defineModel, RUNGS, taskOf } from './training/define.ts';
export type { Candidate, ModelDefinition, Observations, PopulationRule, Target } from './training/define.ts';
/** The models of the product, from the root folder models/. */
export { CAMPAIGN_MODELS, MODELS, modelsFor, VISIT_MODELS } from '../models/index.ts';
export { trainVisitModel } from './training/visit/train.ts';
export { columnSource } from './training/columnSource.ts';
/** Labels of renewals of one customer, and what there is to learn renewals from (docs/contracts.md). */
export { contractFacts, renewalOfCustomer } from './training/renewal.ts';
export type { RenewalWindow } from './training/renewal.ts';
export type { ContractSettings } from './training/contractSettings.ts';
export { buildDataset, datasetRows } from './training/dataset.ts';
export type { Dataset, TrainingSource } from './training/dataset.ts';
export { cutoffsBack, eventSplit, timeSplit } from './training/splits.ts';
export type { TimeSplit } from './training/splits.ts';
export { readiness } from './training/readiness.ts';
export type { ReadinessFacts, Requirement } from './training/readiness.ts';
export { suspectedLeaks } from './training/leakCheck.ts';
export { customerFolds, fitCandidate } from './training/candidate.ts';
export { evaluate } from './training/evaluation.ts';
export type { Evaluation } from './training/evaluation.ts';
export { trainModel } from './training/train.ts';
export type { TestedHead } from './training/tested.ts';
export type { PlanColumn, TrainRequest } from './training/train.ts';
export type { LeaderboardRow, TrainedHead, TrainedModel } from './training/trained.ts';
/** Curves, calibration, contributions, segments and drift of a tested head, as reports show them; hand it to `onTested` of {@link trainModel}. */
export { diagnose } from './training/diagnostics.ts';
export type { HeadDiagnostics } from './training/diagnostics/schema.ts';
/** The columns of a plan as training wants them, and the counts that readiness is judged by. */
export { planColumns, readinessFacts } from './jobs/training/task.ts';

// ── Estimators: fit, predict, explain over matrices; calibration; what is served ────────────────────────────────────────────────────────────
export { ESTIMATORS, estimatorOf } from './estimators/index.ts';
export type { AnyEstimator, EstimatorKind } from './estimators/index.ts';
export type { Estimator, Explanation, FitOutcome, Task, TrainingData } from './estimators/contract.ts';
export { applyCalibration, applyConformalInterval, chooseCalibration, fitCalibration, fitConformal } from './estimators/calibration/index.ts';
export {
  compressHistories, deltaStandardError, discountedOrdersOfRows, discountedValueOfRows, expectedOrdersOfRows, expectedSpend, fitBetterNbd, fitBgBb, fitGammaGamma, fitNbd, fitNbdChoosingK, fitPareto, fitSbg, nextOrderWeeks, orderModelOf, profileIntervalOf, recordsOfSurvivors, sbgDiscountedLifetime,
  sbgRetention, sbgSurvival, spendSample, standardErrorsOf, survivalCurve,
} from './estimators/customerBase/index.ts';
export type { History, NbdParams, OrderModel, ParetoParams } from './estimators/customerBase/index.ts';
export { INTERVAL_LEVELS, PLAIN_SERVING, serve } from './estimators/serving.ts';
export type { Served, Serving } from './estimators/serving.ts';

// ── Trees of other programs: LightGBM text both ways, XGBoost JSON in; the artefact is that of `boosted_trees` ──────────────────────────────────
export { asBoostedTrees } from './estimators/trees/interchange/asArtefact.ts';
export { writeLightgbm } from './estimators/trees/interchange/lightgbmWrite.ts';
export { readForeignModel } from './estimators/trees/interchange/readModel.ts';
export type { ForeignModel } from './estimators/trees/interchange/readModel.ts';

// ── One flat file without a store, as `tagcast table` does it (docs/tables.md) ──────────────────────────────────────────────────────────────
export { trainTable } from './jobs/table.ts';
export type { TableArgs, TableReport } from './jobs/table.ts';

// ── Uplift: who does more because of a campaign, and whether that can be told at all ────────────────────────────────────────────────────────
export { outOfFoldUplift, UPLIFT_LEARNERS, upliftVerdict } from './estimators/uplift/index.ts';
export type { UpliftData, UpliftKind, UpliftLearner, UpliftParams, UpliftVerdict } from './estimators/uplift/index.ts';

// ── Standard errors of linear models that were fitted without a penalty ─────────────────────────────────────────────────────────────────────
export { inference } from './estimators/linear/index.ts';
export type { CoefficientRow, Inference } from './estimators/linear/index.ts';

// ── Metrics ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
export {
  bootstrap, brierDecomposition, brierScore, calibrationTable, decileError, expectedCalibrationError, intervalCoverage, kolmogorovSmirnov, liftTable, logLoss, meanAbsoluteError, normalisedGini, prAuc,
  relativeBias, rocAuc, rootMeanSquaredError, spearman,
  accuracy, macroAuc, multiclassLogLoss,
  concordanceIndex, integratedBrierScore, survivalBrierScores,
  hitsAtK, ndcgAtK, populationStability, recallAtK,
  auuc, averageEffect, qini, qiniCurve, qiniIntervals, upliftTable,
} from './math/metrics/index.ts';

// ── The registry: models as bytes ───────────────────────────────────────────────────────────────────────────────────────────────────────────
export { openModel, sealModel } from './registry/envelope.ts';
export { listModels, loadModel, saveModel } from './registry/models.ts';
export { aliasesOf } from './registry/aliases.ts';
export { modelChecks } from './jobs/scoring/models.ts';
export { withoutTimings } from './jobs/training/job.ts';

// ── Reports of versions: as a document, and as one page in two languages ────────────────────────────────────────────────────────────────────
export { readReport } from './reports/read.ts';
export { reportPage } from './reports/page.ts';
export { compareReports } from './reports/compare.ts';
export type { Report } from './reports/document.ts';

// ── The simulated shop, whose future is known ───────────────────────────────────────────────────────────────────────────────────────────────
export { DEMO_SHOP, eventsByTime, realised, simulateShop } from './simulator/shop.ts';
export type { ShopOptions, SimulatedShop } from './simulator/shop.ts';
export { oracleScores, oracleScoresFor } from './simulator/oracle.ts';
export { loadDemoShop } from './jobs/demo.ts';
/** The simulated shop in the column engine, without a store: the shortest way to data that a study can be run on. */
export { simulatedColumns } from './jobs/simulatedColumns.ts';

// ── What notebooks show: tables and charts that need no script and no style sheet ───────────────────────────────────────────────────────────
export { asPercent, barChart, histogram, lineChart } from './reports/notebook/charts.ts';
export type { BarChart, Histogram, LineChart, LineOf, Point } from './reports/notebook/charts.ts';
export { displayable, formatNumber, table } from './reports/notebook/display.ts';
export type { Displayable } from './reports/notebook/display.ts';
