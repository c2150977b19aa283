import { ovsPointSchema } from './config.js';
import { mri } from './testing/isolations.js';
import { undoCommands } from './undo.js';

const point = ovsPointSchema.parse({
  kind: 'ovs',
  id: 'ovs-1',
  ovsdb: 'tcp:10.99.0.2:6640',
  openflow: 'tcp:10.99.0.2:6653',
  bridge: 'wl-br0',
  quarantineVlan: 66,
  vlans: [
    { vlan: 10, subnet: '10.10.0.0/24', gateway: { address: '10.10.0.1', mac: '00:16:3e:00:00:10', port: 'wl-r10' } },
  ],
});

describe('undoCommands', () => {
  it('moves the port back before it takes the permits', () => {
    const commands = undoCommands(point, mri);
    expect(commands[1]).toContain(
      'set port wl-mri tag=10 protected=false -- remove port wl-mri external_ids lazaret-device',
    );
    expect(commands[2]).toBe(
      'ovs-ofctl -O OpenFlow14 del-flows tcp:10.99.0.2:6653 cookie=0x4c5a000000010000/0xffffffffffff0000',
    );
  });

  it('moves nothing that was not moved', () => {
    expect(undoCommands(point, { ...mri, mode: 'filter', quarantineVlan: null }).join('\n')).not.toContain('tag=');
  });
});
