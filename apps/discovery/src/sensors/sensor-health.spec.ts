import { sensorReported } from '#events';
import { SensorHealth } from './sensor-health.js';
import { parseSocketDrops } from './flows/socket-drops.js';

const identity = { id: 's', kind: 'ipfix', trustDomain: 'switch', authenticatedBy: null };
const NOW = 1_800_000_000_000;

describe('the health of a sensor', () => {
  it('says up to when it has told everything, by records and by keep-alives', () => {
    const health = new SensorHealth(identity, ['point:ovs-1']);
    expect(health.report(NOW, 'north').data).toMatchObject({
      observedUntil: null,
      lastRecordAt: null,
      authenticated: false,
    });
    health.record(NOW - 5, NOW, true);
    expect(health.observedUntil).toBe(NOW - 5);
    health.keptAlive(NOW + 1000);
    expect(health.observedUntil).toBe(NOW + 1000);
    sensorReported.parse(health.report(NOW + 1000, 'north'));
  });

  it('tells a clock that is off, and keeps to it', () => {
    const health = new SensorHealth(identity, []);
    health.record(NOW - 5000, NOW, true);
    health.record(NOW - 5200, NOW, false);
    expect(health.report(NOW, 'north').data).toMatchObject({ clockOffsetMs: -5000, problems: [] });
    health.keptAlive(NOW + 1000);
    expect(health.observedUntil).toBe(NOW - 4000);
    health.record(NOW - 3_600_000, NOW, true);
    expect(health.report(NOW, 'north').data.problems).toEqual(['clock-off']);
  });

  it('counts loss, drops and failures for good, and shows loss as a problem for a minute', () => {
    const health = new SensorHealth(identity, []);
    health.lose(3, NOW);
    health.socketDrops(7, NOW);
    health.refused('huge');
    health.refused('huge');
    const counts = { lost: 3, droppedBySocket: 7, parseFailures: 2 };
    expect(health.report(NOW, 'n').data).toMatchObject({ ...counts, problems: ['records-lost', 'socket-drops'] });
    expect(health.report(NOW + 61_000, 'n').data).toMatchObject({ ...counts, problems: [] });
  });

  it('tells its rate since the last report', () => {
    const health = new SensorHealth(identity, []);
    health.report(NOW, 'n');
    for (let i = 0; i < 50; i += 1) health.record(NOW, NOW, true);
    expect(health.report(NOW + 2000, 'n').data.recordsPerSecond).toBe(25);
  });
});

describe('the table of sockets', () => {
  const table = [
    '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops',
    '  354: 0100007F:1283 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 5 2 0000000000000000 12',
    '  355: 0100630A:1283 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 6 2 0000000000000000 3',
  ].join('\n');

  it('tells the drops of the socket at an address', () => {
    expect(parseSocketDrops(table, '10.99.0.1', 4739)).toBe(3);
    expect(parseSocketDrops(table, '127.0.0.1', 4739)).toBe(12);
    expect(parseSocketDrops(table, '10.99.0.1', 4740)).toBeNull();
  });
});
