/** Notebook files (nbformat 4.5) as far as they are written here. */
export interface Output {
  readonly output_type: 'execute_result' | 'display_data' | 'stream';
  readonly name?: 'stdout';
  readonly text?: readonly string[];
  readonly data?: Readonly<Record<string, readonly string[]>>;
  readonly execution_count?: number;
  readonly metadata?: Readonly<Record<string, never>>;
}

export interface NotebookCell {
  readonly cell_type: 'markdown' | 'code';
  readonly id: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly source: readonly string[];
  readonly execution_count?: number | null;
  readonly outputs?: readonly Output[];
}

export interface Notebook {
  readonly cells: readonly NotebookCell[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly nbformat: number;
  readonly nbformat_minor: number;
}

/** Text as notebooks keep it: lines with their ends. */
export function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

export function codeCells(notebook: Notebook): NotebookCell[] {
  return notebook.cells.filter(({ cell_type: type }) => type === 'code');
}

/** The notebook with these outputs, one list per code cell; counts from 1, no times: the same outputs are the same bytes. */
export function withOutputs(notebook: Notebook, outputs: readonly (readonly Output[])[]): Notebook {
  let count = 0;
  const cells = notebook.cells.map((cell): NotebookCell => {
    if (cell.cell_type !== 'code') return cell;
    count++;
    return { cell_type: 'code', execution_count: count, id: cell.id, metadata: cell.metadata, outputs: outputs[count - 1] ?? [], source: cell.source };
  });
  return { cells, metadata: notebook.metadata, nbformat: notebook.nbformat, nbformat_minor: notebook.nbformat_minor };
}

export function encodeNotebook(notebook: Notebook): string {
  return `${JSON.stringify(notebook, null, 1)}\n`;
}
