/** The docs page: one HTML document without scripts, made from the route table and the OpenAPI document. */
import { createHash } from 'node:crypto';
import { ROLES } from '../../../store/repositories/apiKeys.ts';
import { EXAMPLES } from '../examples.ts';
import type { Example } from '../examples.ts';
import { openApiDocument, requestName, responseName } from '../openapi.ts';
import type { OpenApi } from '../openapi.ts';
import { mayCall, ROUTE_GROUPS } from '../route.ts';
import type { Route, RouteGroup } from '../route.ts';
import { ERROR_TABLE } from '../../../base/errors.ts';
import { z } from 'zod';
import { EMPTY, html, prose } from '../../../base/html.ts';
import type { Html } from '../../../base/html.ts';
import { schemaTable, typeOf, wordsOf } from './schemaTable.ts';
import { STYLE } from './style.ts';

/** Nothing may be loaded or run; the style sheet is let in by its hash. */
export const DOCS_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const ROLE_LABELS = { admin: '管理员', data_scientist: '数据科学', marketer: '营销', service: '服务' } as const;

const json = (value: unknown): string => JSON.stringify(value, null, 2);
const both = ({ zh, en }: { zh: string; en: string }): Html => html`<p>${prose(en)}<br><span class="soft" lang="zh">${prose(zh)}</span></p>`;

/** The call as one can paste it; `$TAGCAST` is the address and `$KEY` the key. */
export function curlOf(route: Route, example: Example): string {
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(example.path?.[name] ?? name));
  const query = new URLSearchParams(example.query).toString();
  const parts = [`curl -s "$TAGCAST${path}${query === '' ? '' : `?${query}`}"`];
  if (route.access !== 'public') parts.push(`-H "Authorization: Bearer $KEY"`);
  // What curl would choose by itself: GET without a body, POST with one.
  if (route.method !== (example.body === undefined ? 'get' : 'post')) parts.push(`-X ${route.method.toUpperCase()}`);
  if (example.body !== undefined) parts.push(`-H 'Content-Type: application/json'`, `-d '${json(example.body).replaceAll("'", "'\\''")}'`);
  return parts.join(' \\\n  ');
}

function roles(route: Route): Html {
  if (route.access === 'public') return html`<p class="roles"><span class="role">no key needed 无需密钥</span></p>`;
  return html`<p class="roles">${ROLES.map((role) => html`<span class="role${mayCall(route, role) ? '' : ' no'}">${role} ${ROLE_LABELS[role]}</span>`)}</p>`;
}

function parameters(route: Route): Html {
  const rows = ([['path', route.params], ['query', route.query]] as const).flatMap(([place, schema]) =>
    Object.entries(z.toJSONSchema(schema, { io: 'input' }).properties ?? {}).map(([name, property]) => {
      const field = property as Record<string, unknown>;
      return html`<tr><td><code>${name}</code></td><td>${place}</td><td>${typeOf(field)}</td><td>${wordsOf(field)}</td></tr>`;
    }),
  );
  return rows.length === 0 ? EMPTY : html`<h4>Parameters 参数</h4><div class="wide"><table><thead><tr><th>name 名称</th><th>place 位置</th><th>type 类型</th><th>meaning 含义</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function routeSection(route: Route, document: OpenApi): Html {
  const example = EXAMPLES[route.id] ?? {};
  const { schemas } = document.components;
  const request = schemas[requestName(route)];
  const response = schemas[responseName(route)];
  return html`<section class="route" id="${route.id}">
<div class="line"><span class="method ${route.method}">${route.method}</span> <span class="path">${route.path}</span></div>
<h3>${route.summary.en} <span class="soft" lang="zh">${route.summary.zh}</span></h3>
${route.description === undefined ? EMPTY : both(route.description)}
${roles(route)}
${parameters(route)}
${example.body === undefined || request === undefined ? EMPTY : html`<h4>Body 请求体</h4>${schemaTable(request)}`}
<h4>Example 示例</h4><pre><code>${curlOf(route, example)}</code></pre>
${example.response === undefined ? EMPTY : html`<details><summary>Answer 返回示例</summary><pre><code>${json(example.response)}</code></pre></details>`}
${response === undefined || example.response === undefined ? EMPTY : html`<details><summary>Fields of the answer 返回字段</summary>${schemaTable(response)}</details>`}
</section>`;
}

function errorTable(): Html {
  const rows = Object.entries(ERROR_TABLE).map(([code, { status }]) => html`<tr><td><code>${code}</code></td><td>${status}</td></tr>`);
  return html`<details><summary>All codes 全部错误代码</summary><table><thead><tr><th>code</th><th>status</th></tr></thead><tbody>${rows}</tbody></table></details>`;
}

const ERROR_EXAMPLE = {
  error: {
    code: 'unknown_name', message: 'The condition names 1 thing that the catalogue does not have: tag "churn_prob_9d" (did you mean churn_prob_90d?).',
    hint: 'Run `tagcast tags list` for the tags and their bands.', requestId: '1f0c6f0e-6f0e-4a55-9a1c-0c2f6b8f4a55',
  },
};

const SHARED = ['Condition', 'Event', 'Tag', 'ModelVersionLine', 'JsonValue'] as const;

/** The whole page. */
export function docsPage(routes: readonly Route[], version: string): string {
  const document = openApiDocument(routes, version);
  const groups = (Object.keys(ROUTE_GROUPS) as RouteGroup[]).map((group) => ({ group, label: ROUTE_GROUPS[group], own: routes.filter((route) => route.group === group) }));
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Tagcast HTTP API</title><style>${{ markup: STYLE }}</style></head>
<body><div class="page">
<nav><strong>Tagcast HTTP API</strong>
${groups.map(({ label, own }) => html`<h2>${label.en} ${label.zh}</h2><ul>${own.map((route) => html`<li><a href="#${route.id}">${route.summary.en}</a></li>`)}</ul>`)}
<h2>Shared 公共</h2><ul><li><a href="#errors">Errors 错误</a></li>${SHARED.map((name) => html`<li><a href="#schema-${name}">${name}</a></li>`)}</ul></nav>
<main><h1>Tagcast HTTP API <span class="soft">${version}</span></h1>
<p>Every call but those of System needs a key: <code>Authorization: Bearer pk_…</code>. <code>tagcast keys create</code> makes one and shows it once. The same interface for machines: <a href="/openapi.json">/openapi.json</a>.<br>
<span class="soft" lang="zh">除“系统”外的每次调用都需要密钥，用 <code>tagcast keys create</code> 创建，只显示一次。机器可读版本见 /openapi.json。</span></p>
<pre><code>export TAGCAST=http://127.0.0.1:8080
export KEY=pk_…</code></pre>
${groups.map(({ label, own }) => html`<h2>${label.en} <span class="soft" lang="zh">${label.zh}</span></h2>${own.map((route) => routeSection(route, document))}`)}
<h2 id="errors">Errors <span class="soft" lang="zh">错误</span></h2>
<p>Every failure has this shape; <code>code</code> is stable, <code>hint</code> says what to do. Unknown fields are refused, never ignored.<br><span class="soft" lang="zh">所有错误格式一致：code 稳定，hint 说明下一步。未知字段会被拒绝，不会被忽略。</span></p>
<pre><code>${json(ERROR_EXAMPLE)}</code></pre>${errorTable()}
<h2>Shared schemas <span class="soft" lang="zh">公共结构</span></h2>
${SHARED.map((name) => html`<section class="route" id="schema-${name}"><h3>${name}</h3>${schemaTable(document.components.schemas[name] ?? {})}</section>`)}
</main></div></body></html>
`;
  return page.markup;
}
