/** The API documentation as one plain page: made here, so that it needs no script and nothing from anywhere else. */
import { ERROR_TABLE } from "../errors.ts";
import type { Endpoint, JsonSchema } from "./endpoint.ts";
import { tagOf } from "./openapi.ts";

export const DOCS_STYLE = `
:root { color-scheme: light dark; --line: #8885; --soft: #8881; --mono: ui-monospace, monospace; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); text-transform: capitalize; }
code, .path { font-family: var(--mono); font-size: 0.9em; overflow-wrap: anywhere; }
details { border: 1px solid var(--line); border-radius: 6px; margin: 0.5rem 0; }
summary { padding: 0.5rem 0.75rem; cursor: pointer; }
summary:focus-visible { outline: 3px solid Highlight; }
details > div { padding: 0 0.75rem 0.75rem; overflow-x: auto; }
.method { display: inline-block; min-width: 4.5rem; font-weight: 700; font-family: var(--mono); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.6rem; border-bottom: 1px solid var(--line); }
pre { background: var(--soft); padding: 0.75rem; border-radius: 6px; overflow-x: auto; }
nav a { margin-right: 1rem; text-transform: capitalize; }
`;

export interface DocsOptions {
  readonly version: string;
  readonly serverUrl: string;
}

/** The page; its style sheet is `DOCS_STYLE`, served beside it, so that the strictest content policy lets it in. */
export function docsPage(endpoints: readonly Endpoint[], options: DocsOptions): string {
  const tags = [...new Set(endpoints.map(tagOf))].sort();
  const sections = tags.map((tag) => {
    const own = endpoints.filter((endpoint) => tagOf(endpoint) === tag);
    return `<section aria-labelledby="${tag}"><h2 id="${tag}">${tag}</h2>${own.map(operationHtml).join("")}</section>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Masker API</title><link rel="stylesheet" href="${escapeHtml(options.serverUrl)}/docs/style.css"></head>
<body><main><h1>Masker API</h1>
<p>Version ${escapeHtml(options.version)}. Base URL <code>${escapeHtml(options.serverUrl)}</code>.
The same as <a href="${escapeHtml(options.serverUrl)}/openapi.json">OpenAPI 3.1</a>.</p>
<p>Send an API token: <code>Authorization: Bearer msk_...</code>, or the <code>masker_session</code> cookie of a signed-in
person. Bodies are JSON in UTF-8, times are ISO 8601 UTC, lists answer <code>{"data": [...], "next_cursor": ...}</code> and
take <code>limit</code> (1 to 100, default 25) and <code>cursor</code>. Log the <code>X-Request-Id</code> of answers.</p>
<nav aria-label="Sections">${tags.map((tag) => `<a href="#${tag}">${tag}</a>`).join("")}<a href="#errors">errors</a></nav>
${sections.join("\n")}
<section aria-labelledby="errors"><h2 id="errors">Errors</h2>
<pre>{"error": {"code": "...", "message": "...", "request_id": "req_...", "details": [{"path": "...", "message": "..."}]}}</pre>
<table><thead><tr><th>code</th><th>HTTP</th><th>message</th></tr></thead><tbody>${errorRows()}</tbody></table></section>
</main></body></html>`;
}

function errorRows(): string {
  return Object.entries(ERROR_TABLE)
    .map(
      ([code, row]) =>
        `<tr><td><code>${code}</code></td><td>${row.status}</td><td>${escapeHtml(row.message)}</td></tr>`,
    )
    .join("");
}

function operationHtml(endpoint: Endpoint): string {
  const { rest, input, output } = endpoint;
  const status = rest.status ?? 200;
  return `<details id="${endpoint.name}"><summary><span class="method">${rest.method}</span>
<span class="path">${escapeHtml(rest.path)}</span><br>${escapeHtml(rest.summary)}</summary><div>
<p>Needs: <code>${rest.access}</code>${rest.adminOnly ? ", role <code>admin</code>" : ""}. Answers <code>${status}</code>.</p>
${input ? `<h4>Takes</h4>${fieldsHtml(input, endpoint)}` : ""}
${status !== 204 && output ? `<h4>Answers</h4><pre>${escapeHtml(JSON.stringify(output, null, 2))}</pre>` : ""}</div></details>`;
}

function fieldsHtml(schema: JsonSchema, endpoint: Endpoint): string {
  const required = new Set((schema.required ?? []) as string[]);
  const rows = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>).map(([name, field]) => {
    const place = endpoint.pathParameters.includes(name) ? "path" : endpoint.rest.method === "GET" ? "query" : "body";
    return `<tr><td><code>${escapeHtml(name)}</code></td><td>${place}${required.has(name) ? ", required" : ""}</td>
<td><code>${escapeHtml(JSON.stringify(field))}</code></td></tr>`;
  });
  return `<table><thead><tr><th>field</th><th>in</th><th>schema</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
