import { parse } from 'yaml';
import { ciscoAcl } from '../syntax/cisco-acl.js';
import { describeConfig, describePage, pageBlocks } from '../testing/describe-config.js';
import { isePointSchema } from './config.js';
import { mri } from './testing/points.js';

describeConfig('ise', isePointSchema, import.meta.url);
describePage('ise', isePointSchema);

describe('the page on ise', () => {
  it('has the downloadable ACL of its own example, as it is compiled for Cisco', () => {
    const [example = ''] = pageBlocks('ise', 'yaml');
    const [acl = ''] = pageBlocks('ise', 'text');
    const { points } = parse(example) as { points: unknown[] };
    const { permits } = isePointSchema.parse(points[0]).policies[0]!;
    if (permits === 'as-sent') throw new Error('a policy of ISE is fixed');
    const isolation = { ...mri, permits: permits.map((one) => ({ ...one, flowId: `${one.port}`, nextHop: null })) };
    const lines = acl.split('\n').map((line) => line.trim());
    expect(lines.filter((line) => line !== '')).toEqual(ciscoAcl(isolation, { ipv6: 'none', entries: 64 }).ipv4);
  });
});
