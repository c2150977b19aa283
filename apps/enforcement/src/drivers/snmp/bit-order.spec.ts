import fc from 'fast-check';
import { findOrder } from './bit-order.js';
import { hasPort, sameList, withPort, type BitOrder } from './wire/port-list.js';

const list = (octets: number, ports: number[], order: BitOrder): Buffer =>
  ports.reduce<Buffer>((bits, port) => withPort(bits, port, true, order)!, Buffer.alloc(octets));

describe('port lists', () => {
  it('standard order: the first bit is port 1; mirrored: the last', () => {
    expect(list(2, [1, 10], 'standard').toString('hex')).toBe('8040');
    expect(list(2, [1, 10], 'mirrored').toString('hex')).toBe('0201');
  });

  it('a change of one port changes no other, and back is as before', () => {
    const any = fc.uint8Array({ minLength: 1, maxLength: 16 });
    fc.assert(
      fc.property(
        any,
        fc.integer({ min: 1, max: 128 }),
        fc.constantFrom<BitOrder>('standard', 'mirrored'),
        (octets, port, order) => {
          const before = Buffer.from(octets);
          const was = hasPort(before, port, order);
          const after = withPort(before, port, !was, order);
          if (!after) return order === 'mirrored' && port > octets.length * 8;
          const others = Array.from({ length: 130 }, (_, i) => i + 1).filter((one) => one !== port);
          return (
            hasPort(after, port, order) === !was &&
            (order === 'mirrored' ||
              others.every((one) => hasPort(after, one, order) === hasPort(before, one, order))) &&
            sameList(withPort(after, port, was, order)!, before)
          );
        },
      ),
    );
  });
});

describe('the bit order', () => {
  const pvids = new Map(Array.from({ length: 24 }, (_, i) => [i + 1, i < 12 ? 10 : 20]));
  const untagged = (order: BitOrder): Map<number, Buffer> =>
    new Map(
      [10, 20].map((vlan) => [
        vlan,
        list(
          4,
          [...pvids].filter(([, its]) => its === vlan).map(([p]) => p),
          order,
        ),
      ]),
    );

  it.each(['standard', 'mirrored'] as const)('is found out: %s', (order) => {
    expect(findOrder(pvids, untagged(order)).order).toBe(order);
  });

  it('is neither where the lists fit no order, or both', () => {
    const nonsense = new Map([10, 20].map((vlan) => [vlan, Buffer.from([0, 0, 0, 4])]));
    expect(findOrder(pvids, nonsense).order).toBe('neither');
    const all = new Map([10, 20].map((vlan) => [vlan, Buffer.alloc(4, 0xff)]));
    expect(findOrder(pvids, all).order).toBe('neither');
  });

  it('is none where all lists are empty, and neither where too few ports could tell', () => {
    expect(findOrder(pvids, new Map([[10, Buffer.alloc(4)]])).order).toBe('none');
    expect(findOrder(new Map([[1, 10]]), untagged('standard')).order).toBe('neither');
  });
});
