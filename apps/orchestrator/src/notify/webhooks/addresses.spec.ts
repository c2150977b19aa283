import { isAddressRange, mayConnect } from './addresses.js';

describe('mayConnect', () => {
  it.each([
    ['private', ['10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fd12::1', 'fc00::1']],
    ['loopback', ['127.0.0.1', '127.9.9.9', '::1']],
    ['link-local', ['169.254.1.1', 'fe80::1', 'fe80::1%eth0']],
    ['metadata of a cloud', ['169.254.169.254', '168.63.129.16', '100.100.100.200', '192.0.0.192', 'fd00:ec2::254']],
    ['unspecified, multicast or broadcast', ['0.0.0.0', '0.1.2.3', '::', '224.0.0.1', 'ff02::1', '255.255.255.255']],
    [
      'documentation or reserved',
      ['192.0.2.1', '198.51.100.7', '203.0.113.9', '198.18.0.1', '240.0.0.1', '2001:db8::1'],
    ],
    ['shared between carriers', ['100.64.0.1']],
    [
      'an IPv4 address within an IPv6 one',
      ['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe', '::127.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::'],
    ],
    ['an IPv4 address behind a translator or a tunnel', ['64:ff9b:1::a00:1', '2001:0:7f00:1::', '::ffff:0:10.0.0.1']],
    ['no address', ['', 'localhost', '10.0.0', 'example.org', '1.2.3.4/32']],
  ])('refuses %s', (_, addresses) => {
    expect(addresses.filter((address) => mayConnect(address, []))).toEqual([]);
  });

  it('takes public addresses', () => {
    const open = ['8.8.8.8', '93.184.216.34', '172.32.0.1', '2606:2800:220:1::1', '::ffff:8.8.8.8'];
    expect(open.filter((address) => mayConnect(address, []))).toEqual(open);
  });

  it('takes what an address or a range allows, however the address is written, and nothing beside it', () => {
    const allowed = ['10.20.0.0/16', '127.0.0.1', 'fd12::/48'];
    const open = ['10.20.255.1', '127.0.0.1', '::ffff:10.20.0.1', 'fd12::9'];
    expect(open.filter((address) => mayConnect(address, allowed))).toEqual(open);
    const shut = ['10.21.0.1', '127.0.0.2', 'fd13::9', '169.254.169.254', '::1'];
    expect(shut.filter((address) => mayConnect(address, allowed))).toEqual([]);
  });
});

it('knows an address or a range from anything else', () => {
  expect(['10.0.0.1', '10.0.0.0/8', 'fd00::1', 'fd00::/8', '::1'].every(isAddressRange)).toBe(true);
  expect(['10.1', '10.0.0.0/33', 'example.org', '', '0x7f.1', '10.0.0.0-10.0.0.9'].some(isAddressRange)).toBe(false);
});
