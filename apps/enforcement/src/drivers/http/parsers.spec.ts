import fc from 'fast-check';
import { DriverError } from '#driver';
import { parseEndpoint, parseEndpointMacs, parseMark, markValue } from '../clearpass/wire/endpoint.js';
import { parseActionId, parseActionState } from '../clearpass/wire/session-action.js';
import { parseSessions } from '../clearpass/wire/session.js';
import { parseUpdateAnswer } from '../forescout/wire/data-exchange.js';
import { parseFieldNames, parseHost } from '../forescout/wire/host.js';
import { parseNacClients, parseWiredMacs } from '../mist/wire/nac-client.js';
import { ruleProblem } from '../mist/wire/nac-rule.js';
import { parseUserMacs, relabelled } from '../mist/wire/user-mac.js';
import { parseOpenLocations } from '../packetfence/wire/location.js';
import { auditWords, parseAudit, verdictOf } from '../packetfence/wire/radius-audit.js';
import { parseApplied, parseOpenEvents, parseOpenMacs, parseRuleActions } from '../packetfence/wire/security-event.js';
import { parseSwitch } from '../packetfence/wire/switch-config.js';

const MAC = '08:00:06:10:00:11';

const parsers: readonly [string, (json: unknown) => unknown][] = [
  ['an endpoint', (json) => parseEndpoint(json).attribute('Lazaret-Policy')],
  ['endpoints', parseEndpointMacs],
  ['an action', parseActionId],
  ['the state of an action', parseActionState],
  ['ClearPass’s sessions', (json) => parseSessions(json, MAC, 'role_name')],
  ['a host', (json) => parseHost(json)('online')],
  ['properties', parseFieldNames],
  ['Mist’s clients', (json) => parseNacClients(json, MAC)],
  ['wired clients', parseWiredMacs],
  ['rules', (json) => ruleProblem(json, json, 'lazaret', 'lazaret')],
  ['user MACs', parseUserMacs],
  ['the location log', parseOpenLocations],
  ['the audit log', (json) => parseAudit(json).map(auditWords)],
  ['an applied event', parseApplied],
  ['open events', parseOpenEvents],
  ['open MACs', parseOpenMacs],
  ['a rule’s actions', parseRuleActions],
  ['a switch', (json) => parseSwitch(json).vlanOf('lazaret')],
];

/** Anything, or anything under the names that these parsers look for. */
const names = [
  'items',
  'item',
  'results',
  '_embedded',
  'host',
  'fields',
  'id',
  'mac',
  'status',
  'actions',
  'hostFields',
];
const answer = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    fc.jsonValue({ maxDepth: 2 }),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie('node'), { maxKeys: 4 }),
  ),
})).node;

describe('what a NAC answers', () => {
  it.each(parsers)('is understood or called bad, never anything else: %s', (_, parse) => {
    fc.assert(
      fc.property(answer, (json) => {
        try {
          parse(json);
        } catch (error) {
          expect(error).toBeInstanceOf(DriverError);
          expect(error).toMatchObject({ code: 'bad-answer' });
        }
      }),
    );
  });

  it('is XML that is understood or called bad', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constantFrom('<FSAPI>', '<FSAPI><STATUS/></FSAPI>', '<!DOCTYPE a>')),
        (xml) => {
          expect(() => parseUpdateAnswer(xml)).toThrow(expect.objectContaining({ code: 'bad-answer' }));
        },
      ),
    );
  });

  it('has a mark only if it is one', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.nat(), (quarantineId, generation) => {
        expect(parseMark(markValue(quarantineId, generation))).toEqual({ quarantineId, generation });
      }),
    );
    for (const text of ['', 'by hand', '01932b1c-0000-7000-8000-000000000001', '1 2'])
      expect(parseMark(text)).toBeNull();
  });

  it.each([
    ['success', 'done'],
    ['Completed', 'done'],
    ['in_progress', null],
    ['pending', null],
    ['failed: CoA-NAK', 'failed'],
    ['request timed out', 'failed'],
    ['unsuccessful', 'failed'],
    ['failed: No active session found', 'no-session'],
  ])('is an action that is "%s", which means %s', (status, end) => {
    expect(parseActionState({ status })).toMatchObject({ end });
  });

  it.each([
    ['Error - Timeout', 'silent'],
    ['Disconnect-NAK', 'refused'],
    ['Reject', 'refused'],
    ['Accept', 'accepted'],
    ['CoA-ACK', 'accepted'],
  ])('is an exchange that ended with "%s", which means %s', (status, verdict) => {
    expect(verdictOf({ id: '1', status, reason: '', switchAddress: 'sw' })).toBe(verdict);
  });

  it('keeps all of a record but the label that goes, once', () => {
    const record = { id: '1', mac: 'a', labels: ['x', 'ours'], notes: 'n', more: { of: 'it' } };
    expect(relabelled(record, { add: ['ours'], remove: ['x'] })).toEqual({ ...record, labels: ['ours'] });
  });
});
