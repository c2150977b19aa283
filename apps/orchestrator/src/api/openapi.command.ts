import { readFileSync, writeFileSync } from 'node:fs';
import { openApiDocument } from './openapi.js';

const FILE = 'docs/api/openapi.json';

/** Writes the OpenAPI document; with `--check` it only says whether the committed one has drifted, and exits with 1. */
function main(check: boolean): void {
  const text = `${JSON.stringify(openApiDocument(), null, 2)}\n`;
  let committed = '';
  try {
    committed = readFileSync(FILE, 'utf8');
  } catch {
    // It is written now for the first time.
  }
  if (committed === text) return;
  if (check) {
    console.error(`${FILE} has drifted: run npm run generate`);
    process.exitCode = 1;
  } else {
    writeFileSync(FILE, text);
  }
}

main(process.argv.includes('--check'));
