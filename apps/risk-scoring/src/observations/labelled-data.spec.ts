import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attempt, Outcome } from '#events';
import { attempt, MRI, Scene, START } from '../../test/observing.js';

/** Labelled captures as Zeek's conn.log: what its states mean for us. Others are established connections. */
const OUTCOMES: Record<string, Outcome> = { S0: 'silent', SH: 'silent', REJ: 'refused', RSTOS0: 'refused' };

const data = process.env['LAZARET_DATA'] ?? join(process.cwd(), '../shared/data');
const captures = {
  mirai: join(data, 'mirai/zeek_files/conn.log.labeled'),
  'benign day': join(data, 'benign-day/zeek_labeled/conn.log.labeled'),
  'victim 008': join(data, 'attacked-from-outside/008/data/conn.log.labeled'),
  'victim 010': join(data, 'attacked-from-outside/010/data/conn.log.labeled'),
} as const;
const given = (capture: keyof typeof captures) => {
  if (existsSync(captures[capture])) return it;
  console.warn(`skipped: no labelled capture at ${captures[capture]} (set LAZARET_DATA)`);
  return it.skip;
};

/** The TCP attempts of one source, in order of time, as the device under test. */
function attemptsOf(capture: keyof typeof captures, source: string): Attempt[] {
  const lines = readFileSync(captures[capture], 'utf8').split('\n');
  const fields = (lines.find((line) => line.startsWith('#fields')) ?? '').split('\t').slice(1);
  const column = (name: string) => fields.indexOf(name);
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t'))
    .filter((row) => row[column('proto')] === 'tcp' && row[column('id.orig_h')] === source)
    .map((row) =>
      attempt(Number(row[column('ts')]) - START / 1000, {
        localAddress: source,
        localPort: Number(row[column('id.orig_p')]),
        peerAddress: row[column('id.resp_h')]!,
        port: Number(row[column('id.resp_p')]),
        outcome: OUTCOMES[row[column('conn_state')]!] ?? 'answered',
      }),
    )
    .sort((a, b) => a.at.localeCompare(b.at));
}

describe('scan on labelled traffic', () => {
  given('mirai')('reaches watch (20 dB) on the fourth failed first contact of Mirai, within 6 s', () => {
    const scene = new Scene();
    let failures = 0;
    let firstAt: number | undefined;
    for (const one of attemptsOf('mirai', '192.168.2.16')) {
      const at = Date.parse(one.at);
      for (const found of scene.sees(MRI, one)) if (found.decibans > 0) failures += 1;
      if (failures > 0) firstAt ??= at;
      if (scene.assessment(MRI, (at - START) / 1000).level !== 'watch') continue;
      expect(failures).toBe(4);
      expect(at - firstAt!).toBeLessThan(6000);
      return;
    }
    throw new Error('Mirai was never found');
  });

  const victims = [
    ['victim 008', '147.32.81.167'],
    ['victim 010', '147.32.83.234'],
  ] as const;
  for (const [capture, address] of victims) {
    given(capture)(`leaves ${capture}, attacked by hundreds from outside, below watch`, () => {
      const scene = new Scene();
      const levels = attemptsOf(capture, address).map((one) => {
        scene.sees(MRI, one);
        return scene.assessment(MRI, (Date.parse(one.at) - START) / 1000).counted;
      });
      expect(Math.max(...levels)).toBeLessThan(12.1);
    });
  }

  given('benign day')('peaks at 6 dB on a benign day', () => {
    const scene = new Scene();
    const levels = attemptsOf('benign day', '192.168.1.109').map((one) => {
      scene.sees(MRI, one);
      return scene.assessment(MRI, (Date.parse(one.at) - START) / 1000).counted;
    });
    expect(levels.length).toBeGreaterThan(500);
    expect(Math.max(...levels)).toBeLessThan(6.1);
  });
});
