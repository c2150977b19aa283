import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { ExporterOptions } from './exporter-options.js';
import type { ExportState } from './message.js';
import { TemplateStore } from './template-store.js';

/** What a decoder knows of an exporter that has said nothing yet. */
export function newState(exporter = '10.99.0.2', templates = new TemplateStore()): ExportState {
  return { exporter, templates, options: new ExporterOptions() };
}

const FOLDER = new URL('../../../../../../shared/data/netflow', import.meta.url).pathname;

export interface RecordedFile {
  file: string;
  bytes: Uint8Array;
}

/** Datagrams of other people's exporters, by file; none where shared/data is absent. Templates come first. */
export function recordedDatagrams(): RecordedFile[] {
  if (!existsSync(FOLDER)) return [];
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.dat'));
  return files.map((file) => ({ file, bytes: readFileSync(`${FOLDER}/${file}`) }));
}

/** A recorded stream: each datagram behind its length in 32 bits. */
export function recordedStreams(): { file: string; datagrams: Uint8Array[] }[] {
  if (!existsSync(`${FOLDER}/streams`)) return [];
  return readdirSync(`${FOLDER}/streams`).map((file) => {
    const bytes = readFileSync(`${FOLDER}/streams/${file}`);
    const datagrams: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += 4 + bytes.readUInt32BE(at)) {
      datagrams.push(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at)));
    }
    return { file, datagrams };
  });
}
