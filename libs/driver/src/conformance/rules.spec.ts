import { DriverError } from '../errors.js';
import type { Driver, PointIsolation, PointReading, ProbeFinding, Step } from '../port.js';
import { describeDriver } from './describe-driver.js';
import { RULES } from './rules.js';
import { MemoryDriver, SECRET, memoryFixture, type MemoryNac } from './testing/memory-nac.js';

describeDriver('of a NAC in memory', () => Promise.resolve(memoryFixture((nac) => new MemoryDriver(nac))));

/** Each is bad in one way only, and named after it. */
const BAD: Record<string, { rule: string; make: (nac: MemoryNac) => Driver }> = {
  'orders its words by its permits': {
    rule: 'says the same isolation in the same words, whatever the order of its permits and its generation',
    make: (nac) =>
      new (class extends MemoryDriver {
        override compile({ permits }: PointIsolation) {
          return { entries: [...permits.map(({ flowId }) => `permit ${flowId}`), 'deny'], cut: [], policy: null };
        }
      })(nac),
  },
  'needs the point to compile': {
    rule: 'compiles, and says how to undo, without asking the point',
    make: (nac) =>
      new (class extends MemoryDriver {
        override compile(isolation: PointIsolation) {
          this.nac.request(null);
          return super.compile(isolation);
        }
      })(nac),
  },
  'drops what is over the budget without a word': {
    rule: 'says no more than the point takes: it refuses with the count, or names the flows that it cuts',
    make: (nac) =>
      new (class extends MemoryDriver {
        override compile(isolation: PointIsolation) {
          return super.compile({ ...isolation, permits: isolation.permits.slice(0, 7) });
        }
      })(nac),
  },
  'reads every device as isolated': {
    rule: 'reads a device that nobody has isolated as not isolated',
    make: (nac) => lying(nac),
  },
  'acknowledges without effect': {
    rule: 'isolates: the point itself sees it, and the next reading says it',
    make: (nac) =>
      new (class extends MemoryDriver {
        protected override renew(): void {
          return;
        }
      })(nac),
  },
  'repeats blindly': {
    rule: 'isolates twice as once: what is so already is not written again',
    make: (nac) =>
      new (class extends MemoryDriver {
        protected override assign(isolation: PointIsolation): void {
          this.nac.request(() => undefined);
          super.assign(isolation);
        }
      })(nac),
  },
  'leaves its policy behind': {
    rule: 'releases to exactly what was there, and twice as once',
    make: (nac) =>
      new (class extends MemoryDriver {
        protected override clear(mac: string): void {
          const held = this.nac.policies.get(mac);
          if (held) this.nac.policies.set(mac, { ...held, entries: ['released'] });
        }
      })(nac),
  },
  'cuts off whichever session there is': {
    rule: 'leaves a newer session alone when it is told to renew an older one',
    make: (nac) =>
      new (class extends MemoryDriver {
        protected override renew(mac: string): void {
          this.nac.request(() => this.nac.begin(mac));
        }
      })(nac),
  },
  'assigns only to those who are there': {
    rule: 'assigns without a session, and cuts nobody off',
    make: (nac) =>
      new (class extends MemoryDriver {
        protected override assign(isolation: PointIsolation): void {
          if (this.nac.sessions.has(isolation.mac)) super.assign(isolation);
        }
      })(nac),
  },
  'lifts everything when it is closed': {
    rule: 'gives its connections back, and what is applied stays',
    make: (nac) =>
      new (class extends MemoryDriver {
        override close(): Promise<void> {
          for (const mac of this.nac.sessions.keys()) {
            this.nac.policies.delete(mac);
            this.nac.begin(mac);
          }
          return Promise.resolve();
        }
      })(nac),
  },
  'says that all is well whatever is': {
    rule: 'asks the point what it needs, and changes nothing by it',
    make: (nac) =>
      new (class extends MemoryDriver {
        override probe(): Promise<ProbeFinding[]> {
          return Promise.resolve([{ check: 'answers', ok: true, detail: 'of course' }]);
        }
      })(nac),
  },
  'reverts a sibling': {
    rule: 'touches only the device that it is told: a sibling is isolated, and released, by itself',
    make: (nac) =>
      new (class extends MemoryDriver {
        protected override clear(): void {
          for (const mac of this.nac.policies.keys()) {
            super.clear(mac);
            this.nac.begin(mac);
          }
        }
      })(nac),
  },
  'takes over what somebody else has assigned': {
    rule: 'changes nothing that somebody else has assigned',
    make: (nac) =>
      new (class extends MemoryDriver {
        protected override assign(isolation: PointIsolation): void {
          if (!this.nac.policies.get(isolation.mac)?.ours) this.nac.policies.delete(isolation.mac);
          super.assign(isolation);
        }
      })(nac),
  },
  'takes a foreign policy for its own': {
    rule: 'reads what hands have done, and does not take it for its own',
    make: (nac) => lying(nac),
  },
  'writes down commands that undo nothing': {
    rule: 'is undone by hand with the commands that it has written down',
    make: (nac) =>
      new (class extends MemoryDriver {
        override undo(): string[] {
          return ['memory-nac status'];
        }
      })(nac),
  },
  'believes an acknowledgement': {
    rule: 'does not read as isolated what the point has acknowledged and not done',
    make: (nac) => remembering(nac),
  },
  'takes a refusal for success': {
    rule: 'says permanent of what the point refuses, in words, and leaves nothing of it',
    make: (nac) =>
      new (class extends MemoryDriver {
        override async apply(step: Step): Promise<void> {
          await super.apply(step).catch((error: DriverError) => {
            if (error.code !== 'refused') throw error;
          });
        }
      })(nac),
  },
  'calls everything permanent': {
    rule: 'says that a point can not be reached, and works when it is back',
    make: (nac) =>
      new (class extends MemoryDriver {
        override async apply(step: Step): Promise<void> {
          await super.apply(step).catch((error: Error) => {
            throw new DriverError('refused', error.message);
          });
        }
      })(nac),
  },
  'sends again when no answer comes': {
    rule: 'says ambiguous of an answer that was lost, sends nothing twice, and reads the truth',
    make: (nac) =>
      new (class extends MemoryDriver {
        protected override assign(isolation: PointIsolation): void {
          try {
            super.assign({ ...isolation, generation: 0 });
          } catch {
            super.assign(isolation);
          }
        }
      })(nac),
  },
  'leaks a secret': {
    rule: 'tells no secret, whatever fails',
    make: (nac) =>
      new (class extends MemoryDriver {
        override async read(macs: readonly string[]): Promise<PointReading> {
          return super.read(macs).catch((error: DriverError) => {
            throw new DriverError(error.code, `GET https://admin:${SECRET}@nac/: ${error.message}`);
          });
        }
      })(nac),
  },
};

