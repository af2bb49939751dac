/** The rows of scikitLearn.json: integers modulo primes, so that every language makes the same. */
const i = Array.from({ length: 240 }, (_, k) => k);
const columns = [
  i.map((k) => ((k * 37) % 101) / 10),
  i.map((k) => ((k * 53) % 97) / 9 - 4),
  i.map((k) => ((k * k * 7) % 89) / 20),
  i.map((k) => ((k * 29) % 83) / 8),
  i.map((k) => (((k * 37) % 101) / 10) * 0.8 + ((k * 41) % 43) / 10),
].map((values) => Float64Array.from(values));
const [a, b, c] = columns;
const u = i.map((k) => ((k * 7919) % 1009) / 1009);
const v = i.map((k) => ((k * 613) % 211) / 211);
const eta = i.map((k) => 0.15 * a[k] - 0.2 * b[k] + 0.1 * c[k]);
const each = (value: (k: number) => number): Float64Array => Float64Array.from(i, value);
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

export const goldenRows = {
  x: { rows: i.length, columns: columns.map((values, k) => ({ name: `x${k}`, values })) },
  weights: each((k) => 1 + (k % 4) / 2),
  y: {
    logistic_regression: each((k) => (u[k] < sigmoid(0.35 * a[k] - 0.5 * b[k] + 0.4 * c[k] - 2.2) ? 1 : 0)),
    multinomial_regression: each((k) => (u[k] < sigmoid(0.5 * b[k]) ? 0 : v[k] < sigmoid(0.4 * a[k] - 1.5) ? 1 : 2)),
    linear_regression: each((k) => 20 * eta[k] + 10 * (u[k] - 0.5)),
    poisson_regression: each((k) => Math.floor(Math.exp(eta[k]) * (0.3 + 1.4 * u[k]))),
    gamma_regression: each((k) => Math.exp(eta[k]) * (0.2 + 1.6 * u[k])),
    tweedie_regression: each((k) => (u[k] < 0.4 ? 0 : Math.exp(eta[k]) * (1 + 9 * (u[k] - 0.4)))),
  },
};
