import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { csvRecords, type CsvOptions } from '../../../src/store/import/csv.ts';
import { frameRecords, KEPT_BYTES } from '../../../src/store/import/framing.ts';

const options: CsvOptions = { delimiter: ',', newline: 10, limit: 1000, transcoded: false };

async function* pieces(text: string | Buffer, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

interface Read {
  readonly line: number;
  readonly fields: readonly string[] | string;
  readonly bytes: number;
}

async function readAll(text: string | Buffer, width: number, size = 7, more: Partial<CsvOptions> = {}): Promise<Read[]> {
  const rows: Read[] = [];
  for await (const block of csvRecords(pieces(text, size), { ...options, ...more }, width, false)) {
    for (const [i, fields] of block.read().entries()) rows.push({ line: block.line(i), fields, bytes: block.bytes(i) });
  }
  return rows;
}

describe('records of separated text', () => {
  test('whatever is written comes back, with line numbers, however the bytes are cut', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '客', '😀', ' ', '\r\n', "'") , maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(field, field, field), { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 40 }), fc.constantFrom('\n', '\r\n'), async (rows, size, end) => {
        const text = rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join(end);
        const read = await readAll(text, 3, size);
        expect(read.map((row) => row.fields)).toEqual(rows);
        let line = 1;
        for (const [i, row] of rows.entries()) {
          expect(read[i]?.line).toBe(line);
          line += 1 + (row.join('').split('\n').length - 1);
        }
      }),
    );
  });

  test('quotes inside unquoted fields stand for themselves', async () => {
    expect((await readAll('a,5" pipe,b\nc, "x",d\n', 3)).map((row) => row.fields)).toEqual([['a', '5" pipe', 'b'], ['c', ' "x"', 'd']]);
  });

  test('empty lines are no records; a last line without line end is one; the number of columns must fit', async () => {
    expect(await readAll('a,b\n\n\r\nc,d\ne\nf,g,h\ni,j', 2)).toMatchObject([
      { line: 1, fields: ['a', 'b'] }, { line: 4, fields: ['c', 'd'] }, { line: 5, fields: 'wrong_columns' }, { line: 6, fields: 'wrong_columns' }, { line: 7, fields: ['i', 'j'] },
    ]);
  });

  test('a quote that never closes costs its own line only', async () => {
    const rows = await readAll('a,"b\nc,d\ne,f\n', 2);
    expect(rows).toMatchObject([{ line: 1, fields: 'unclosed_quote' }, { line: 2, fields: ['c', 'd'] }, { line: 3, fields: ['e', 'f'] }]);
    const long = `a,"b\n${'c,d\n'.repeat(1000)}`;
    const many = await readAll(long, 2, 256);
    expect(many).toHaveLength(1001);
    expect(many.filter((row) => typeof row.fields === 'string')).toMatchObject([{ line: 1, fields: 'unclosed_quote' }]);
  });

  test('a record above the limit is passed over in bounded memory, with its line and size', async () => {
    const huge = 5_000_000;
    let largest = 0;
    async function* stream(): AsyncGenerator<Buffer> {
      yield Buffer.from('a,b\n');
      for (let sent = 0; sent < huge; sent += 10_000) yield Buffer.alloc(10_000, 'x');
      yield Buffer.from('\nc,d\n');
    }
    const seen: unknown[] = [];
    for await (const block of frameRecords(stream(), { quotes: true, delimiter: 44, newline: 10, limit: 1000 })) {
      largest = Math.max(largest, block.buffer.length);
      for (const frame of block.frames) seen.push([frame.line, frame.bytes, frame.problem, frame.end - frame.start]);
    }
    expect(seen).toEqual([[1, 3, undefined, 3], [2, huge, 'record_too_large', KEPT_BYTES], [3, 3, undefined, 3]]);
    expect(largest).toBeLessThan(30_000);
  });

  test('a record just above the limit that comes in one piece is reported alike', async () => {
    expect(await readAll(`a,b\n${'y'.repeat(1001)}\nc,d`, 2, 100_000)).toMatchObject([{ line: 1 }, { line: 2, bytes: 1001, fields: 'record_too_large' }, { line: 3, fields: ['c', 'd'] }]);
    expect(await readAll(`a,b\n${'y'.repeat(1001)}`, 2, 100)).toMatchObject([{ line: 1 }, { line: 2, bytes: 1001, fields: 'record_too_large' }]);
  });

  test('bytes that are not UTF-8 cost their own record', async () => {
    const bad = Buffer.concat([Buffer.from('a,b\nc,'), Buffer.from([0xc4, 0xe3]), Buffer.from('\ne,f\n')]);
    expect((await readAll(bad, 2)).map((row) => row.fields)).toEqual([['a', 'b'], 'bad_encoding', ['e', 'f']]);
  });

  test('blanks and old line ends', async () => {
    expect((await readAll(' 00001  19970101  1   11.77\n\n 2 3 4 5\r\n', 4, 9, { delimiter: 'blanks' })).map((row) => row.fields)).toEqual([['00001', '19970101', '1', '11.77'], ['2', '3', '4', '5']]);
    expect((await readAll('a,b\rc,d\r', 2, 3, { newline: 13 })).map((row) => row.fields)).toEqual([['a', 'b'], ['c', 'd']]);
  });
});
