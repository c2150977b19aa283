import { failureOf, fence, isolate, restoring, type Bench } from './steps.js';

export function orderCases(bench: () => Bench): void {
  describe('applies', () => {
    it('permits first: the point holds every entry, and the port is where it was', async () => {
      const { driver, fixture } = bench();
      const { subject, observer } = fixture;
      await driver.apply({ kind: 'install-entries', isolation: subject }, fence(driver));
      const compiled = driver.compile(subject).entries;
      expect(await observer.entriesOf(subject.deviceNumber)).toBe(compiled.length);
      expect(await observer.vlanOf(subject.port)).toBe(subject.homeVlan);
      const { entries } = await driver.read([]);
      expect(entries.map(({ text }) => text).sort()).toEqual([...compiled].sort());
      expect(new Set(entries.map(({ deviceNumber, generation }) => `${deviceNumber}/${generation}`))).toEqual(
        new Set([`${subject.deviceNumber}/${subject.generation}`]),
      );
    });

    it('then the move: the observer sees the VLAN, after every entry', async () => {
      const { driver, fixture } = bench();
      const { subject, observer } = fixture;
      await isolate(driver, subject);
      expect(await observer.vlanOf(subject.port)).toBe(subject.quarantineVlan);
      const journal = await observer.journal();
      const moved = journal.findIndex((entry) => entry.kind === 'port' && entry.vlan === subject.quarantineVlan);
      const added = journal.flatMap((entry, at) => (entry.kind === 'entry' && entry.change === 'added' ? [at] : []));
      expect(added).toHaveLength(driver.compile(subject).entries.length);
      expect(Math.max(...added)).toBeLessThan(moved);
      const port = (await driver.read([])).ports.find((reading) => reading.port === subject.port);
      expect(port?.mark).toEqual({
        quarantineId: subject.quarantineId,
        deviceNumber: subject.deviceNumber,
        generation: subject.generation,
        prior: { vlan: subject.homeVlan, protected: false },
      });
    });

    it('no move before the permits', async () => {
      const { driver, fixture } = bench();
      const { subject, observer } = fixture;
      const error = await failureOf(driver.apply({ kind: 'move-port', isolation: subject }, fence(driver)));
      expect(error).toMatchObject({ code: 'refused', retry: 'permanent' });
      expect(await observer.vlanOf(subject.port)).toBe(subject.homeVlan);
    });

    it('twice as once: a step that is true already writes nothing', async () => {
      const { driver, fixture } = bench();
      await isolate(driver, fixture.subject);
      const once = await fixture.observer.journal();
      await isolate(fixture.newDriver(), fixture.subject);
      expect(await fixture.observer.journal()).toEqual(once);
    });

    it('a new generation in place: each entry replaced, no second move, and what was there before us kept', async () => {
      const { driver, fixture } = bench();
      const { subject, observer } = fixture;
      await isolate(driver, subject);
      const before = (await observer.journal()).length;
      const next = { ...subject, generation: 65_537, permits: subject.permits.slice(1) };
      await isolate(driver, next);
      const later = (await observer.journal()).slice(before);
      expect(later.filter((entry) => entry.kind === 'port' && entry.vlan !== subject.quarantineVlan)).toEqual([]);
      const reading = await driver.read([]);
      expect(reading.entries.map(({ text }) => text).sort()).toEqual([...driver.compile(next).entries].sort());
      expect(new Set(reading.entries.map(({ generation }) => generation))).toEqual(new Set([1]));
      const mark = reading.ports.find(({ port }) => port === subject.port)?.mark;
      expect(mark).toMatchObject({ generation: 65_537, prior: { vlan: subject.homeVlan, protected: false } });
    });

    it('only to the device that it is told: a sibling is isolated, and released, by itself', async () => {
      const { driver, fixture } = bench();
      const { subject, sibling, observer } = fixture;
      await isolate(driver, sibling);
      const port = await observer.portText(sibling.port);
      const entries = await observer.entriesOf(sibling.deviceNumber);
      await isolate(driver, subject);
      await driver.apply({ kind: 'remove-entries', deviceNumber: subject.deviceNumber }, fence(driver));
      expect(await observer.portText(sibling.port)).toBe(port);
      expect(await observer.entriesOf(sibling.deviceNumber)).toBe(entries);
      expect(await observer.entriesOf(subject.deviceNumber)).toBe(0);
    });

    it('nothing under an older fence than the last', async () => {
      const { driver, fixture } = bench();
      const { subject, observer } = fixture;
      await isolate(driver, subject, fence(driver, 7));
      const journal = await observer.journal();
      const older = { ...subject, generation: 9, permits: [] };
      for (const step of [
        { kind: 'install-entries', isolation: older } as const,
        restoring(subject),
        { kind: 'remove-entries', deviceNumber: subject.deviceNumber } as const,
      ]) {
        const error = await failureOf(fixture.newDriver().apply(step, fence(driver, 6)));
        expect(error).toMatchObject({ code: 'stale-fence', retry: 'permanent' });
      }
      expect(await observer.journal()).toEqual(journal);
    });

    it('nothing at a port that somebody else has changed', async () => {
      const { driver, fixture } = bench();
      const { subject, observer, hands } = fixture;
      await driver.apply({ kind: 'install-entries', isolation: subject }, fence(driver));
      await hands.setVlan(subject.port, 20);
      const error = await failureOf(driver.apply({ kind: 'move-port', isolation: subject }, fence(driver)));
      expect(error).toMatchObject({ code: 'changed-by-others', retry: 'permanent' });
      expect(await observer.vlanOf(subject.port)).toBe(20);
    });

    it('nothing at a port that is held for another device', async () => {
      const { driver, fixture } = bench();
      const { subject, sibling, observer } = fixture;
      await isolate(driver, sibling);
      const journal = await observer.journal();
      const error = await failureOf(isolate(driver, { ...subject, port: sibling.port }));
      expect(error).toMatchObject({ code: 'changed-by-others' });
      expect(await observer.journal()).toEqual(journal);
    });

    it('to the new port of a device that has moved, and leaves nothing of its entries at the old one', async () => {
      const { driver, fixture } = bench();
      const { subject, sibling, observer } = fixture;
      const oldPort = await observer.portText(subject.port);
      await isolate(driver, subject);
      const moved = { ...subject, port: sibling.port, generation: 2 };
      await isolate(driver, moved);
      await driver.apply(restoring(subject), fence(driver));
      expect(await observer.portText(subject.port)).toBe(oldPort);
      expect(await observer.vlanOf(sibling.port)).toBe(subject.quarantineVlan);
      expect(await observer.entriesText()).not.toContain(subject.port);
      expect(await observer.entriesOf(subject.deviceNumber)).toBe(driver.compile(moved).entries.length);
    });
  });
}