describe('the rules', () => {
  it('each have a driver that breaks them, and no other is needed', () => {
    expect(
      Object.values(BAD)
        .map(({ rule }) => rule)
        .sort(),
    ).toEqual(RULES.map(({ name }) => name).sort());
  });

  it.each(Object.entries(BAD))('fail a driver that %s', async (_, { rule: name, make }) => {
    const rule = RULES.find((one) => one.name === name);
    if (!rule) throw new Error(`no such rule: ${name}`);
    const fixture = memoryFixture(make);
    await expect(rule.check({ fixture, driver: fixture.newDriver() })).rejects.toThrow();
  });
});

/** Reads whatever there is as an isolation of ours. */
function lying(nac: MemoryNac): Driver {
  return new (class extends MemoryDriver {
    override async read(macs: readonly string[]): Promise<PointReading> {
      const reading = await super.read(macs);
      const entries = this.compile(memoryFixture(() => this).subject).entries;
      const policies = macs.map((mac) => ({ mac, ours: true, mark: null, entries }));
      return { ...reading, policies, sessions: reading.sessions.map((one) => ({ ...one, isolated: true })) };
    }
  })(nac);
}

/** Reads what it has been told to do instead of what is. */
function remembering(nac: MemoryNac): Driver {
  return new (class extends MemoryDriver {
    private readonly told = new Set<string>();

    override async apply(step: Step): Promise<void> {
      await super.apply(step);
      if (step.kind === 'set-policy') this.told.add(step.isolation.mac);
    }

    override async read(macs: readonly string[]): Promise<PointReading> {
      const reading = await super.read(macs);
      if (!macs.some((mac) => this.told.has(mac))) return reading;
      return lying(this.nac).read(macs);
    }
  })(nac);
}
