/** A JSON Schema as a table that a person can read: one line per field, nested fields with their path. */
import { refName } from '../openapi.ts';
import type { JsonSchema } from '../openapi.ts';
import { EMPTY, html, prose } from '../../../base/html.ts';
import type { Html } from '../../../base/html.ts';

const asSchema = (value: unknown): JsonSchema => (typeof value === 'object' && value !== null ? (value as JsonSchema) : {});
const listOf = (value: unknown): JsonSchema[] => (Array.isArray(value) ? value.map(asSchema) : []);
const propertiesOf = (schema: JsonSchema): [string, JsonSchema][] => Object.entries(asSchema(schema.properties)).map(([name, property]) => [name, asSchema(property)]);
const alternativesOf = (schema: JsonSchema): JsonSchema[] => [...listOf(schema.anyOf), ...listOf(schema.oneOf)];
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function isBilingual(schema: JsonSchema): boolean {
  const names = propertiesOf(schema).map(([name]) => name);
  return names.length === 2 && names.includes('zh') && names.includes('en');
}

function range(schema: JsonSchema, low: string, high: string, unit = ''): string {
  const from = schema[low];
  const to = schema[high];
  // JavaScript's own limits of whole numbers say nothing to a reader.
  const shown = (value: unknown): value is number => typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER;
  if (shown(from) && shown(to)) return ` ${from}–${to}${unit}`;
  if (shown(from)) return ` ≥ ${from}${unit}`;
  return shown(to) ? ` ≤ ${to}${unit}` : '';
}

/** The type in a few words, with links to named schemas. */
export function typeOf(schema: JsonSchema): Html {
  const name = refName(schema);
  if (name !== undefined) return html`<a href="#schema-${name}">${name}</a>`;
  if (Array.isArray(schema.enum)) return html`${schema.enum.map(String).join(' | ')}`;
  if (schema.const !== undefined) return html`${JSON.stringify(schema.const)}`;
  const alternatives = alternativesOf(schema);
  if (alternatives.length > 4) return html`one of ${alternatives.length} forms`;
  if (alternatives.length > 0) return alternatives.map(typeOf).reduce((left, right) => (left.markup === right.markup ? left : html`${left} <span class="soft">or</span> ${right}`));
  if (schema.type === 'array') return html`list${range(schema, 'minItems', 'maxItems')} of ${typeOf(asSchema(schema.items))}`;
  if (isBilingual(schema)) return html`{zh, en}`;
  if (schema.type === 'object') {
    const values = schema.additionalProperties;
    return typeof values === 'object' ? html`object: name → ${typeOf(asSchema(values))}` : html`object`;
  }
  if (schema.type === 'string') return html`${textOf(schema.format) === '' ? 'text' : textOf(schema.format)}${range(schema, 'minLength', 'maxLength', ' characters')}`;
  if (schema.type === 'integer' || schema.type === 'number') return html`${schema.type === 'integer' ? 'whole number' : 'number'}${range(schema, 'minimum', 'maximum')}`;
  return html`${schema.type === undefined ? 'any JSON' : textOf(schema.type)}`;
}

export function wordsOf(schema: JsonSchema): Html {
  const en = textOf(schema.description);
  const zh = textOf(schema['x-description-zh']);
  return html`${prose(en)}${en !== '' && zh !== '' ? html`<br>` : EMPTY}${zh === '' ? EMPTY : html`<span class="soft" lang="zh">${zh}</span>`}`;
}

/** The object behind a field that is one, a list of them, or one or null. */
function innerObject(schema: JsonSchema): { readonly object: JsonSchema; readonly suffix: string } | undefined {
  if (refName(schema) !== undefined || isBilingual(schema)) return undefined;
  if (schema.type === 'object' && schema.properties !== undefined) return { object: schema, suffix: '' };
  if (schema.type === 'array') {
    const inner = innerObject(asSchema(schema.items));
    return inner === undefined ? undefined : { object: inner.object, suffix: `[]${inner.suffix}` };
  }
  if (typeof schema.additionalProperties === 'object') {
    const inner = innerObject(asSchema(schema.additionalProperties));
    return inner === undefined ? undefined : { object: inner.object, suffix: `.*${inner.suffix}` };
  }
  const real = alternativesOf(schema).filter((alternative) => alternative.type !== 'null');
  return real.length === 1 ? innerObject(real[0]) : undefined;
}

function rows(schema: JsonSchema, prefix: string, depth: number): Html[] {
  const required = Array.isArray(schema.required) ? schema.required : [];
  return propertiesOf(schema).flatMap(([name, property]) => {
    const path = `${prefix}${name}`;
    const initial = property.default === undefined ? EMPTY : html` <span class="soft">= ${JSON.stringify(property.default)}</span>`;
    const must = required.includes(name) && property.default === undefined ? html`<span class="must" title="required">*</span>` : EMPTY;
    const own = html`<tr><td><code>${path}</code>${must}</td><td>${typeOf(property)}${initial}</td><td>${wordsOf(property)}</td></tr>`;
    const inner = depth > 0 ? innerObject(property) : undefined;
    return inner === undefined ? [own] : [own, ...rows(inner.object, `${path}${inner.suffix}.`, depth - 1)];
  });
}

const HEAD = html`<thead><tr><th>field 字段</th><th>type 类型</th><th>meaning 含义</th></tr></thead>`;

/** A table of fields, or the alternatives one below the other. */
export function schemaTable(schema: JsonSchema): Html {
  const alternatives = alternativesOf(schema);
  if (propertiesOf(schema).length > 0) return html`<div class="wide"><table>${HEAD}<tbody>${rows(schema, '', 3)}</tbody></table></div>`;
  if (alternatives.every((alternative) => propertiesOf(alternative).length === 0 && alternativesOf(alternative).length === 0)) return html`<p>${typeOf(schema)}</p>`;
  return html`${alternatives.map((alternative) => schemaTable(alternative))}`;
}
