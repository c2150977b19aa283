import { hintOf } from './notification.js';

const trap = (value: string) => hintOf({ varbinds: [{ oid: '1.3.6.1.6.3.1.1.4.1.0', value }] });

describe('what a notification is', () => {
  it('version 2: named by snmpTrapOID', () => {
    expect(['1', '2', '3', '4', '5'].map((last) => trap(`1.3.6.1.6.3.1.1.5.${last}`))).toEqual([
      'restarted',
      'restarted',
      'link',
      'link',
      'other',
    ]);
    expect(trap('1.3.6.1.4.1.9.9.215.2.0.1')).toBe('mac');
    expect(trap('1.3.6.1.4.1.9.9.215.2.0.12')).toBe('other');
  });

  it('version 1: named by its generic number', () => {
    expect(hintOf({ varbinds: [], generic: 2 })).toBe('link');
    expect(hintOf({ varbinds: [], generic: 0 })).toBe('restarted');
    expect(hintOf({ varbinds: [] })).toBe('other');
  });
});
