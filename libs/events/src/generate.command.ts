import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncApiDocument, jsonSchemas } from './documents.js';

/** The committed documents, by path below `docs/api`. */
export function documents(): Record<string, string> {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const text = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  const made: Record<string, string> = { 'asyncapi.json': text(asyncApiDocument(version)) };
  for (const [name, schema] of Object.entries(jsonSchemas())) made[`schemas/${name}.json`] = text(schema);
  return made;
}

/** Writes AsyncAPI and JSON Schema to `docs/api`; with `--check` it only says what has drifted, and exits with 1. */
function main(check: boolean): void {
  const folder = join('docs', 'api');
  mkdirSync(join(folder, 'schemas'), { recursive: true });
  const wanted = documents();
  const onDisk = (path: string): string | undefined => {
    try {
      return readFileSync(join(folder, path), 'utf8');
    } catch {
      return undefined;
    }
  };
  const drifted = Object.keys(wanted).filter((path) => onDisk(path) !== wanted[path]);
  const leftOver = readdirSync(join(folder, 'schemas')).filter((file) => !(`schemas/${file}` in wanted));
  if (check) {
    for (const path of [...drifted, ...leftOver]) console.error(`docs/api/${path} has drifted: run npm run generate`);
    process.exitCode = drifted.length + leftOver.length > 0 ? 1 : 0;
    return;
  }
  for (const path of drifted) writeFileSync(join(folder, path), wanted[path] ?? '');
}

main(process.argv.includes('--check'));
