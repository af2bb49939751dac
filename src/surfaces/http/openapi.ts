/** The OpenAPI 3.1 document, made from the route table: the schemas in it are the ones that check. */
import { z } from 'zod';
import { EXAMPLES } from './examples.ts';
import type { Route } from './route.ts';
import { mayCall } from './route.ts';
import { conditionSchema } from '../../conditions/schema.ts';
import { errorSchema, jsonValue } from './schemas/common.ts';
import { eventSchema } from './schemas/events.ts';
import { versionLineSchema } from './schemas/models.ts';
import { tagViewSchema } from './schemas/tags.ts';
import { ROLES } from '../../store/repositories/apiKeys.ts';

export type JsonSchema = Record<string, unknown>;

export interface OpenApi extends Record<string, unknown> {
  readonly openapi: '3.1.0';
  readonly paths: Record<string, Record<string, unknown>>;
  readonly components: { readonly schemas: Record<string, JsonSchema>; readonly securitySchemes: unknown };
}

/** What documents refer to by name instead of repeating it. */
const REQUEST_PARTS = { Condition: conditionSchema, Event: eventSchema, JsonValue: jsonValue } as const;
const RESPONSE_PARTS = { Error: errorSchema, Tag: tagViewSchema, ModelVersionLine: versionLineSchema, JsonValue: jsonValue } as const;

const PREFIX = '#/components/schemas/';
export const refName = (schema: JsonSchema): string | undefined => (typeof schema.$ref === 'string' && schema.$ref.startsWith(PREFIX) ? schema.$ref.slice(PREFIX.length) : undefined);
const ref = (name: string): JsonSchema => ({ $ref: `${PREFIX}${name}` });
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const requestName = (route: Route): string => `${capital(route.id)}Request`;
export const responseName = (route: Route): string => `${capital(route.id)}Response`;

/** All named schemas of one direction: `input` for what is sent to us, `output` for what we send. */
function components(named: readonly (readonly [string, z.ZodType])[], io: 'input' | 'output'): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of named) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => `${PREFIX}${id}`, io, target: 'draft-2020-12', reused: 'inline' });
  return Object.fromEntries(Object.entries(schemas).map(([name, { $id: _id, $schema: _schema, ...schema }]) => [name, schema as JsonSchema]));
}

function parameters(route: Route): unknown[] {
  return (['path', 'query'] as const).flatMap((place) => {
    const object = z.toJSONSchema(place === 'path' ? route.params : route.query, { io: 'input' });
    const required = object.required ?? [];
    return Object.entries(object.properties ?? {}).map(([name, schema]) => {
      const { description, ...rest } = schema as JsonSchema;
      return { name, in: place, required: required.includes(name), ...(description === undefined ? {} : { description }), schema: rest };
    });
  });
}

function operation(route: Route): Record<string, unknown> {
  const example = EXAMPLES[route.id];
  const type = { html: 'text/html', file: 'application/octet-stream', json: 'application/json' }[route.produces ?? 'json'];
  const answer = route.produces === 'html' ? { schema: { type: 'string' } } : route.produces === 'file' ? { schema: { type: 'string', format: 'binary' } } : { schema: ref(responseName(route)), ...(example?.response === undefined ? {} : { example: example.response }) };
  const failure = (description: string): unknown => ({ description, content: { 'application/json': { schema: ref('Error') } } });
  return {
    operationId: route.id,
    tags: [route.group],
    summary: route.summary.en,
    'x-summary-zh': route.summary.zh,
    ...(route.description === undefined ? {} : { description: route.description.en, 'x-description-zh': route.description.zh }),
    security: route.access === 'public' ? [] : [{ apiKey: [] }],
    'x-roles': route.access === 'public' ? ['public'] : ROLES.filter((role) => mayCall(route, role)),
    parameters: parameters(route),
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: !route.body.safeParse(undefined).success, content: { 'application/json': { schema: ref(requestName(route)), ...(example?.body === undefined ? {} : { example: example.body }) }, ...(route.takesCsv === true ? { 'text/csv': { schema: { type: 'string' } } } : {}) } } }),
    responses: {
      200: { description: 'The answer.', content: { [type]: answer } },
      ...(route.access === 'public' ? {} : { 401: failure('There is no valid key.'), 403: failure('The role of the key may not use this route.') }),
      default: failure('What failed, and what to do.'),
    },
  };
}

export function openApiDocument(routes: readonly Route[], version: string): OpenApi {
  const requests = routes.flatMap((route) => (route.body === undefined ? [] : [[requestName(route), route.bodyDocument ?? route.body] as const]));
  const responses = routes.filter(({ produces }) => produces !== 'html' && produces !== 'file').map((route) => [responseName(route), route.response] as const);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operation(route);
  return {
    openapi: '3.1.0',
    info: { title: 'Tagcast', version, description: 'Predictive customer tags: profiles, tags, segments, models and events.' },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: { ...components([...Object.entries(REQUEST_PARTS), ...requests], 'input'), ...components([...Object.entries(RESPONSE_PARTS), ...responses], 'output') },
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', bearerFormat: 'pk_…', description: 'A key of `tagcast keys create`.' } },
    },
  };
}
