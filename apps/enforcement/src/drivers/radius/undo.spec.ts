import { aPoint, mri } from './testing/points.js';
import { undoCommands } from './undo.js';

describe('undoing by hand', () => {
  it('is a radclient command that reads the secret from its file', () => {
    const secretFile = '/etc/lazaret/radius/sw-1.secret';
    expect(undoCommands(aPoint('ieee8021x', { host: '10.99.0.2' }), mri)).toEqual([
      'echo "NAS-IP-Address = 10.99.0.2, Calling-Station-Id = \\"08-00-06-10-00-11\\", Event-Timestamp = $(date +%s), ' +
        `Message-Authenticator = 0x00" | radclient -x -r 1 -t 3 -S ${secretFile} 10.99.0.2:3799 disconnect`,
    ]);
  });

  it('goes by the proxy where the point does', () => {
    const through = { kind: 'proxy', host: 'fd00::1' };
    const [command] = undoCommands(aPoint('cisco-ios-xe', { through, messageAuthenticator: false }), mri);
    expect(command).toContain(' [fd00::1]:3799 coa');
    expect(command).toContain('Cisco-AVPair = \\"subscriber:command=reauthenticate\\"');
    expect(command).not.toContain('Message-Authenticator');
  });

  it('says where to go if the switch can not be told who is meant', () => {
    expect(undoCommands(aPoint('aruba-aos-cx', { renew: 'bounce' }), mri)).toEqual([
      '# sw-1: end the session of 08:00:06:10:00:11 on the switch itself, at its port 1/1/7',
    ]);
  });
});
