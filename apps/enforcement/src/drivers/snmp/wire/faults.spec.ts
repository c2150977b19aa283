import snmp from 'net-snmp';
import { snmpFault } from './faults.js';

const failed = (status: string) => new snmp.RequestFailedError(`${status}: 1.3.6.1.2.1.17.7.1.4.5.1.1.3`, 17);
const invalid = (message: string) => new snmp.ResponseInvalidError(message, 5);
const timedOut = Object.assign(new Error('Request timed out'), { name: 'RequestTimedOutError' });

describe('faults of a switch', () => {
  it('silence: a question can be asked again, a change may have been carried out', () => {
    expect(snmpFault(timedOut, 'get', 'sw:161')).toMatchObject({ code: 'unreachable', retry: 'transient' });
    expect(snmpFault(timedOut, 'set', 'sw:161')).toMatchObject({ code: 'no-answer', retry: 'ambiguous' });
  });

  it('a wrong key, a wrong protocol and an unknown user are named as such', () => {
    const words = (message: string) => snmpFault(invalid(message), 'get', 'sw:161');
    expect(words('Wrong Digest (incorrect password, community or key)').message).toContain('authentication password');
    expect(words('Decryption Error').message).toContain('privacy password');
    expect(words('Unknown User Name').message).toContain('user name');
    expect(words('Unknown User Name').code).toBe('misconfigured');
    expect(words('something new')).toMatchObject({ code: 'bad-answer', retry: 'ambiguous' });
  });

  it('what the switch refuses is permanent, in words, with the object', () => {
    expect(snmpFault(failed('InconsistentValue'), 'set', 'sw:161').message).toContain('does the VLAN exist');
    expect(snmpFault(failed('NoAccess'), 'set', 'sw:161').message).toContain('may not write');
    expect(snmpFault(failed('SomethingNew'), 'set', 'sw:161')).toMatchObject({ code: 'refused', retry: 'permanent' });
  });
});
