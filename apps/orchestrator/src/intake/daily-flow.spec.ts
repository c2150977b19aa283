import type { Conversation } from '#events';
import { dayCounts } from './daily-flow.js';

const moved: Conversation = {
  mac: '08:00:06:10:00:11',
  peerAddress: '10.20.0.10',
  peerDeviceId: null,
  peerInside: true,
  etherType: 2048,
  transport: 'tcp',
  port: 104,
  opener: 'device',
  windowFrom: '2026-01-05T23:59:59.500Z',
  windowTo: '2026-01-05T23:59:59.900Z',
  sampledOneIn: 64,
  framesOut: 5,
  framesIn: 4,
  octetsOut: 7490,
  octetsIn: 264,
  framesBeyond: 0,
  deniedOut: 0,
  deniedIn: 0,
  firstSeen: '2026-01-05T07:59:10.000Z',
  lastSeen: '2026-01-05T23:59:59.900Z',
};

it('sums a flow by day, scaled up by its sampling', () => {
  const next = {
    ...moved,
    windowTo: '2026-01-06T00:00:00.100Z',
    lastSeen: '2026-01-06T00:00:00.100Z',
    sampledOneIn: 1,
  };
  expect(dayCounts([moved, moved, next])).toMatchObject([
    { day: '2026-01-05', frames: 2 * 9 * 64, octets: 2 * 7754 * 64 },
    { day: '2026-01-06', frames: 9, octets: 7754 },
  ]);
});

it('counts no knocking that nobody answered, and no frame without an address', () => {
  const knocks = Array.from({ length: 500 }, (_, i) => ({ ...moved, peerAddress: `10.10.0.${i % 250}`, framesIn: 0 }));
  expect(dayCounts([...knocks, { ...moved, peerAddress: null }])).toEqual([]);
});
