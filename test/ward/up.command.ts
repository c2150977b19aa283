/**
 * Brings the ward up by hand and keeps it until Ctrl-C: `node dist/test/ward/up.command.js [DIRECTORY]`.
 *
 * It has IPFIX on, the MRI at work, and prints how to enter a host.
 */
import { mkdtempSync } from 'node:fs';
import { startWard } from './start.js';

const dir = process.argv[2] ?? mkdtempSync('/tmp/lazaret-ward-');
const ward = await startWard({ dir, log: (message) => console.log(message) });
await ward.exportIpfix();
await ward.startModality('mri');
console.log(`directory ${dir}`);
console.log(`a shell in the MRI: ${ward.enter('mri').join(' ')} bash`);
console.log('Ctrl-C ends it');
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void ward.stop());
await ward.ended;
