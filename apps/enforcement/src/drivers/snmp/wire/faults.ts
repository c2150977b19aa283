import { DriverError } from '#driver';

export type SnmpAction = 'get' | 'set';

/** What an SNMPv3 agent reports of a request that it could not take (RFC 3414 section 3.2), and what to do. */
const securityFaults: Record<string, string> = {
  'Unsupported Security Level': 'the user may not use authentication with privacy there: check its security level',
  'Not In Time Window': 'its clock and boot counter do not agree with ours: ask again, and check whether it restarts',
  'Unknown User Name': 'it does not know this user: check the user name',
  'Unknown Engine ID': 'its engine id has changed: ask again',
  'Wrong Digest': 'the authentication password or protocol is wrong',
  'Decryption Error': 'the privacy password or protocol is wrong',
};

/** Errors of a SET and of a GET in words (RFC 3416 section 3). */
const refusals: Record<string, string> = {
  NoAccess: 'this user or community may not write there',
  AuthorizationError: 'this user or community may not write there',
  NotWritable: 'the switch does not let this be written',
  ReadOnly: 'the switch does not let this be written',
  NoSuchName: 'the switch has no such object, or it may not be written',
  NoCreation: 'the switch has no such object',
  WrongType: 'the switch expects another type',
  WrongLength: 'the switch expects another length',
  WrongValue: 'the switch does not take this value',
  BadValue: 'the switch does not take this value',
  InconsistentValue:
    'the switch does not take this value now: does the VLAN exist there, and is the port free to change?',
  ResourceUnavailable: 'the switch has no room for it',
  CommitFailed: 'the switch could not carry it out',
};

/** A fault of the library as a DriverError. `target` is host and port, for people. */
export function snmpFault(error: unknown, action: SnmpAction, target: string): DriverError {
  if (error instanceof DriverError) return error;
  const { name, message } = error instanceof Error ? error : { name: '', message: '' };
  if (name === 'RequestTimedOutError') {
    return action === 'set'
      ? new DriverError('no-answer', `${target} did not answer a change: it may have been carried out`)
      : new DriverError(
          'unreachable',
          `${target} does not answer SNMP: check the address, the firewall, and the community or user`,
        );
  }
  if (name === 'RequestFailedError') {
    const [status = '', oid] = message.split(': ');
    return new DriverError('refused', `${target} refuses${oid ? ` ${oid}` : ''}: ${refusals[status] ?? status}`);
  }
  if (name === 'ResponseInvalidError') {
    const words = Object.entries(securityFaults).find(([start]) => message.startsWith(start))?.[1];
    if (words) return new DriverError('misconfigured', `${target} refuses the user: ${words}`);
    return new DriverError('bad-answer', `${target} gave an answer that does not fit`);
  }
  return action === 'set'
    ? new DriverError('no-answer', `the way to ${target} broke: the change may have been carried out`)
    : new DriverError('unreachable', `${target} can not be asked: check its name and address`);
}
