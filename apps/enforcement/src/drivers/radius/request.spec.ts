import { renewalOf } from './profile.js';
import { attempts, type Session } from './request.js';
import { aPoint } from './testing/points.js';
import { MODEL_NAMES, MODELS, type ModelName } from './models/models.js';
import type { RadiusModel } from './models/model.js';
import { encodeNamed } from './wire/dictionary.js';

const session: Session = {
  mac: '08:00:06:10:00:aa',
  port: '1/1/7',
  id: { kind: 'Acct-Session-Id', value: '5A3B' },
};

/** The first request of a model's usual way, as people write it. */
function first(model: ModelName, changes: object = {}, about: Session = session): string[] {
  const point = aPoint(model, changes);
  const [attempt] = attempts(point, renewalOf(point), about);
  return attempt ? [attempt.request, ...attempt.attributes.map(([name, value]) => `${name}=${value}`)] : [];
}

describe('the request that renews a session', () => {
  it("is exactly what each family of switches takes: R4, one's attribute is another's refusal", () => {
    const nas = 'NAS-IP-Address=10.99.0.2';
    const mac = 'Calling-Station-Id=08-00-06-10-00-AA';
    const told = 'Acct-Session-Id=5A3B';
    const user = 'User-Name=0800061000aa';
    expect(first('ieee8021x')).toEqual(['disconnect', nas, mac, told]);
    expect(first('comware')).toEqual(['disconnect', nas, mac, told]);
    expect(first('juniper-ex')).toEqual(['disconnect', nas, mac, told]);
    expect(first('aruba-aos-cx')).toEqual(['disconnect', nas, user, mac, told]);
    expect(first('aruba-aos-s')).toEqual([
      'coa',
      nas,
      user,
      'Calling-Station-Id=08-00-06-10-00-aa',
      told,
      'Session-Timeout=2',
      'Termination-Action=1',
    ]);
    // EXOS knows no Acct-Session-Id: MAC, and NAS-Port where it is known.
    expect(first('extreme-exos')).toEqual(['disconnect', nas, mac]);
    expect(first('extreme-exos', { nasPorts: { '1/1/7': 1007 } })).toEqual(['disconnect', nas, mac, 'NAS-Port=1007']);
    expect(first('fortiswitch')).toEqual(['coa', nas, mac, told, 'Fortinet-Host-Port-AVPair=action=reauth-port']);
    expect(first('huawei')).toEqual(['coa', nas, mac, told, 'Huawei-Ext-Specific=user-command=1']);
    expect(
      first('cisco-ios-xe', {}, { ...session, id: { kind: 'audit-session-id', value: '0A00000100000001' } }),
    ).toEqual([
      'coa',
      nas,
      mac,
      'Cisco-AVPair=audit-session-id=0A00000100000001',
      'Cisco-AVPair=subscriber:command=reauthenticate',
      'Cisco-AVPair=subscriber:reauthenticate-type=last',
    ]);
  });

  it('bounces the port as each vendor says', () => {
    const bounce = { renew: 'bounce' };
    expect(first('cisco-ios-xe', bounce).at(-1)).toBe('Cisco-AVPair=subscriber:command=bounce-host-port');
    expect(first('aruba-aos-s', bounce).at(-1)).toBe('HP-Port-Bounce-Host=12');
    expect(first('juniper-ex', bounce).slice(-2)).toEqual(['Juniper-AV-Pair=Port-Bounce', 'Acct-Terminate-Cause=6']);
    expect(first('fortiswitch', bounce).at(-1)).toBe('Fortinet-Host-Port-AVPair=action=bounce-port');
    expect(first('huawei', bounce).at(-1)).toBe('Huawei-Ext-Specific=user-command=2');
  });

  it('F4 an AOS-CX bounce without NAS-Port is not sent at all, and with it it has NAS-Port and User-Name', () => {
    expect(first('aruba-aos-cx', { renew: 'bounce' })).toEqual([]);
    expect(first('aruba-aos-cx', { renew: 'bounce', nasPorts: { '1/1/7': 7 } })).toEqual([
      'coa',
      'NAS-IP-Address=10.99.0.2',
      'User-Name=0800061000aa',
      'Calling-Station-Id=08-00-06-10-00-AA',
      'NAS-Port=7',
      'Aruba-Port-Bounce-Host=12',
    ]);
  });

  it('takes the user name of a device that has one of its own', () => {
    const userNames = { '08:00:06:10:00:aa': 'mri-7' };
    expect(first('aruba-aos-cx', { userNames })).toContain('User-Name=mri-7');
  });

  it('names the NAS as it names itself, by IPv6 too', () => {
    expect(first('ieee8021x', { nas: { address: 'fd00::2', identifier: 'mr-3' } }).slice(1, 3)).toEqual([
      'NAS-IPv6-Address=fd00::2',
      'NAS-Identifier=mr-3',
    ]);
  });

  it.each(MODEL_NAMES)('has the session id first where it is known and %s takes it, and can be written', (name) => {
    const point = aPoint(name, { nasPorts: { '1/1/7': 7 } });
    for (const id of [session.id, null]) {
      const tries = attempts(point, renewalOf(point), { ...session, id });
      expect(tries.length).toBeGreaterThan(0);
      const named = tries.map(({ namesSession }) => namesSession);
      expect(named).toEqual([...named].sort((a, b) => Number(b) - Number(a)));
      expect(named.includes(true)).toBe(id !== null && name !== 'extreme-exos');
      for (const { attributes } of tries) attributes.map(encodeNamed);
    }
  });
});

describe('the models', () => {
  it.each(MODEL_NAMES)('%s sends nothing but identification in a Disconnect', (name) => {
    const { renew }: RadiusModel = MODELS[name];
    for (const renewal of Object.values(renew)) {
      if (renewal?.request === 'disconnect') expect(renewal.attributes).toEqual([]);
    }
  });
});
