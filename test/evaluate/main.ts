import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { evaluate } from './evaluation.client.js';

/**
 * `npm run evaluate [-- FOLDER ...]`: runs the weighing of risk-scoring over every recording below the folders (default:
 * `$LAZARET_DATA` or `../shared/data`) and prints what was found beside what others have been measured to find. Exit
 * status 0 only if every goal holds; 2 where there is nothing to read.
 */
const { positionals } = parseArgs({ allowPositionals: true });
const folders = positionals.length > 0 ? positionals : [process.env['LAZARET_DATA'] ?? '../shared/data'];
const { text, status } = evaluate(folders.map((folder) => resolve(folder)));
console.log(text);
process.exitCode = status;
