import { failureOf, fence, isolate, type Bench } from './steps.js';

export function faultCases(bench: () => Bench): void {
  describe('when something fails', () => {
    it('says transient of a point that can not be reached, and works when it is back', async () => {
      const { driver, fixture } = bench();
      const { subject, observer, faults } = fixture;
      await driver.read([]);
      await faults.cut();
      const step = { kind: 'install-entries', isolation: subject } as const;
      for (const call of [driver.read([]), driver.apply(step, fence(driver)), fixture.newDriver().read([])]) {
        expect(await failureOf(call)).toMatchObject({ code: 'unreachable', retry: 'transient' });
      }
      await faults.heal();
      await isolate(driver, subject);
      expect(await observer.vlanOf(subject.port)).toBe(subject.quarantineVlan);
    });

    it('says ambiguous of entries whose answer was lost, and a second try adds none again', async () => {
      const { driver, fixture } = bench();
      const { subject, observer, faults } = fixture;
      faults.loseAnswer('entries');
      const step = { kind: 'install-entries', isolation: subject } as const;
      expect(await failureOf(driver.apply(step, fence(driver)))).toMatchObject({
        code: 'no-answer',
        retry: 'ambiguous',
      });
      expect(await observer.entriesOf(subject.deviceNumber)).toBe(driver.compile(subject).entries.length);
      await faults.heal();
      expect((await driver.read([])).entries).toHaveLength(driver.compile(subject).entries.length);
      const once = await observer.journal();
      await driver.apply(step, fence(driver));
      expect(await observer.journal()).toEqual(once);
    });

    it('says ambiguous of a move whose answer was lost, and a second try moves nothing again', async () => {
      const { driver, fixture } = bench();
      const { subject, observer, faults } = fixture;
      await driver.apply({ kind: 'install-entries', isolation: subject }, fence(driver));
      faults.loseAnswer('vlan');
      const step = { kind: 'move-port', isolation: subject } as const;
      expect(await failureOf(driver.apply(step, fence(driver)))).toMatchObject({
        code: 'no-answer',
        retry: 'ambiguous',
      });
      expect(await observer.vlanOf(subject.port)).toBe(subject.quarantineVlan);
      await faults.heal();
      const once = await observer.journal();
      await driver.apply(step, fence(driver));
      expect(await observer.journal()).toEqual(once);
    });

    it('says permanent of entries that the point refuses, and leaves none of them', async () => {
      const { driver, fixture } = bench();
      const { subject, observer, faults } = fixture;
      await faults.refuseEntries();
      const error = await failureOf(driver.apply({ kind: 'install-entries', isolation: subject }, fence(driver)));
      expect(error.retry).toBe('permanent');
      expect(await observer.entriesOf(subject.deviceNumber)).toBe(0);
      expect(await observer.vlanOf(subject.port)).toBe(subject.homeVlan);
    });

    it('says which port it does not know', async () => {
      const { driver, fixture } = bench();
      const error = await failureOf(isolate(driver, { ...fixture.subject, port: 'nowhere' }));
      expect(error).toMatchObject({ code: 'unknown-port', retry: 'permanent' });
      expect(error.message).toContain('nowhere');
    });

    it('tells no secret', async () => {
      const { driver, fixture } = bench();
      await fixture.faults.cut();
      const error = await failureOf(driver.read([]));
      const told = `${error.message} ${error.stack} ${JSON.stringify(error)}`;
      for (const secret of fixture.secrets) expect(told).not.toContain(secret);
    });
  });
}
