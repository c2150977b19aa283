import fc from 'fast-check';
import { readAccounting, readQuestion } from './form.js';

const device = {
  mac: '08-00-06-10-00-11',
  user: 'mri-1',
  serviceType: 'Framed-User',
  nasAddress: '10.99.0.2',
  nasIdentifier: 'access-3',
  port: 'Gi1/0/7',
  session: '5F1',
};
const record = { ...device, status: 'Start', class: '', authentic: 'RADIUS', seconds: '', delay: '' };
const form = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();
const hex = (text: string): string => `0x${Buffer.from(text).toString('hex')}`;

describe('a question', () => {
  it('names the device, the switch, the port, and what the site gives it', () => {
    expect(readQuestion(form({ ...device, vlan: '10' }))).toEqual({
      mac: '08:00:06:10:00:11',
      nasAddress: '10.99.0.2',
      nasIdentifier: 'access-3',
      port: 'Gi1/0/7',
      session: '5F1',
      vlan: 10,
    });
  });

  it('has nothing where the switch tells nothing', () => {
    const empty = {
      mac: '',
      user: '',
      serviceType: '',
      nasAddress: '',
      nasIdentifier: '',
      port: '',
      session: '',
      vlan: 'imaging',
    };
    const nothing = { mac: null, nasAddress: null, nasIdentifier: null, port: null, session: null, vlan: null };
    expect(readQuestion(form(empty))).toEqual(nothing);
  });

  it('takes the user name for a MAC in MAC authentication only', () => {
    const named = { ...device, mac: '', user: '080006100011', vlan: '' };
    expect(readQuestion(form({ ...named, serviceType: 'Call-Check' }))?.mac).toBe('08:00:06:10:00:11');
    expect(readQuestion(form(named))?.mac).toBeNull();
  });

  it.each([
    ['a field that is missing', form(device)],
    ['a field too many', form({ ...device, vlan: '', more: '1' })],
    ['a field twice', `${form({ ...device, vlan: '' })}&mac=02-00-00-00-00-01`],
    ['a field too long', form({ ...device, vlan: '', port: 'x'.repeat(254) })],
    ['no form', '{"mac":"08-00-06-10-00-11"}'],
  ])('is not one with %s', (_, body) => expect(readQuestion(body)).toBeNull());

  it('never breaks its reader', () => {
    fc.assert(fc.property(fc.string(), (body) => readQuestion(body) === null && readAccounting(body) === null));
  });
});

describe('accounting', () => {
  it('tells how long ago a session began', () => {
    expect(readAccounting(form({ ...record, delay: '3' }))).toMatchObject({ status: 'start', age: 3 });
    const interim = { ...record, status: 'Interim-Update', seconds: '60', delay: '2' };
    expect(readAccounting(form(interim))).toMatchObject({ status: 'interim', age: 62 });
  });

  it('gives back our Class among others, and no other as ours', () => {
    const classOf = (text: string): unknown => readAccounting(form({ ...record, class: text }));
    expect(classOf(`${hex('site')},${hex('lazaret/0123456789ab')}`)).toMatchObject({ policy: 'lazaret/0123456789ab' });
    expect(classOf(hex('lazaret/nothing'))).toMatchObject({ policy: null });
    expect(classOf(hex('x lazaret/0123456789ab'))).toMatchObject({ policy: null });
  });

  it('tells the restart of a switch, and ignores what says nothing of sessions', () => {
    expect(readAccounting(form({ ...record, status: 'Accounting-On', mac: '' }))).toMatchObject({
      status: 'restart',
      mac: null,
    });
    expect(readAccounting(form({ ...record, status: 'Failed' }))).toBe('ignored');
    expect(readAccounting(form({ ...record, seconds: '-1' }))).toBeNull();
  });
});
