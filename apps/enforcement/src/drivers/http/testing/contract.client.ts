import { existsSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import type { PeerAnswer, PeerRequest } from './https-peer.client.js';

interface Body {
  $ref?: string;
  content?: Record<string, { schema: object }>;
}
interface Operation {
  requestBody?: Body;
  responses: Record<string, Body>;
}
interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: object; requestBodies?: Record<string, Body>; responses?: Record<string, Body> };
}

const shared = process.env['LAZARET_DATA'] ?? new URL('../../../../../../../shared/data', import.meta.url).pathname;

/** Where a published contract is, if this machine has it. */
export function contractFile(name: string): string | null {
  const path = `${shared}/nac/${name}`;
  return existsSync(path) ? path : null;
}

/** A vendor's published description, by which the spelling of our requests is checked. */
export class Contract {
  private readonly api: OpenApi;

  constructor(path: string) {
    this.api = JSON.parse(readFileSync(path, 'utf8')) as OpenApi;
  }

  /** What is wrong with a request by this contract; empty: nothing. */
  problems({ method, path, text }: PeerRequest): string[] {
    const operation = this.operation(method, path);
    if (!operation) return [`${method} ${path} is not described`];
    const body = operation.requestBody;
    return this.misfits(
      `${method} ${path}`,
      body?.$ref ? this.api.components.requestBodies?.[last(body.$ref)] : body,
      text,
    );
  }

  /** What is wrong with an answer by this contract. */
  answerProblems({ method, path }: PeerRequest, { status, body = '' }: PeerAnswer): string[] {
    const described = this.operation(method, path)?.responses[`${status}`];
    if (!described) return [`${method} ${path} is not answered with ${status}`];
    const response = described.$ref ? this.api.components.responses?.[last(described.$ref)] : described;
    return this.misfits(`${status} to ${method} ${path}`, response, body);
  }

  private operation(method: string, path: string): Operation | undefined {
    // A path that is spelled out comes before one with a parameter in its place.
    const templates = Object.keys(this.api.paths).sort((a, b) => a.split('{').length - b.split('{').length);
    const known = templates.find((template) => matches(template, path));
    return known === undefined ? undefined : this.api.paths[known]?.[method.toLowerCase()];
  }

  private misfits(what: string, body: Body | undefined, text: string): string[] {
    const schema = body?.content?.['application/json']?.schema;
    if (!schema || text === '') return [];
    const ajv = new Ajv({ strict: false, validateFormats: false, logger: false });
    ajv.addSchema({ $id: 'api', components: this.api.components });
    const check = ajv.compile(
      JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"api#/components')) as object,
    );
    if (check(JSON.parse(text))) return [];
    return (check.errors ?? []).map((error) => `${what}: ${error.instancePath} ${error.message}`);
  }
}

function last(ref: string): string {
  return ref.split('/').at(-1) ?? '';
}

function matches(template: string, path: string): boolean {
  const pattern = template.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+');
  return new RegExp(`^${pattern}$`).test(path);
}
