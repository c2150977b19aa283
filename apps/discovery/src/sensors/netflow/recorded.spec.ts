import { ExportReader } from '../flows/export-reader.js';
import type { Heard } from '../flows/heard.js';
import { SequenceTracker } from '../flows/sequence.js';
import { recordedDatagrams, recordedStreams } from '../flows/state.fixture.js';
import { TemplateStore } from '../flows/template-store.js';
import { NETFLOW_DECODERS } from './netflow.sensor.js';

const NOW = 1_800_000_000_000;
/** Their count of records is larger than their octets hold: whoever changed them meant that. */
const CUT_SHORT = ['netflow5_test_invalid01.dat', 'netflow5_test_invalid02.dat'];
/** The template of one of their sets was not recorded. */
const WITHOUT_TEMPLATE = ['ipfix_test_netscaler', 'netflow9_test_iptnetflow_reduced_size_encoding'];

function newReader(): ExportReader {
  return new ExportReader({
    decoders: NETFLOW_DECODERS,
    templatesOf: (address, version) => `${address}|${version}`,
    templates: new TemplateStore(),
    sequences: new SequenceTracker(),
  });
}

const files = recordedDatagrams();
const streams = recordedStreams();
if (files.length === 0) console.log('recorded datagrams are left out: shared/data/netflow is not here');

(files.length > 0 ? describe : describe.skip)('datagrams of more than twenty kinds of exporter', () => {
  const readers = new Map<string, ExportReader>();
  const heard = new Map<string, Heard[]>();
  for (const { file, family, datagrams } of files) {
    const reader = readers.get(family) ?? newReader();
    readers.set(family, reader);
    heard.set(
      file,
      datagrams.map((bytes) => reader.read(bytes, { address: family, port: 1 }, NOW)),
    );
  }

  it('are all read, and the two that end early are refused for that', () => {
    for (const { file } of files) {
      expect([file, heard.get(file)?.flatMap(({ refusals }) => refusals)]).toEqual([
        file,
        CUT_SHORT.includes(file) ? ['truncated'] : [],
      ]);
    }
  });

  it('that came before their template are read when it comes, and wait where it never does', () => {
    const waiting = [...readers].filter(([family, reader]) => reader.waitsForTemplates(family));
    expect(waiting.map(([family]) => family)).toEqual(WITHOUT_TEMPLATE);
    expect([...heard.values()].flat().reduce((sum, { readLate }) => sum + readLate, 0)).toBeGreaterThan(60);
  });
});

(streams.length > 0 ? describe : describe.skip)('streams that softflowd made of public captures', () => {
  it.each(streams.map(({ file, datagrams }) => [file, datagrams] as const))(
    '%s is read without loss',
    (_, datagrams) => {
      const reader = newReader();
      const heard = datagrams.map((datagram) => reader.read(datagram, { address: 'a', port: 1 }, NOW));
      expect(heard.flatMap(({ refusals }) => refusals)).toEqual([]);
      expect(heard.reduce((sum, { lost }) => sum + lost, 0)).toBe(0);
      expect(heard.reduce((sum, { records }) => sum + records.length, 0)).toBeGreaterThan(1);
    },
  );

  it('tell the same flows in every version, but that v5 can’t tell those of IPv6', () => {
    const flowsOf = (file: string): string[] => {
      const reader = newReader();
      const datagrams = streams.find((one) => one.file === file)?.datagrams ?? [];
      const records = datagrams.flatMap((one) => reader.read(one, { address: 'a', port: 1 }, NOW).records);
      return records
        .map(({ flow }) => flow)
        .filter(({ etherType }) => etherType === 0x0800)
        .map((f) =>
          [
            f.sourceAddress,
            f.sourcePort,
            f.destinationAddress,
            f.destinationPort,
            f.protocol,
            f.tcpFlags,
            f.frames,
            f.octets,
          ].join(),
        )
        .sort();
    };
    for (const name of ['synscan', 'dicom_qa', 'test7-malicious']) {
      const [v5, v9, v10] = [5, 9, 10].map((version) => flowsOf(`${name}.v${version}.lp32`));
      expect(v9).toEqual(v10);
      expect(v5).toHaveLength(v9?.length ?? 0);
      if (name === 'synscan') expect(v5).toEqual(v9);
    }
  });
});
