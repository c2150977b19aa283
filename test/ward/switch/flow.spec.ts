import { cookieWords, parseFlowChange, parseFlows } from './flow.js';

const DUMP = `OFPST_FLOW reply (OF1.4) (xid=0x2):
 cookie=0x4c5a000000010001, duration=3.2s, table=0, n_packets=12, n_bytes=720, send_flow_rem priority=61000,tcp,in_port=1,dl_src=08:00:06:10:00:11,tp_dst=104 actions=sample(probability=1024,collector_set_id=1,obs_domain_id=10,obs_point_id=8),output:110
 cookie=0x0, duration=9.1s, table=0, n_packets=89, n_bytes=9800, priority=0 actions=NORMAL
`;

describe('flows', () => {
  it('are read with match, counters and actions', () => {
    expect(parseFlows(DUMP)).toEqual([
      {
        table: 0,
        cookie: 0x4c5a000000010001n,
        priority: 61000,
        packets: 12,
        bytes: 720,
        match: 'tcp,in_port=1,dl_src=08:00:06:10:00:11,tp_dst=104',
        actions: 'sample(probability=1024,collector_set_id=1,obs_domain_id=10,obs_point_id=8),output:110',
      },
      { table: 0, cookie: 0n, priority: 0, packets: 89, bytes: 9800, match: '', actions: 'NORMAL' },
    ]);
  });

  it('are watched as they change', () => {
    const line = ' event=DELETED reason=delete table=0 cookie=0x4c5a000000010001 tcp,tp_dst=9 actions=drop';
    const change = {
      at: 5,
      event: 'deleted',
      table: 0,
      cookie: 0x4c5a000000010001n,
      match: 'tcp,tp_dst=9',
      actions: 'drop',
    };
    expect(parseFlowChange(line, 5)).toEqual(change);
    expect(parseFlowChange('NXST_FLOW_MONITOR reply (xid=0x0):', 5)).toBeUndefined();
  });

  it('are named by cookie and mask', () => {
    expect(cookieWords(0x4c5a000000000000n, 0xffff000000000000n)).toBe('cookie=0x4c5a000000000000/0xffff000000000000');
  });
});
