import fc from 'fast-check';
import { ACTIVE_LIST_PATH, VERSION_PATH, coaPath, mayChange, mayRead, sessionPath } from './mnt-path.js';

const mac = '08:00:06:10:00:11';

describe('what may be asked of MnT', () => {
  it('is the version, the list of sessions and one session', () => {
    for (const path of [VERSION_PATH, ACTIVE_LIST_PATH, sessionPath(mac)]) expect(mayRead(path)).toBe(true);
    expect(sessionPath(mac)).toBe('/Session/MACAddress/08:00:06:10:00:11');
  });

  it('never forgets a session, and never changes the network by a read', () => {
    const others = [
      '/Session/Delete/All',
      `/Session/Delete/MACAddress/${mac}`,
      `${sessionPath(mac)}/../../Delete/All`,
      coaPath('reauthenticate', 'ise-psn-1', mac),
    ];
    for (const path of others) expect(mayRead(path)).toBe(false);
    for (const path of ['/Session/Delete/All', VERSION_PATH]) expect(mayChange(path)).toBe(false);
  });

  it('renews a session by its policy node, and never shuts a port', () => {
    for (const kind of ['reauthenticate', 'disconnect', 'port-bounce'] as const) {
      expect(mayChange(coaPath(kind, 'ise-psn-1.hospital.test', mac))).toBe(true);
    }
    expect(mayChange(`/CoA/Disconnect/ise-psn-1/${mac}/2`)).toBe(false);
  });

  it('is nothing else, whatever an answer names as policy node', () => {
    fc.assert(
      fc.property(fc.string(), (node) => {
        const path = coaPath('reauthenticate', node, mac);
        return mayChange(path) === /^[\w.-]+$/.test(node);
      }),
    );
  });
});
