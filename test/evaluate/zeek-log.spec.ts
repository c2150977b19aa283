import { readZeekLog } from './zeek-log.js';
import { zeekTraffic } from './zeek-traffic.js';

const conn = (rows: readonly ReturnType<typeof readZeekLog>['rows'][number][]) =>
  zeekTraffic({ conn: rows, dns: [], http: [], ssl: [] }).connections;
const FIELDS = 'ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto conn_state history'.split(' ');
const line = (state: string, history: string, more: string[] = []) =>
  ['1700000000.5', 'C1', '10.0.0.1', '50000', '172.20.0.9', '445', 'tcp', state, history, ...more].join('\t');

describe('a Zeek log', () => {
  it.each([
    ['tabs', [...FIELDS, 'label', 'detailedlabel'].join('\t'), line('S0', 'S', ['Malicious', 'Scan'])],
    ['three spaces', `${FIELDS.join('\t')}   label   detailed-label`, `${line('S0', 'S')}   Malicious   Scan`],
  ])('with labels after %s is read without them', (_, fields, row) => {
    const { rows, labels } = readZeekLog(`#fields\t${fields}\n${row}\n`);
    expect([...rows[0]!.keys()]).toEqual(FIELDS);
    expect(JSON.stringify([...rows[0]!.values()])).not.toContain('Malicious');
    expect(labels).toEqual(['Malicious']);
  });

  it('as JSON lines is the same, and a line that is cut off is left out', () => {
    const { rows, labels } = readZeekLog('{"ts":1,"id.orig_h":"10.0.0.1","label":"Benign"}\n{"ts":2,"id.o');
    expect(rows.map((row) => [...row])).toEqual([
      [
        ['ts', '1'],
        ['id.orig_h', '10.0.0.1'],
      ],
    ]);
    expect(labels).toEqual(['Benign']);
  });

  it.each([
    ['S0', 'S', ['silent']],
    ['REJ', 'Sr', ['refused']],
    ['SF', 'ShADadFf', ['answered']],
    // Answered out of sight; refusing somebody; seen from the middle.
    ['SH', 'SADF', []],
    ['RSTOS0', 'R', []],
    ['OTH', 'Cc', []],
  ])('in state %s with history %s is the attempt %j', (state, history, outcomes) => {
    const { rows } = readZeekLog(`#fields\t${FIELDS.join('\t')}\n${line(state, history)}\n`);
    expect(conn(rows).map(({ outcome }) => outcome)).toEqual(outcomes);
  });
});
