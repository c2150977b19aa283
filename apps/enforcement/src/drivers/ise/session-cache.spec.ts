import { SessionCache } from './session-cache.js';
import type { IseSession } from './session.js';

const mac = '08:00:06:10:00:11';
const at = (second: number): Date => new Date(Date.UTC(2026, 10, 25, 6, 0, second));
const session = (second: number, profile: string, sessionId = 'a'): IseSession => ({
  mac,
  sessionId,
  nasAddress: '10.99.0.2',
  port: 'GigabitEthernet1/0/7',
  passed: true,
  vlan: null,
  authorizationProfiles: [profile],
  policyNode: 'ise-psn-1',
  authenticatedAt: at(second),
});
const begun = (one: IseSession) => ({ mac, sessionId: one.sessionId, at: one.authenticatedAt!, session: one });
const ended = (second: number, sessionId = 'a') => ({ mac, sessionId, at: at(second), session: null });

describe('what pxGrid has told of sessions', () => {
  it('counts where it is later than what MnT tells, and not where it is older', () => {
    const cache = new SessionCache();
    const mnt = session(1, 'PermitAccess');
    expect(cache.merge(mac, mnt)).toBe(mnt);
    cache.take(begun(session(2, 'Lazaret-Imaging')));
    expect(cache.merge(mac, mnt)?.authorizationProfiles).toEqual(['Lazaret-Imaging']);
    const later = session(3, 'PermitAccess');
    expect(cache.merge(mac, later)).toBe(later);
  });

  it('keeps the policy node that MnT knows, of the same session only', () => {
    const cache = new SessionCache();
    cache.take(begun({ ...session(2, 'x'), policyNode: null }));
    expect(cache.merge(mac, session(1, 'y'))?.policyNode).toBe('ise-psn-1');
    expect(cache.merge(mac, session(1, 'y', 'b'))?.policyNode).toBeNull();
  });

  it('ends the session that has ended, and no other', () => {
    const cache = new SessionCache();
    cache.take(ended(2));
    expect(cache.merge(mac, session(1, 'x'))).toBeNull();
    expect(cache.merge(mac, session(1, 'x', 'b'))).not.toBeNull();
    expect(cache.merge(mac, null)).toBeNull();
  });

  it('takes no older message for news, and forgets all when it may have missed some', () => {
    const cache = new SessionCache();
    expect(cache.take(ended(2))).toBe(true);
    expect(cache.take(ended(2))).toBe(false);
    expect(cache.take(begun(session(1, 'x')))).toBe(false);
    cache.forget();
    expect(cache.merge(mac, session(1, 'x'))).not.toBeNull();
  });

  it('does not grow without end', () => {
    const cache = new SessionCache();
    for (let i = 0; i < 10_001; i++) cache.take({ ...ended(2), mac: `m${i}` });
    expect(cache.take({ ...ended(2), mac: 'm0' })).toBe(true);
    expect(cache.take({ ...ended(2), mac: 'm10000' })).toBe(false);
  });
});
