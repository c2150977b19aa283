import fc from 'fast-check';
import { anyIsolation } from '../testing/isolations.js';
import { bundleLines } from './bundle.js';
import { compileFlows } from './compile.js';
import { encodeCookie, hex } from './cookie.js';
import { parseFlows, type HeldFlow } from './dump.js';
import type { Flow } from './flow.js';

const held = (flows: Flow[], cookie: bigint): HeldFlow[] =>
  parseFlows(
    flows
      .map(
        ({ priority, match, actions }) =>
          `cookie=${hex(cookie)}, duration=1s, table=0, n_packets=0, n_bytes=0, priority=${priority},${match} actions=${actions}`,
      )
      .join('\n'),
  );

/** A flow table as OpenFlow has it: an add replaces what has the same place, a strict delete takes one by cookie and place. */
function after(lines: string[], before: HeldFlow[]): Map<string, string> {
  const table = new Map(
    before.map(({ priority, match, cookie, actions }) => [
      `table=0,priority=${priority},${match}`,
      `${hex(cookie)} ${actions}`,
    ]),
  );
  for (const line of lines) {
    const add = /^add cookie=(0x\w+),(.*),actions=(.*)$/.exec(line);
    const remove = /^delete_strict cookie=(0x\w+)\/0xffffffffffffffff,(.*)$/.exec(line);
    if (add) table.set(add[2]!, `${add[1]} ${add[3]}`);
    else if (remove && table.get(remove[2]!)?.startsWith(remove[1]!)) table.delete(remove[2]!);
    else throw new Error(`the switch would refuse or ignore: ${line}`);
  }
  return table;
}

describe('bundleLines', () => {
  it('makes the flows of a device exactly the compiled ones, whatever was there', () => {
    fc.assert(
      fc.property(anyIsolation, anyIsolation, fc.boolean(), (wanted, old, sameGeneration) => {
        const cookie = encodeCookie(1, 2);
        const compiled = compileFlows(wanted, 4096);
        const before = held(compileFlows(old, 4096), sameGeneration ? cookie : encodeCookie(1, 1));
        const expected = compiled.map(({ priority, match, actions }) => [
          `table=0,priority=${priority},${match}`,
          `${hex(cookie)} ${actions}`,
        ]);
        expect(after(bundleLines(compiled, before, cookie), before)).toEqual(new Map(expected as [string, string][]));
      }),
    );
  });

  it('has nothing to say when all is so already', () => {
    fc.assert(
      fc.property(anyIsolation, (isolation) => {
        const compiled = compileFlows(isolation, 4096);
        expect(bundleLines(compiled, held(compiled, encodeCookie(1, 2)), encodeCookie(1, 2))).toEqual([]);
      }),
    );
  });

  it('deletes nothing without a cookie and its whole mask', () => {
    fc.assert(
      fc.property(anyIsolation, (isolation) => {
        const lines = bundleLines([], held(compileFlows(isolation, 4096), encodeCookie(9, 1)), encodeCookie(9, 2));
        expect(
          lines.every((line) => /^delete_strict cookie=0x4c5a\w{12}\/0xf{16},table=0,priority=\d+/.test(line)),
        ).toBe(true);
      }),
    );
  });
});
