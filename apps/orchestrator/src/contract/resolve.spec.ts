import type { DeclaredFlow } from '#events';
import { STORE, archive, device, networkInterface } from '../testing/examples.js';
import { permitsOf, requiredFlowsCut } from './permits.js';
import { resolveContract } from './resolve.js';

const NOW = new Date('2026-01-05T08:00:04.000Z');
const LATER = new Date('2026-01-06T08:00:04.000Z');
const mri = device({ deviceId: 'mri' });
const pacs = archive({ deviceId: 'pacs' });
const callBack: DeclaredFlow = { ...STORE, service: 'dicom-commitment', port: 11113, opener: 'peer' };

it("resolves AE titles, also of the archive's call-backs, with source and time", () => {
  const { flows, unresolved } = resolveContract(mri, [STORE, callBack], [mri, pacs], [], NOW);
  expect(unresolved).toEqual([]);
  expect(flows).toMatchObject([
    {
      service: 'dicom-store',
      peerAddress: '10.20.0.10',
      peerDeviceId: 'pacs',
      opener: 'device',
      resolvedFrom: 'ARCHIVE',
    },
    { service: 'dicom-commitment', peerAddress: '10.20.0.10', port: 11113, opener: 'peer', resolvedBy: 'inventory' },
  ]);
  expect(flows[0]?.resolvedAt).toBe(NOW.toISOString());
});

it('resolves assets, host names and addresses', () => {
  const ask = (peerKind: DeclaredFlow['peerKind'], peer: string) =>
    resolveContract(mri, [{ ...STORE, peerKind, peer }], [mri, pacs], [], NOW).flows[0]?.peerAddress;
  expect(ask('asset', 'ARCHIVE-1')).toBe('10.20.0.10');
  expect(ask('name', 'ARCHIVE')).toBe('10.20.0.10');
  expect(ask('address', '10.20.0.53')).toBe('10.20.0.53');
});

it('names what nobody answers to, and what two devices answer to, and guesses neither', () => {
  const twin = archive({ deviceId: 'twin', interfaces: [networkInterface('00:16:3e:20:00:99', '10.20.0.99')] });
  for (const known of [[mri], [mri, pacs, twin]]) {
    const contract = resolveContract(mri, [STORE], known, [], NOW);
    expect(contract).toMatchObject({
      flows: [],
      unresolved: ['dicom-store ARCHIVE'],
      unresolvedRequired: ['dicom-store ARCHIVE'],
    });
  }
});

it("takes its own realm's device before another hospital's of the same name", () => {
  const far = archive({
    deviceId: 'far',
    site: 'south',
    interfaces: [networkInterface('00:16:3e:20:00:99', '10.20.0.99')],
  });
  const { flows } = resolveContract(mri, [STORE], [far, mri, pacs], [], NOW);
  expect(flows.map(({ peerDeviceId }) => peerDeviceId)).toEqual(['pacs']);
});

it('keeps id and time of a flow while its address stays, and only the id when it changes', () => {
  const first = resolveContract(mri, [STORE], [mri, pacs], [], NOW).flows;
  expect(resolveContract(mri, [STORE], [mri, pacs], first, LATER).flows).toEqual(first);
  const moved = archive({ deviceId: 'pacs', interfaces: [networkInterface('00:16:3e:20:00:10', '10.20.0.77')] });
  const [flow] = resolveContract(mri, [STORE], [mri, moved], first, LATER).flows;
  expect(flow).toMatchObject({ flowId: first[0]?.flowId, peerAddress: '10.20.0.77', resolvedAt: LATER.toISOString() });
});

it('says which sensor an address that is not static comes from', () => {
  const dynamic = {
    ...networkInterface('00:16:3e:20:00:10', '10.20.0.10'),
    addressing: 'dhcp' as const,
    toldBy: 'dns-1-leases',
  };
  const { flows } = resolveContract(mri, [STORE], [mri, archive({ interfaces: [dynamic] })], [], NOW);
  expect(flows[0]?.resolvedBy).toBe('dns-1-leases');
});

describe('permits', () => {
  const { flows } = resolveContract(mri, [STORE, callBack], [mri, pacs], [], NOW);

  it('are the flows at each address of the device of the same family', () => {
    const interfaces = [
      ...mri.interfaces,
      networkInterface('08:00:06:10:00:12', 'fe80::1'),
      networkInterface('08:00:06:10:00:13', null),
    ];
    expect(permitsOf(flows, interfaces).map(({ deviceAddress }) => deviceAddress)).toEqual([
      '10.10.0.11',
      '10.10.0.11',
    ]);
  });

  it("leave the vendor's remote service closed", () => {
    expect(permitsOf([{ ...flows[0]!, service: 'vendor' }], mri.interfaces)).toEqual([]);
  });

  it('name each required flow that would not stay open, whyever', () => {
    const contract = { flows, unresolvedRequired: ['hl7 BROKER'] };
    const permits = permitsOf(flows, mri.interfaces);
    expect(requiredFlowsCut(contract, permits, [])).toEqual(['hl7 BROKER (no address known)']);
    expect(requiredFlowsCut({ ...contract, unresolvedRequired: [] }, permits, [flows[1]!.flowId])).toEqual([
      'dicom-commitment 10.20.0.10:11113',
    ]);
    expect(requiredFlowsCut({ ...contract, unresolvedRequired: [] }, [], [])).toHaveLength(2);
    const optional = flows.map((flow) => ({ ...flow, required: false }));
    expect(requiredFlowsCut({ flows: optional, unresolvedRequired: [] }, [], [])).toEqual([]);
  });
});
