/** What a route is. One declaration drives the check of what comes in, the OpenAPI document, the docs page and who may call it. */
import type { z } from 'zod';
import type { Bilingual } from '../../base/text.ts';
import type { Role } from '../../store/repositories/apiKeys.ts';
import type { AppDeps } from './deps.ts';

/** Who may call a route: everybody, or a yes or no for each role. A role without an answer does not compile. */
export type Access = 'public' | Readonly<Record<Role, boolean>>;

export interface Caller {
  readonly keyId: string;
  readonly role: Role;
}

/** Who is written into the audit log. */
export function actorOf(caller: Caller | null): string {
  return caller?.keyId ?? 'nobody';
}

/** A request after its checks. `caller` is null on public routes. */
export interface Call<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Caller | null;
  /** Fires when the client is gone: long work stops then. */
  readonly signal: AbortSignal;
}

export const ROUTE_GROUPS = {
  customers: { zh: '客户', en: 'Customers' },
  tags: { zh: '标签', en: 'Tags' },
  lifecycle: { zh: '生命周期', en: 'Lifecycle' },
  segments: { zh: '人群', en: 'Segments' },
  experiments: { zh: '实验', en: 'Experiments' },
  webhooks: { zh: '事件推送', en: 'Webhooks' },
  models: { zh: '模型', en: 'Models' },
  events: { zh: '事件', en: 'Events' },
  definitions: { zh: '定义文件', en: 'Definitions as documents' },
  quality: { zh: '数据质量', en: 'Data quality' },
  system: { zh: '系统', en: 'System' },
} as const satisfies Record<string, Bilingual>;
export type RouteGroup = keyof typeof ROUTE_GROUPS;

export interface RouteHead {
  /** Name of the operation in OpenAPI. */
  readonly id: string;
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** With parameters in braces, e.g. `/v1/customers/{id}`. */
  readonly path: `/${string}`;
  readonly group: RouteGroup;
  readonly summary: Bilingual;
  readonly description?: Bilingual;
  readonly access: Access;
  /** Largest body in bytes, where it is not the server's own limit. */
  readonly bodyLimit?: number;
  /** The body may also be CSV (`Content-Type: text/csv`); the handler is given its text. */
  readonly takesCsv?: boolean;
  /** Tokens that one call takes from its key's bucket; default 1. */
  readonly cost?: number;
  /** `file`: the handler answers a {@link Download}, which is sent as it comes. */
  readonly produces?: 'json' | 'html' | 'file';
  /** A document that people edit: with line breaks, as the command line writes it to a file. */
  readonly edited?: boolean;
  /** Content security policy of a page; absent: that of the docs page. */
  readonly policy?: string;
}

/** An answer that is streamed, however large. */
export interface Download {
  readonly contentType: string;
  readonly fileName: string;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface RouteSpec<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType, R extends z.ZodType> extends RouteHead {
  readonly params: P;
  readonly query: Q;
  /** Absent: the route takes no body. */
  readonly body?: B;
  /** What documents show for the body where its parts are checked later, one by one or by a parser of their own. Built from the schemas that check them. */
  readonly bodyDocument?: z.ZodType;
  readonly response: R;
  /** Default 200. */
  readonly status?: (answer: z.input<R>) => number;
  handle(call: Call<z.output<P>, z.output<Q>, z.output<B>>, deps: AppDeps): Promise<z.input<R>>;
}

/** A route whose own types are not needed any more. */
export interface Route extends RouteHead {
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body?: z.ZodType;
  readonly bodyDocument?: z.ZodType;
  readonly response: z.ZodType;
  status?(answer: unknown): number;
  handle(call: Call<unknown, unknown, unknown>, deps: AppDeps): Promise<unknown>;
}

/** Checks the declaration's types. The server calls `handle` only with what the route's own schemas gave out. */
export function route<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType, R extends z.ZodType>(spec: RouteSpec<P, Q, B, R>): Route {
  return spec;
}

/** Whether a role may call the route. */
export function mayCall(route: RouteHead, role: Role): boolean {
  return route.access === 'public' || route.access[role];
}
