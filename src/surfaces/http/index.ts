/** The HTTP surface: what the composition root and the command line need of it. */
export type { AppDeps } from './deps.ts';
export type { ServerOptions } from './options.ts';
export { createHttpServer } from './server.ts';
export type { HttpServer, Listening } from './server.ts';
