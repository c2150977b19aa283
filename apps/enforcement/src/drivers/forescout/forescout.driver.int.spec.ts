import { MRI } from '../http/testing/nac-fixture.client.js';
import { NacBench, failure } from '../http/testing/nac-bench.client.js';
import { forescoutFixture } from './testing/forescout-fixture.client.js';

const UNKNOWN = '02:00:00:00:00:01';

describe('the driver forescout', () => {
  const bench = new NacBench(forescoutFixture);

  it('makes no host: it asks first, and says so where Forescout makes one all the same', async () => {
    expect(await failure(bench.setPolicy({ mac: UNKNOWN }))).toMatchObject({ code: 'refused' });
    expect(bench.fixture.standIn.writes).toBe(0);
    bench.model.makesHosts = true;
    const plain = bench.model.answer.bind(bench.model);
    bench.model.answer = (request) => {
      // It is forgotten between the question and the write.
      if (request.path.startsWith('/fsapi')) bench.model.hosts.delete(MRI.replaceAll(':', ''));
      return plain(request);
    };
    expect(await failure(bench.setPolicy())).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('made a host'),
    });
  });

  it('sends XML with a key, the property, and no wish for a new host', async () => {
    await bench.setPolicy();
    const sent = bench.fixture.standIn.requests.find(({ path }) => path === '/fsapi/niCore/Hosts');
    expect(sent?.text).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><FSAPI TYPE="request" API_VERSION="1.0"><TRANSACTION TYPE="update">' +
        '<OPTIONS CREATE_NEW_HOST="false"/><HOST_KEY NAME="mac" VALUE="080006100011"/><PROPERTIES>' +
        '<PROPERTY NAME="lazaret_modality"><VALUE>on</VALUE></PROPERTY></PROPERTIES></TRANSACTION></FSAPI>',
    );
  });

  it('tells a refusal that comes with HTTP status 200 in its words, and an answer that is none as such', async () => {
    bench.model.properties.shift();
    expect(await failure(bench.setPolicy())).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('Unknown property'),
    });
    const plain = bench.model.answer.bind(bench.model);
    bench.model.answer = (request) =>
      request.path.startsWith('/fsapi') ? { status: 200, body: '<html/>' } : plain(request);
    expect(await failure(bench.setPolicy())).toMatchObject({ code: 'bad-answer', retry: 'ambiguous' });
  });

  it('F5 F31 a property that is on, and on which no policy has acted, is not shown as isolated', async () => {
    bench.model.policyActs = false;
    await bench.setPolicy();
    const { policies, sessions } = await bench.driver.read([MRI]);
    expect(policies).toEqual([expect.objectContaining({ ours: true })]);
    expect(sessions).toEqual([expect.objectContaining({ isolated: false, vlan: 10, switch: 'sw-1' })]);
  });

  it('F6 a host that is off has no session, and the property stands', async () => {
    bench.model.endSession(MRI);
    await bench.setPolicy();
    expect(await bench.driver.read([MRI])).toMatchObject({ sessions: [], policies: [{ ours: true }] });
  });

  it('F11 a property that is on is the host’s, so that it holds when it connects again', async () => {
    await bench.setPolicy();
    bench.model.host(MRI).online = false;
    bench.model.host(MRI).online = true;
    expect((await bench.driver.read([MRI])).sessions).toEqual([expect.objectContaining({ isolated: true })]);
  });

  it('F13 a property by which others isolate is a conflict, named', async () => {
    bench.model.host(MRI).properties['PanwIoTQuarantine'] = 'on';
    expect(await failure(bench.setPolicy())).toMatchObject({
      code: 'changed-by-others',
      message: expect.stringContaining('PanwIoTQuarantine'),
    });
    expect(bench.fixture.standIn.writes).toBe(0);
  });

  it('F14 a property that Forescout does not have is found beforehand', async () => {
    bench.model.properties.shift();
    expect((await bench.driver.probe()).filter(({ ok }) => ok === false)).toEqual([
      expect.objectContaining({ check: 'property lazaret_modality is there' }),
    ]);
  });

  it('reads a filter by the property that shows it', async () => {
    await bench.fixture.stop();
    const filter = {
      name: 'modality',
      property: 'lazaret_modality',
      mode: 'filter',
      permits: [{ peerAddress: '10.20.0.10', transport: 'tcp', port: 104, opener: 'device' }],
      shownBy: { property: 'acl', value: 'Lazaret' },
    };
    await bench.restart({ policies: [filter] });
    expect(await bench.isolated()).toEqual([false]);
    bench.model.host(MRI).properties['acl'] = 'Lazaret';
    expect(await bench.isolated()).toEqual([true]);
  });

  it('refuses to make a session begin anew, which Forescout alone does', async () => {
    expect(await failure(bench.renew())).toMatchObject({ code: 'refused' });
  });
});
