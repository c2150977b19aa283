import { aV9Datagram, dataSet, templateSet } from '../netflow/datagram.fixture.js';
import { NETFLOW_DECODERS } from '../netflow/netflow.sensor.js';
import { ExportReader } from './export-reader.js';
import { SequenceTracker } from './sequence.js';
import { TemplateStore, MAX_DOMAINS, MAX_TEMPLATES } from './template-store.js';
import { MAX_SETS, MAX_WAIT_MS } from './waiting-sets.js';

const NOW = 1_700_000_000_000;
const FROM = { address: '10.9.0.1', port: 2055 };
const PAIR = [
  [8, 4],
  [12, 4],
] as const;
const TEMPLATE = templateSet(300, PAIR);
const DATA = dataSet(300, [10, 0, 0, 1, 10, 0, 0, 2]);

function newReader(templates = new TemplateStore()): ExportReader {
  const templatesOf = (address: string, version: number): string => `${address}|${version}`;
  return new ExportReader({ decoders: NETFLOW_DECODERS, templatesOf, templates, sequences: new SequenceTracker() });
}

describe('data before its template', () => {
  it('is read when the template comes, at the place and time at which it came', () => {
    const reader = newReader();
    const early = reader.read(aV9Datagram([DATA], { sequence: 5 }), FROM, NOW);
    expect(early).toMatchObject({ records: [], refusals: [], lost: 0 });
    expect(reader.waitsForTemplates(FROM.address)).toBe(true);
    const late = reader.read(aV9Datagram([TEMPLATE], { sequence: 6 }), FROM, NOW + 2000);
    expect(late).toMatchObject({ readLate: 1, refusals: [], lost: 0, templatesChanged: true });
    expect(late.records).toMatchObject([
      { receivedAt: NOW, sequence: 5, index: 24, flow: { sourceAddress: '10.0.0.1' } },
    ]);
    expect(reader.waitsForTemplates(FROM.address)).toBe(false);
  });

  it('has the place that it would have had at once', () => {
    const reader = newReader();
    reader.read(aV9Datagram([TEMPLATE], { sequence: 5 }), FROM, NOW);
    expect(reader.read(aV9Datagram([DATA], { sequence: 6 }), FROM, NOW).records).toMatchObject([{ index: 24 }]);
  });

  it('waits for its own exporter and source only', () => {
    const reader = newReader();
    reader.read(aV9Datagram([DATA]), FROM, NOW);
    expect(reader.read(aV9Datagram([TEMPLATE], { source: 11 }), FROM, NOW).records).toEqual([]);
    expect(reader.read(aV9Datagram([TEMPLATE]), { ...FROM, address: '10.9.0.2' }, NOW).records).toEqual([]);
  });

  it('is counted when there is no more room, and when it has waited too long', () => {
    const reader = newReader();
    const heard = Array.from({ length: MAX_SETS + 3 }, () => reader.read(aV9Datagram([DATA]), FROM, NOW));
    expect(heard.flatMap(({ refusals }) => refusals)).toEqual([
      'unknown-template',
      'unknown-template',
      'unknown-template',
    ]);
    const later = reader.read(aV9Datagram([DATA]), FROM, NOW + MAX_WAIT_MS + 1);
    expect(later.refusals).toHaveLength(MAX_SETS);
  });
});

describe('forged datagrams in the name of a declared exporter', () => {
  it('take no more room than is set aside for it', () => {
    const templates = new TemplateStore();
    const reader = newReader(templates);
    for (let forged = 0; forged < 20_000; forged += 1) {
      const source = forged * 7919;
      reader.read(
        aV9Datagram([templateSet(256 + (forged % 60_000), PAIR), DATA], { source }),
        { ...FROM, port: forged },
        NOW,
      );
    }
    expect(templates.takeChanges().length).toBeLessThanOrEqual(MAX_DOMAINS * MAX_TEMPLATES);
    expect(reader.size).toBeLessThanOrEqual(MAX_SETS);
  });
});
