import { describe, expect, test } from 'vitest';
import { asPercent, barChart, histogram, lineChart } from '../../../src/reports/notebook/charts.ts';
import { DISPLAY, displayable, formatNumber, isDisplayable, table, type Displayable } from '../../../src/reports/notebook/display.ts';

const svgOf = (shown: Displayable): string => shown[DISPLAY]()['image/svg+xml'];

test('numbers: four digits, thousands grouped, whole numbers whole, no number a dash', () => {
  expect([0.123456, 1234.56, 12, 1e6, -0.00012345, NaN].map(formatNumber)).toEqual(['0.1235', '1,235', '12', '1,000,000', '-0.0001234', '–']);
  expect([0.5, 0.12345, 1].map(asPercent)).toEqual(['50 %', '12.3 %', '100 %']);
});

describe('table', () => {
  const shown = table([{ name: 'a<b', value: 1.5, note: undefined }, { name: 'longer', value: NaN, note: 'x' }])[DISPLAY]();

  test('plain text is aligned, numbers to the right', () => {
    expect(shown['text/plain']).toBe('name    value  note\na<b       1.5  –\nlonger      –  x');
  });

  test('HTML is escaped', () => {
    expect(shown['text/html']).toContain('<td style="text-align:left">a&lt;b</td><td style="text-align:right">1.5</td>');
  });

  test('of nothing is empty', () => {
    expect(table([])[DISPLAY]()['text/plain']).toBe('');
  });
});

describe('charts', () => {
  test('a line goes where its points are: from the lower left to the upper right of the frame', () => {
    const svg = svgOf(lineChart({ title: 'T & U', x: 'days', y: 'share', lines: [{ name: 'a', points: [[0, 0], [10, 1]] }, { name: 'truth', points: [[0, 1], [10, 1]], dashed: true }], yDomain: [0, 1] }));
    expect(svg).toContain('d="M64,300L620,34" fill="none" stroke="#0072b2"');
    expect(svg).toContain('stroke-dasharray="4 3"');
    expect(svg).toContain('T &amp; U');
    expect(svg.match(/<text/g)?.length).toBeGreaterThan(10);
  });

  test('dots and bands', () => {
    const svg = svgOf(lineChart({ title: 't', x: 'x', y: 'y', lines: [{ name: 'a', dots: true, points: [[0, 0], [1, 2]], band: [[0, 0, 1], [1, 1, 2]] }] }));
    expect(svg.match(/<circle/g)).toHaveLength(2);
    expect(svg).toContain('opacity="0.15"');
  });

  test('bars begin at 0, negative ones go left, whiskers lie over them', () => {
    const svg = svgOf(barChart({ title: 't', x: 'x', bars: [{ name: 'up', value: 10, low: 8, high: 12 }, { name: 'down', value: -10 }] }));
    const rectangles = [...svg.matchAll(/<rect x="([\d.]+)" y="\d+" width="([\d.]+)"/g)].map(([, x, width]) => [Number(x), Number(width)]);
    expect(rectangles).toHaveLength(2);
    expect(rectangles[1][0] + rectangles[1][1]).toBeCloseTo(rectangles[0][0], 0);
    expect(rectangles[0][1]).toBeCloseTo(rectangles[1][1], 0);
    expect(svg).toContain('stroke-width="1.5"');
  });

  test('a histogram shows shares and leaves missing values out', () => {
    const shown = histogram({ title: 't', x: 'x', values: { a: [0, 0, 0, 1, NaN] }, bins: 2 });
    // Three quarters on the left, one on the right, on an axis that ends at 80 %.
    expect(svgOf(shown)).toContain('M64,300L64,50.6L342,50.6L342,216.9L620,216.9L620,300');
  });

  test('nothing, one point and infinite values still give a drawing without NaN', () => {
    const odd = [lineChart({ title: 't', x: 'x', y: 'y', lines: [] }), lineChart({ title: 't', x: 'x', y: 'y', lines: [{ name: 'one', points: [[3, 3]] }] }), histogram({ title: 't', x: 'x', values: { a: [] } }), barChart({ title: 't', x: 'x', bars: [] })];
    expect(odd.map(svgOf).filter((svg) => /NaN|Infinity|undefined/.test(svg))).toEqual([]);
    expect(odd.every(isDisplayable)).toBe(true);
  });
});

test('what can be displayed is told from what cannot', () => {
  expect([displayable({ 'text/plain': 'a' }), {}, null, 'text', { [DISPLAY]: 1 }].map(isDisplayable)).toEqual([true, false, false, false, false]);
});
