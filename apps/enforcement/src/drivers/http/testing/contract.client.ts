import { existsSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import type { PeerRequest } from './https-peer.client.js';

interface Operation {
  requestBody?: { $ref?: string; content?: Record<string, { schema: object }> };
}
interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: object; requestBodies?: Record<string, Operation['requestBody']> };
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
    const known = Object.keys(this.api.paths).find((template) => matches(template, path));
    const operation = known === undefined ? undefined : this.api.paths[known]?.[method.toLowerCase()];
    if (!operation) return [`${method} ${path} is not described`];
    const schema = this.bodyOf(operation)?.content?.['application/json']?.schema;
    if (!schema || text === '') return [];
    const ajv = new Ajv({ strict: false, validateFormats: false, logger: false });
    ajv.addSchema({ $id: 'api', components: this.api.components });
    const check = ajv.compile(
      JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"api#/components')) as object,
    );
    if (check(JSON.parse(text))) return [];
    return (check.errors ?? []).map((error) => `${method} ${path}: ${error.instancePath} ${error.message}`);
  }

  private bodyOf({ requestBody }: Operation): Operation['requestBody'] {
    const name = requestBody?.$ref?.split('/').at(-1);
    return name === undefined ? requestBody : this.api.components.requestBodies?.[name];
  }
}

function matches(template: string, path: string): boolean {
  const pattern = template.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+');
  return new RegExp(`^${pattern}$`).test(path);
}
