/** What the command line prints with: lines without a terminal, one bar with one, tables that know wide characters. */
import { describe, expect, test } from 'vitest';
import stringWidth from 'string-width';
import { blocks, formatNumber, formatPercent, openOutput, table } from '../../../src/surfaces/cli/terminal.ts';

function stream(isTTY: boolean) {
  const written: string[] = [];
  return { written, isTTY, columns: 60, write: (text: string) => written.push(text) };
}

describe('progress', () => {
  test('without a terminal: plain lines, the first, the last, and one every five seconds between', () => {
    const [out, err] = [stream(false), stream(false)];
    let now = 0;
    const output = openOutput(out, err, () => now, false);
    for (now = 0; now <= 12_000; now += 1000) output.progress({ step: 'import', done: now, total: 12_000, unit: 'bytes' });
    expect(err.written).toEqual(['  import: 0 / 12,000 bytes\n', '  import: 5,000 / 12,000 bytes\n', '  import: 10,000 / 12,000 bytes\n', '  import: 12,000 / 12,000 bytes\n']);
    for (const sign of ['\r', '\u001B', '█']) expect(err.written.join('')).not.toContain(sign);
    expect(out.written).toEqual([]);
  });

  test('a step that follows is told at once', () => {
    const err = stream(false);
    const output = openOutput(stream(false), err, () => 0, false);
    output.progress({ step: 'score', done: 0, total: 2 });
    output.progress({ step: 'tags', done: 0, total: 2, detail: 'chunk 1' });
    expect(err.written).toEqual(['  score: 0 / 2\n', '  tags: 0 / 2  chunk 1\n']);
  });

  test('on a terminal: one bar that is drawn over and fits the width, ended before a result', () => {
    const [out, err] = [stream(true), stream(true)];
    const output = openOutput(out, err, () => 0, false);
    output.progress({ step: '训练', done: 1, total: 4, unit: '次', detail: '流失预测模型的一个很长的说明'.repeat(3) });
    output.progress({ step: '训练', done: 2, total: 4, unit: '次' });
    output.print('result');
    expect(err.written.at(-1)).toBe('\n');
    for (const text of err.written.slice(0, 2)) {
      expect(text.startsWith('\r\u001B[2K')).toBe(true);
      expect(stringWidth(text.slice(5))).toBeLessThan(60);
    }
    expect(err.written[1]).toContain(' 50 %');
    expect(out.written).toEqual(['result\n']);
  });

  test('--quiet says nothing', () => {
    const err = stream(false);
    const output = openOutput(stream(false), err, () => 0, true);
    output.progress({ step: 'import', done: 1, total: 1 });
    output.remark('a remark');
    output.settle();
    expect(err.written).toEqual([]);
  });
});

describe('tables and numbers', () => {
  test('columns stand below each other with Chinese, emoji and right alignment', () => {
    const lines = table([{ title: '标签' }, { title: 'n', align: 'right' }, { title: 'x' }], [['流失风险', '1', 'a'], ['🎉', '1,234', 'b'], ['plain', '', 'c']]);
    const place = (line: string, text: string): number => stringWidth(line.slice(0, line.lastIndexOf(text)));
    expect(new Set([place(lines[0], 'x'), place(lines[2], 'a'), place(lines[3], 'b'), place(lines[4], 'c')]).size).toBe(1);
    expect(place(lines[2], '1') + 1).toBe(place(lines[3], '1,234') + 5);
    expect(lines.every((line) => line === line.trimEnd())).toBe(true);
  });

  test('numbers as people write them', () => {
    expect([formatNumber(1234.567), formatPercent(0.12345), blocks(0.5, 4), blocks(7, 4), blocks(-1, 4)]).toEqual(['1,234.57', '12.3 %', '██', '████', '']);
  });
});
