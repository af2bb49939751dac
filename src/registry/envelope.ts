/**
 * A model as sealed bytes (seal.ts). Opening them asks: size, JSON, checksum, format, content schema, every artefact's own schema, and the golden rows scored anew.
 * What knows estimators is handed in ({@link ModelChecks}): this room stores models and never fits or runs one by itself.
 */
import { canonicalJson } from '../base/json.ts';
import type { TrainedModel } from '../training/trained.ts';
import { invalid, sameNumber, seal, unseal } from './seal.ts';

export type { TrainedHead, TrainedModel } from '../training/trained.ts';
export { FORMAT_VERSION, GOLDEN_TOLERANCE, MAX_MODEL_BYTES } from './seal.ts';

export const MODEL_KIND = 'tagcast_model';

/** What the registry has to ask others about a model. Each function throws AppError `artefact_invalid` for what it does not accept. */
export interface ModelChecks {
  /** Canonical JSON text of content that holds typed arrays. */
  encode(content: TrainedModel): string;
  /** The inverse of `encode`, with the content's schema and every artefact's own schema checked. */
  decode(text: string): TrainedModel;
  /** Raw predictions of the golden rows, as `content.golden.predictions` are laid out: heads × rows. */
  predictGolden(content: TrainedModel): readonly (readonly number[])[];
}

export interface OpenedModel {
  readonly name: string;
  readonly version: number;
  readonly sha256: string;
  readonly content: TrainedModel;
}

/** The bytes of a model. @throws AppError `artefact_invalid` for content that cannot be stored, `payload_too_large`. */
export function sealModel(name: string, version: number, content: TrainedModel, checks: ModelChecks): { readonly bytes: Buffer; readonly sha256: string } {
  return seal(MODEL_KIND, name, version, JSON.parse(checks.encode(content)) as unknown);
}

/** Scores the golden rows again. @throws AppError `artefact_invalid` naming the first head whose numbers differ. */
export function checkGolden(content: TrainedModel, checks: ModelChecks): void {
  const now = checks.predictGolden(content);
  content.heads.forEach((head, h) => {
    const stored = content.golden.predictions[h] ?? [];
    const again = now[h] ?? [];
    const equal = stored.length === content.golden.rows.length && again.length === stored.length && stored.every((value, row) => sameNumber(value, again[row]));
    if (!equal) throw invalid(`The model "${content.model}" gives other numbers for its golden rows than when it was trained (horizon ${head.horizonDays} days).`);
  });
}

/** The model in `bytes`. @throws AppError `artefact_invalid` whatever is wrong with them, and nothing else. */
export function openModel(bytes: Uint8Array, checks: ModelChecks): OpenedModel {
  return unseal(MODEL_KIND, bytes, ({ content: plain, ...about }) => {
    const content = checks.decode(canonicalJson(plain));
    if (content.model !== about.name) throw invalid('The envelope of a model and its content have different names.');
    checkGolden(content, checks);
    return { ...about, content };
  });
}
