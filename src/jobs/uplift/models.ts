/** What the registry needs to know of uplift learners to check their models. */
import { AppError } from '../../base/errors.ts';
import { checkArtefact, decodeArtefact, encodeArtefact } from '../../estimators/codec.ts';
import { UPLIFT_LEARNERS } from '../../estimators/uplift/index.ts';
import { upliftMatrix } from '../../estimators/uplift/matrix.ts';
import type { UpliftChecks } from '../../registry/uplift.ts';
import { rawUplift } from '../../scoring/uplift.ts';
import type { ServingEstimators } from '../../scoring/model.ts';
import { upliftModelSchema } from '../../training/uplift/trained.ts';

const unknownPart = (what: string): AppError => new AppError('artefact_invalid', `The model of an experiment needs ${what.slice(0, 60)}, which this version of Tagcast does not have.`, { hint: 'Evaluate the experiment again: `tagcast experiment evaluate`.' });

export function upliftChecks(estimators: ServingEstimators): UpliftChecks {
  return {
    encode: encodeArtefact,
    decode(text) {
      const content = decodeArtefact(text, upliftModelSchema);
      const learner = Object.values(UPLIFT_LEARNERS).find(({ kind }) => kind === content.learner);
      if (learner === undefined) throw unknownPart(`the learner "${content.learner}"`);
      const { estimator, artefact } = content.natural;
      if (!Object.hasOwn(estimators, estimator)) throw unknownPart(`the estimator "${estimator}"`);
      return { ...content, artefact: checkArtefact(content.artefact, learner.schema), natural: { ...content.natural, artefact: checkArtefact(artefact, estimators[estimator].schema) } };
    },
    predictGolden(content) {
      const { rows } = content.golden;
      // Golden rows hold codes of categories; only their names are asked for here.
      const named = upliftMatrix(content.columns, 0, () => new Float64Array(), () => undefined);
      const x = { rows: rows.length, columns: named.columns.map((column, c) => ({ ...column, values: Float64Array.from(rows, (row) => row[c] ?? Number.NaN) })) };
      const { uplift, natural } = rawUplift(content, x, estimators);
      return [Array.from(uplift), Array.from(natural)];
    },
  };
}
