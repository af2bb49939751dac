/** Plain statistics over arrays: sorting, moments, quantiles, link functions, isotonic regression, row hashes. Pure. */
export * from './argsort.ts';
export * from './isotonic.ts';
export * from './links.ts';
export * from './moments.ts';
export * from './poisson.ts';
export * from './quantile.ts';
export * from './rowHash.ts';
export * from './select.ts';
