import * as fc from '../../support/properties.ts';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { fromCsvText } from '../../../src/base/csv.ts';
import { csvCell, csvHeader, csvLine, ndjsonLine } from '../../../src/segments/export/text.ts';

// Beginnings that OWASP's page on CSV injection names, and what spreadsheets fold into them.
const FORMULAS = ['=1+1', '=HYPERLINK("http://x","y")', "+cmd|' /C calc'!A0", '-2+3+cmd', '@SUM(1)', '\t=1', '\r=1', '\n=1', '   =1+1', '＝1+1', '＋1', '－1+x', '＠SUM(A1)', '+8613800000000', '\u3000=1'];

test.each(FORMULAS)('%j cannot run', (text) => {
  const [[cell]] = parse(csvLine([text]));
  expect(cell).toBe(`'${text}`);
});

test('numbers stay numbers, whatever their sign (the regression of Grafana 17363), and so do texts that are plain numbers', () => {
  expect([-12.5, 0, 1e21, -0.000001].map(csvCell)).toEqual(['-12.5', '0', '1e+21', '-0.000001']);
  expect(['-12.5', '-7', '13800000000'].map(csvCell)).toEqual(['-12.5', '-7', '13800000000']);
  expect(csvCell(Number.NaN)).toBe('');
});

test('every other text comes back as it was, through quotes, commas and line ends; nothing a person can write begins a formula', () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 5 }), (texts) => {
    const [row] = parse(csvLine([...texts, 'end']), { relax_column_count: true });
    expect(row).toHaveLength(texts.length + 1);
    texts.forEach((text, i) => {
      expect(fromCsvText(row[i])).toBe(text);
      expect(/^\s*[=+@]/.test(row[i])).toBe(false);
    });
  }), { seed: 11, numRuns: 300 });
});

test('headers are texts of people too; lists and missing values have a form', () => {
  expect(csvHeader([{ name: 'attr.=1', from: 'attribute', key: '=1', type: 'json' }, { name: '=x', from: 'id', type: 'text' }])).toBe("attr.=1,'=x\r\n");
  expect(csvLine([null, true, ['a', 'b'], { a: 1 }])).toBe(',true,"[""a"",""b""]","{""a"":1}"\r\n');
  expect(ndjsonLine([{ name: 'id', from: 'id', type: 'text' }, { name: 'holdout', from: 'holdout', type: 'boolean' }], ['=x', false])).toBe('{"id":"=x","holdout":false}\n');
});
