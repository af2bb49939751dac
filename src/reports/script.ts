/**
 * The one script of a report page: names the language of the page when it is switched, and works the cut-off helper out again for other numbers.
 * Everything can be read without it. It knows no more than what stands in the page.
 */
export const SCRIPT = `
'use strict';
(() => {
  const root = document.documentElement;
  const locale = { zh: 'zh-CN', en: 'en-GB' };
  for (const language of ['zh', 'en']) {
    document.getElementById('lang-' + language)?.addEventListener('change', () => { root.lang = language === 'zh' ? 'zh-CN' : 'en'; });
  }
  const number = (language, options) => new Intl.NumberFormat(locale[language], options);
  const percent = (language, value, digits) => number(language, { style: 'percent', maximumFractionDigits: digits }).format(value);
  const money = (language, value, currency) => {
    try {
      return number(language, { style: 'currency', currency, currencyDisplay: 'narrowSymbol', minimumFractionDigits: 0, maximumFractionDigits: 0 }).format(value);
    } catch {
      return currency + ' ' + number(language, { maximumFractionDigits: 0 }).format(value);
    }
  };
  const answers = {
    zh: (best, total, currency) => best === undefined
      ? '按这些数字，联系任何人都不划算。'
      : '联系概率最高的 ' + number('zh').format(best.rows) + ' 位客户（前 ' + percent('zh', best.rows / total, 0) + '，概率 ≥ ' + percent('zh', best.score, 1) + '）：预期利润 ' + money('zh', best.expected, currency) + '（' + money('zh', best.expectedLow, currency) + '～' + money('zh', best.expectedHigh, currency) + '），已扣除人数在同一批客户上选出所带来的高估。',
    en: (best, total, currency) => best === undefined
      ? 'With these numbers contacting anybody costs more than it earns.'
      : 'Contact the ' + number('en').format(best.rows) + ' customers with the highest probability (top ' + percent('en', best.rows / total, 0) + ', probability ≥ ' + percent('en', best.score, 1) + '): expected profit ' + money('en', best.expected, currency) + ' (' + money('en', best.expectedLow, currency) + ' to ' + money('en', best.expectedHigh, currency) + '), less what choosing the number on the same customers flatters by.',
  };
  const poisson = (mean, next) => {
    if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(-2 * mean * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())));
    let chance = Math.exp(-mean);
    let left = next() - chance;
    let count = 0;
    while (left >= 0 && count < 100) {
      count++;
      chance *= mean / count;
      left -= chance;
    }
    return count;
  };
  const expectedOf = (best, curve, rows, total, gain, cost) => {
    let state = 20260101;
    const next = () => {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
    const groups = rows.map(([people, rate], k) => {
      const before = k === 0 ? [0, 0] : rows[k - 1];
      const hits = Math.max(0, people * rate - before[0] * before[1]);
      return { hits, others: Math.max(0, people - before[0] - hits) };
    });
    const profits = new Float64Array(400);
    let optimism = 0;
    for (let b = 0; b < profits.length; b++) {
      let [people, hits, highest, chosen] = [0, 0, 0, -1];
      for (let k = 0; k < groups.length; k++) {
        const drawn = poisson(groups[k].hits, next);
        hits += drawn;
        people += drawn + poisson(groups[k].others, next);
        const profit = hits * gain - people * cost;
        if (profit > highest) [highest, chosen] = [profit, k];
      }
      profits[b] = people === 0 ? 0 : (highest * total) / people;
      optimism += (profits[b] - (chosen < 0 ? 0 : curve[chosen].profit)) / profits.length;
    }
    const expected = best.profit - optimism;
    const moved = expected - profits.reduce((sum, profit) => sum + profit, 0) / profits.length;
    profits.sort();
    const at = (share) => profits[Math.round(share * (profits.length - 1))] + moved;
    return { expected, expectedLow: at(0.025), expectedHigh: at(0.975) };
  };
  const steps = (low, high) => {
    const power = 10 ** Math.floor(Math.log10((high - low) / 5));
    const step = power * ([1, 2, 5, 10].find((factor) => (high - low) / (power * factor) <= 6) ?? 10);
    return { low: Math.floor(low / step) * step, high: Math.ceil(high / step) * step, step };
  };
  const svgText = (space, kind, x, y, text) => {
    const made = document.createElementNS(space, 'text');
    made.setAttribute('class', kind);
    made.setAttribute('x', x);
    made.setAttribute('y', y);
    made.setAttribute('text-anchor', 'end');
    made.textContent = text;
    return made;
  };
  const svgPath = (space, d) => {
    const made = document.createElementNS(space, 'path');
    made.setAttribute('class', 'grid');
    made.setAttribute('d', d);
    return made;
  };
  for (const helper of document.querySelectorAll('[data-helper]')) {
    const { rows, currency, frame, total } = JSON.parse(helper.querySelector('script[type="application/json"]').textContent);
    const form = helper.querySelector('form');
    const svg = helper.querySelector('svg.profit');
    const draw = () => {
      const read = (name) => Number(form.elements[name].value);
      const [value, cost, success] = [read('value'), read('cost'), read('success') / 100];
      if (![value, cost, success].every((one) => Number.isFinite(one) && one >= 0)) return;
      const profit = (people, rate) => people * (rate * success * value - cost);
      const curve = rows.map(([people, rate, low, high, score]) => ({ rows: people, score, profit: profit(people, rate), low: profit(people, low), high: profit(people, high) }));
      let best;
      for (const point of curve) if (point.profit > (best === undefined ? 0 : best.profit * (1 + 1e-9))) best = point;
      const chosen = best === undefined ? undefined : { ...best, ...expectedOf(best, curve, rows, total, success * value, cost) };
      const answer = helper.querySelector('[data-answer]');
      for (const language of ['zh', 'en']) answer.querySelector('.' + language).textContent = answers[language](chosen, total, currency);
      const all = curve.flatMap((point) => [point.low, point.high, 0]);
      const ends = [Math.min(...all), Math.max(...all)];
      const axis = steps(ends[0], ends[1] > ends[0] ? ends[1] : ends[0] + 1);
      const right = frame.width - frame.right;
      const x = (people) => (frame.left + (people / total) * (right - frame.left)).toFixed(1);
      const y = (amount) => (frame.height - frame.bottom - ((amount - axis.low) / (axis.high - axis.low)) * (frame.height - frame.bottom - frame.top)).toFixed(1);
      const start = x(0) + ',' + y(0);
      const through = (key) => curve.map((point) => x(point.rows) + ',' + y(point[key]));
      svg.querySelector('.profit-line').setAttribute('d', 'M' + [start, ...through('profit')].join('L'));
      svg.querySelector('.profit-band').setAttribute('d', 'M' + [start, ...through('high'), ...through('low').reverse()].join('L') + 'Z');
      svg.querySelector('.profit-zero').setAttribute('d', 'M' + frame.left + ' ' + y(0) + 'H' + right);
      const dot = svg.querySelector('.profit-best');
      dot.setAttribute('cx', x(best === undefined ? 0 : best.rows));
      dot.setAttribute('cy', y(best === undefined ? 0 : best.profit));
      const up = svg.querySelector('.profit-up .axis');
      const title = up.lastElementChild;
      up.replaceChildren();
      for (let tick = axis.low; tick <= axis.high + axis.step / 2; tick += axis.step) {
        up.append(svgPath(svg.namespaceURI, 'M' + frame.left + ' ' + y(tick) + 'H' + right));
        for (const language of ['zh', 'en']) up.append(svgText(svg.namespaceURI, language, frame.left - 6, Number(y(tick)) + 4, number(language, { notation: 'compact', maximumSignificantDigits: 3 }).format(tick)));
      }
      up.append(title);
    };
    form.addEventListener('input', draw);
    form.addEventListener('submit', (event) => { event.preventDefault(); });
  }
})();
`;
