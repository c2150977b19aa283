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
  /** The kind of exporter, by what the names of its files have in common. */
  family: string;
  /** One, but for a file of NetFlow v5 that holds several. */
  datagrams: Uint8Array[];
}

/** Datagrams of other people's exporters, by file; none where shared/data is absent. */
export function recordedDatagrams(): RecordedFile[] {
  if (!existsSync(FOLDER)) return [];
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.dat'));
  return files.map((file) => ({
    file,
    family: file.replace(/_(data|tpl|opttpl|tpls|tplopt|tpldata|dpi)[\d-]*(_.*)?\.dat$/, '').replace(/\.dat$/, ''),
    datagrams: cutV5(readFileSync(`${FOLDER}/${file}`)),
  }));
}

/** Datagrams of NetFlow v5 end where their count says. */
function cutV5(bytes: Buffer): Uint8Array[] {
  const length = 24 + 48 * bytes.readUInt16BE(2);
  if (bytes.readUInt16BE(0) !== 5 || length >= bytes.length) return [bytes];
  return [bytes.subarray(0, length), ...cutV5(bytes.subarray(length))];
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
