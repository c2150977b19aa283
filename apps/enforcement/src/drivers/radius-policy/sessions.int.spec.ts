import { rm } from 'node:fs/promises';
import { QUARANTINE, RadiusPolicyBench } from './testing/radius-policy-bench.client.js';

const bench = new RadiusPolicyBench();

describe('sessions, as the switches account them', () => {
  it('carry what their Accept carried', async () => {
    const device = bench.fresh();
    await bench.connect(device, 'S1');
    expect(await bench.session(device)).toMatchObject({
      isolated: false,
      vlan: 10,
      policy: null,
      authorizedBy: 'server',
    });
    await bench.set(device);
    expect(await bench.session(device)).toMatchObject({ sessionId: 'S1', isolated: false });
    await bench.radius.account('Stop', device.mac, 'S1');
    expect(await bench.session(device)).toBeUndefined();
    await bench.connect(device, 'S2');
    expect(await bench.session(device)).toMatchObject({
      sessionId: 'S2',
      switch: 'access-3',
      port: 'Gi1/0/7',
      isolated: true,
      vlan: 66,
      policy: bench.driver.compile(device).policy,
    });
  });

  it('F34 are believed by their Accept, never by what we have assigned', async () => {
    const device = bench.fresh();
    await bench.connect(device, 'S1');
    await bench.set(device);
    await bench.radius.account('Interim-Update', device.mac, 'S1', { 'Acct-Session-Time': 60 });
    expect(await bench.session(device)).toMatchObject({ isolated: false });
  });

  it('F11 asked again within a session, it carries the isolation again', async () => {
    const device = bench.fresh();
    await bench.connect(device, 'S1');
    await bench.set(device);
    await bench.radius.authenticate(device.mac, { 'Acct-Session-Id': 'S1' });
    expect(await bench.session(device)).toMatchObject({ sessionId: 'S1', isolated: true });
  });

  it('F11 end with the restart of their switch, and the device is isolated when it comes back', async () => {
    const device = bench.fresh();
    await bench.set(device);
    await bench.connect(device, 'S1');
    await bench.radius.account('Accounting-On', null, 'boot');
    expect(await bench.session(device)).toBeUndefined();
    expect((await bench.connect(device, 'S2')).lines).toContain(QUARANTINE);
    expect(await bench.session(device)).toMatchObject({ sessionId: 'S2', isolated: true });
  });

  it('F14 that a switch never begins, since it lacks the VLAN, are never shown as isolated', async () => {
    const device = bench.fresh();
    await bench.set(device);
    await bench.radius.authenticate(device.mac);
    expect((await bench.reading(device)).sessions).toEqual([]);
  });

  it('F16 that the switch let in by itself are told apart', async () => {
    const device = bench.fresh();
    await bench.radius.account('Start', device.mac, 'S1', { 'Acct-Authentic': 'Local' });
    expect(await bench.session(device)).toMatchObject({ authorizedBy: 'critical', isolated: false });
  });

  it('are known by Class after a restart that has forgotten the answer', async () => {
    const device = bench.fresh();
    await bench.set(device);
    const { lines } = await bench.radius.authenticate(device.mac);
    const ours = lines.flatMap((line) => /^Class = (0x6c617a.*)$/.exec(line)?.[1] ?? []);
    await bench.driver.close();
    await rm(`${bench.point.snapshotFile}.sessions`, { force: true });
    await bench.start();
    // As a switch sends it back. An unquoted value would be taken for text.
    await bench.radius.account('Interim-Update', device.mac, 'S9', {
      Class: Buffer.from(String(ours[0]).slice(2), 'hex').toString(),
    });
    expect(await bench.session(device)).toMatchObject({ isolated: true, policy: bench.driver.compile(device).policy });
  });

  it('are told to the loop when they begin', async () => {
    const device = bench.fresh();
    const hints: unknown[] = [];
    const watch = await bench.driver.watch(({ kind, macs }) => hints.push({ kind, macs }));
    await bench.connect(device, 'S1');
    await watch.stop();
    expect(hints).toEqual([{ kind: 'changed', macs: [device.mac] }]);
  });
});
