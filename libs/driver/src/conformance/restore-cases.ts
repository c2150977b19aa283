import { fence, isolate, release, restoring, type Bench } from './steps.js';

export function restoreCases(bench: () => Bench): void {
  describe('releases', () => {
    it('to exactly what was there: nothing of ours stays', async () => {
      const { driver, fixture } = bench();
      const { subject, observer } = fixture;
      const before = [await observer.portText(subject.port), await observer.entriesText()];
      await isolate(driver, subject);
      expect(await observer.portText(subject.port)).not.toBe(before[0]);
      expect(await observer.entriesText()).not.toBe(before[1]);
      await release(driver, subject);
      expect([await observer.portText(subject.port), await observer.entriesText()]).toEqual(before);
    });

    it('twice as once, and what was never isolated without an error', async () => {
      const { driver, fixture } = bench();
      await release(driver, fixture.subject);
      expect(await fixture.observer.journal()).toEqual([]);
      await isolate(driver, fixture.subject);
      await release(driver, fixture.subject);
      const once = await fixture.observer.journal();
      await release(fixture.newDriver(), fixture.subject);
      expect(await fixture.observer.journal()).toEqual(once);
    });

    it('an isolation of which only the permits came in', async () => {
      const { driver, fixture } = bench();
      const { subject, observer } = fixture;
      const before = [await observer.portText(subject.port), await observer.entriesText()];
      await driver.apply({ kind: 'install-entries', isolation: subject }, fence(driver));
      await release(driver, subject);
      expect([await observer.portText(subject.port), await observer.entriesText()]).toEqual(before);
    });

    it('only our own mark where a hand has changed the VLAN since', async () => {
      const { driver, fixture } = bench();
      const { subject, observer, hands } = fixture;
      await isolate(driver, subject);
      await hands.setVlan(subject.port, 20);
      await release(driver, subject);
      expect(await observer.vlanOf(subject.port)).toBe(20);
      expect(await observer.portText(subject.port)).not.toContain(subject.quarantineId);
      expect(await observer.entriesOf(subject.deviceNumber)).toBe(0);
    });

    it('nothing of another quarantine at the same port', async () => {
      const { driver, fixture } = bench();
      const { subject, observer } = fixture;
      await isolate(driver, subject);
      const before = await observer.portText(subject.port);
      await driver.apply({ ...restoring(subject), quarantineId: 'another' }, fence(driver));
      expect(await observer.portText(subject.port)).toBe(before);
    });

    it('by hand, with the commands that it has written down', async () => {
      const { driver, fixture } = bench();
      const { subject, sibling, observer, hands } = fixture;
      await isolate(driver, sibling);
      const before = [await observer.portText(subject.port), await observer.entriesText()];
      const commands = driver.undo(subject);
      await isolate(driver, subject);
      await hands.run(commands);
      expect([await observer.portText(subject.port), await observer.entriesText()]).toEqual(before);
    });
  });
}
