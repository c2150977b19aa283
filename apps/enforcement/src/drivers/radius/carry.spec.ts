import { carriedBy } from './carry.js';
import { carryingPoint, mri } from './testing/points.js';

describe('a CoA that carries an isolation', () => {
  it('has the role on Aruba, which sets the VLAN too, and says which flow the role does not keep', () => {
    expect(carriedBy(carryingPoint('aruba-aos-cx'), mri)).toEqual({
      attributes: [['Aruba-User-Role', 'lazaret-mri']],
      entries: ['Aruba-User-Role = lazaret-mri'],
      cut: ['dns'],
      policy: 'lazaret-mri',
    });
    expect(carriedBy(carryingPoint('aruba-aos-s'), { ...mri, mode: 'filter', quarantineVlan: null }).entries).toEqual([
      'HP-User-Role = lazaret-mri-in-place',
    ]);
  });

  it('has the VLAN as RFC 3580 writes it on FortiSwitch', () => {
    const policies = [{ name: 'vlan-66', mode: 'vlan-bridged', quarantineVlan: 66, permits: 'as-sent' }];
    expect(carriedBy(carryingPoint('fortiswitch', { policies }), mri)).toMatchObject({
      entries: ['Tunnel-Type = 13', 'Tunnel-Medium-Type = 6', 'Tunnel-Private-Group-Id = 66'],
      policy: null,
      cut: [],
    });
  });

  it('is refused where no role of the switch fits', () => {
    const policies = [{ name: 'in-place', mode: 'filter', permits: [] }];
    expect(() => carriedBy(carryingPoint('huawei', { policies }), mri)).toThrow('in-place is for filter');
  });
});
