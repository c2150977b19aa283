import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EveReader } from '../eve/eve-line.js';
import { LineSplitter } from '../line-splitter.js';
import { ZEEK_LOGS, ZeekReader, type ZeekLog } from '../zeek/zeek-line.js';
import { MAX_LONG_LINE } from './followed-file.client.js';
import type { LineReader, LineResult } from './line-fact.js';

const FOLDERS = ['mirai', 'benign-day', 'nmap', 'attacked-from-outside', 'rita-proxy', 'dhcp-radius', 'suricata'];
const data = [process.env['LAZARET_DATA'] ?? '', join(process.cwd(), '../shared/data')].find((path) =>
  FOLDERS.some((folder) => path !== '' && existsSync(join(path, folder))),
);

/** Lines that can't be read, each with why it is right to refuse it. */
const EXPLAINED: Record<string, string> = {
  'dhcp-radius/zeek-logs/scripts.base.protocols.dhcp.dhcp-max-tracked-transactions/dhcp.log no-header':
    'a baseline of Zeek’s own tests whose header has no #',
};

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

function readerOf(path: string): LineReader | undefined {
  const name = basename(path);
  if (/^(eve|.*\.suricata)\.json$/.test(name)) return new EveReader();
  const log = /^([a-z]+)\d*\.log(\.labeled)?$/.exec(name)?.[1];
  return ZEEK_LOGS.some((one) => one === log) ? new ZeekReader(log as ZeekLog) : undefined;
}

function linesOf(path: string): string[] {
  // Zeek's own tests have their times blotted out.
  const text = readFileSync(path, 'latin1').replaceAll('XXXXXXXXXX.XXXXXX', '1600000000.000000');
  return new LineSplitter(0, MAX_LONG_LINE).push(Buffer.from(text, 'latin1')).map((line) => line.text);
}

function nameOf(result: LineResult): string {
  return result.kind === 'taken' ? `taken ${result.fact.kind}` : `${result.kind} ${result.reason}`;
}

const recorded = (data === undefined ? [] : FOLDERS.filter((folder) => existsSync(join(data, folder))))
  .flatMap((folder) => files(join(data ?? '', folder)))
  .flatMap((path) => {
    const reader = readerOf(path);
    return reader ? [{ name: path.slice((data ?? '').length + 1), path, reader }] : [];
  });

describe('recorded logs of Zeek and Suricata', () => {
  if (recorded.length === 0) {
    it.skip('(shared/data is not here: nothing to read)', () => undefined);
    return;
  }

  it('are read to the last line, each taken or counted with its reason', () => {
    const counts = new Map<string, Map<string, number>>();
    for (const { name, path, reader } of recorded) {
      const ofFile = new Map<string, number>();
      for (const line of linesOf(path)) {
        const what = nameOf(reader.take(line));
        ofFile.set(what, (ofFile.get(what) ?? 0) + 1);
      }
      counts.set(name, ofFile);
    }
    const rows = [...counts].map(([name, ofFile]) => {
      const parts = [...ofFile].sort(([a], [b]) => a.localeCompare(b)).map(([what, count]) => `${what} ${count}`);
      return `${name}: ${parts.join(', ')}`;
    });
    process.stdout.write(`${rows.join('\n')}\n`);
    const unexplained = [...counts].flatMap(([name, ofFile]) =>
      [...ofFile.keys()]
        .filter((what) => what.startsWith('refused ') && !EXPLAINED[`${name} ${what.slice('refused '.length)}`])
        .map((what) => `${name} ${what}`),
    );
    expect(unexplained).toEqual([]);
  });
});
