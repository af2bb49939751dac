/** What a long operation tells about itself. The edge draws a bar, or prints plain lines when there is no terminal. */
export interface ProgressUpdate {
  /** Stable name of the step, e.g. `import`, `train churn`. */
  readonly step: string;
  readonly done: number;
  /** Absent when the total is not known. */
  readonly total?: number;
  /** Unit of done and total, e.g. `rows`. */
  readonly unit?: string;
  /** What is under way right now; replaced by the next update. */
  readonly detail?: string;
  /** A short remark that is worth keeping on the screen. */
  readonly note?: string;
}

export type Progress = (update: ProgressUpdate) => void;

export const silentProgress: Progress = () => undefined;
