import { Ajv, type ValidateFunction } from 'ajv';
import { XMLParser } from 'fast-xml-parser';
import type { Exchange } from './ise-stand-in.client.js';

/** One operation of a published contract, ready to judge what was sent and answered. */
export interface Operation {
  method: string;
  path: RegExp;
  /** Null: it takes no body. */
  request: ValidateFunction | null;
  /** By status; null: documented, and without a schema. */
  answers: ReadonlyMap<string, ((body: string) => string[]) | null>;
}

interface OpenApi {
  paths: Record<string, Record<string, { requestBody?: unknown; responses: Record<string, AnswerOf> }>>;
  components: { schemas: Record<string, XmlSchema> };
}
interface AnswerOf {
  content?: Record<string, { schema: { $ref?: string } }>;
}
interface XmlSchema {
  xml?: { name?: string };
  properties?: Record<string, unknown>;
}

const ID = 'https://contract.test/openapi.json';

/** Cisco's OpenAPI of ERS: JSON both ways, judged by JSON Schema. */
export function ersContract(text: string): Operation[] {
  // The document's examples of numbers are texts, which is no concern of ours.
  const document = JSON.parse(text) as OpenApi;
  const ajv = new Ajv({ strict: false, validateSchema: false, validateFormats: false });
  ajv.addSchema(document, ID);
  const pointer = (...words: string[]): string =>
    `${ID}#/${words.map((one) => encodeURIComponent(one.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
  const judge = (...words: string[]): ValidateFunction => ajv.compile({ $ref: pointer(...words, 'schema') });
  return operationsOf(document, '/ers/config').map(({ path, method, operation, pattern }) => ({
    method: method.toUpperCase(),
    path: pattern,
    request: operation.requestBody ? judge('paths', path, method, 'requestBody', 'content', 'application/json') : null,
    answers: new Map(
      Object.entries(operation.responses).map(([status, answer]) => {
        if (!answer.content?.['application/json']) return [status, null];
        const validate = judge('paths', path, method, 'responses', status, 'content', 'application/json');
        return [status, (body) => (validate(JSON.parse(body)) ? [] : [ajv.errorsText(validate.errors)])];
      }),
    ),
  }));
}

/** Cisco's OpenAPI of MnT: XML, judged by its root and by the names of its elements. */
export function mntContract(document: OpenApi): Operation[] {
  return operationsOf(document, '/admin/API/mnt').map(({ method, operation, pattern }) => ({
    method: method.toUpperCase(),
    path: pattern,
    request: null,
    answers: new Map(
      Object.entries(operation.responses).map(([status, answer]) => {
        const name = answer.content?.['application/xml']?.schema.$ref?.split('/').at(-1);
        const schema = name === undefined ? undefined : document.components.schemas[name];
        return [status, schema ? (body) => xmlFaults(body, schema, name!) : null];
      }),
    ),
  }));
}

/** What of an exchange a contract does not have, each as one line. An operation that nobody documents is a fault too. */
export function contractFaults({ asked, answer }: Exchange, operations: readonly Operation[]): string[] {
  const where = `${asked.method} ${asked.path}`;
  // The newer contract has a trailing slash where its list ends, and no word on the one that is asked for a token.
  if (asked.path.endsWith('/versioninfo')) return [];
  const operation = operations.find(({ method, path }) => method === asked.method && path.test(asked.path));
  if (!operation) return [`${where}: not documented`];
  const { request, answers } = operation;
  const faults: string[] = [];
  if (request && !request(JSON.parse(asked.text))) {
    faults.push(...(request.errors ?? []).map(({ message }) => `${where}: request: ${message}`));
  }
  if (answer === null) return faults;
  if (!answers.has(`${answer.status}`)) return [...faults, `${where}: ${answer.status} is not documented`];
  const judge = answers.get(`${answer.status}`);
  return [...faults, ...(judge?.(answer.body ?? '') ?? []).map((one) => `${where}: answer: ${one}`)];
}

function operationsOf(document: OpenApi, base: string) {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      if (!operation.responses) return [];
      const pattern = new RegExp(`^${base}${path.replace(/\{[^}]+\}/g, '[^/]+')}$`);
      return [{ path, method, operation, pattern }];
    }),
  );
}

function xmlFaults(body: string, schema: XmlSchema, name: string): string[] {
  const parsed = new XMLParser({ ignoreAttributes: true, ignoreDeclaration: true }).parse(body) as Record<
    string,
    object
  >;
  const root = schema.xml?.name ?? name;
  const element = parsed[root];
  if (element === undefined) return [`the root is ${Object.keys(parsed).join(', ')}, not ${root}`];
  const unknown = Object.keys(element).filter((one) => !(one in (schema.properties ?? {})));
  return unknown.map((one) => `${root} has no ${one}`);
}
