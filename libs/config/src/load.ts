import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { z } from 'zod';

/** One thing that is wrong with a configuration: where it is, what it is. Never the value: it may be a secret. */
export interface ConfigProblem {
  path: string;
  message: string;
}

/** A configuration that can't be used. The message lists every problem by name, so that one edit mends them all. */
export class ConfigError extends Error {
  readonly code = 'invalid-config';
  readonly retry = 'permanent' as const;

  constructor(
    readonly file: string,
    readonly problems: ConfigProblem[],
  ) {
    super(`${file}: ${problems.map((p) => `${p.path}: ${p.message}`).join('; ')}`);
    this.name = 'ConfigError';
  }
}

/** Where the service finds its database (its own role) and the broker. From the environment, as they hold secrets. */
export interface Connections {
  databaseUrl: string;
  kafkaBrokers: string[];
}

const connections = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  KAFKA_BROKERS: z.string().regex(/^[^,\s:]+:\d+(,[^,\s:]+:\d+)*$/, 'expected host:port, comma separated'),
});

/**
 * Reads the YAML file that `LAZARET_CONFIG` names, once, and checks it against a strict schema together with the
 * environment. Throws a ConfigError that names every problem of both.
 */
export function loadConfig<S extends z.ZodType<object>>(schema: S, env = process.env): z.output<S> & Connections {
  const file = env['LAZARET_CONFIG'];
  const problems: ConfigProblem[] = [];
  const environment = connections.safeParse(env);
  if (!environment.success) problems.push(...environment.error.issues.map(named));
  if (!file) problems.push({ path: 'LAZARET_CONFIG', message: 'not set: name the YAML file of this service' });
  const parsed = file ? parseConfig(schema, readText(file, problems), problems) : undefined;
  if (problems.length > 0 || !parsed || !environment.success) throw new ConfigError(file ?? 'environment', problems);
  const { DATABASE_URL: databaseUrl, KAFKA_BROKERS: brokers } = environment.data;
  return { ...parsed, databaseUrl, kafkaBrokers: brokers.split(',') };
}

/** Checks YAML text against a schema; problems are added to the list, and nothing is returned if there is one. */
export function parseConfig<S extends z.ZodType<object>>(
  schema: S,
  text: string | undefined,
  problems: ConfigProblem[],
): z.output<S> | undefined {
  if (text === undefined) return undefined;
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true });
  for (const error of document.errors) problems.push({ path: `offset ${error.pos[0]}`, message: error.message });
  if (document.errors.length > 0) return undefined;
  const result = schema.safeParse(document.toJS() ?? {});
  if (result.success) return result.data;
  problems.push(...result.error.issues.map(named));
  return undefined;
}

function readText(file: string, problems: ConfigProblem[]): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    problems.push({ path: file, message: `can't be read (${(error as NodeJS.ErrnoException).code})` });
    return undefined;
  }
}

function named(issue: z.core.$ZodIssue): ConfigProblem {
  const path = issue.path.map(String).join('.') || '(top level)';
  return { path, message: issue.message };
}

/** One variable of the environment; undefined when it is not set or empty. Everybody else asks here. */
export function fromEnvironment(name: string, env = process.env): string | undefined {
  return env[name] || undefined;
}
