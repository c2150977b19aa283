import { parseMessage, refusalOf } from './messages.js';
import { parseRemote } from './remote.js';

describe('parseMessage', () => {
  it('tells answers, requests and notifications apart', () => {
    expect(parseMessage('{"id":3,"result":[{}],"error":null}')).toEqual({
      kind: 'answer',
      id: 3,
      result: [{}],
      error: null,
    });
    expect(parseMessage('{"id":"echo","method":"echo","params":[]}')).toMatchObject({ kind: 'request', id: 'echo' });
    expect(parseMessage('{"id":null,"method":"update","params":["m",{}]}')).toMatchObject({ kind: 'notification' });
  });

  it('refuses what is neither', () => {
    expect(() => parseMessage('{}')).toThrow(TypeError);
    expect(() => parseMessage('{]')).toThrow(SyntaxError);
  });
});

describe('refusalOf', () => {
  it('names the operation that failed; those after it are null', () => {
    expect(refusalOf([{}, { error: 'timed out', details: '…' }, null])).toEqual({
      serverError: 'timed out',
      operation: 1,
    });
  });

  it('names the commit itself by an index beyond the operations', () => {
    expect(refusalOf([{ count: 1 }, { error: 'referential integrity violation' }])?.operation).toBe(1);
  });

  it('finds none in results without an error, and takes nothing else for results', () => {
    expect(refusalOf([{ rows: [] }, { count: 0 }, {}])).toBeNull();
    expect(() => refusalOf({ error: 'x' })).toThrow(TypeError);
  });
});

describe('parseRemote', () => {
  it('reads remotes as Open vSwitch writes them', () => {
    expect(parseRemote('tcp:10.99.0.2:6640')).toEqual({ host: '10.99.0.2', port: 6640 });
    expect(parseRemote('tcp:[fd00::2]:6640')).toEqual({ host: 'fd00::2', port: 6640 });
    expect(parseRemote('unix:/run/db.sock')).toEqual({ path: '/run/db.sock' });
  });

  it('refuses others', () => {
    for (const remote of [
      '10.99.0.2:6640',
      'tcp:host',
      'tcp:host:0',
      'tcp:host:70000',
      'unix:db.sock',
      'ssl:h:1',
      'tcp::1',
    ]) {
      expect(() => parseRemote(remote)).toThrow(
        expect.objectContaining({ code: 'invalid-remote', retry: 'permanent' }),
      );
    }
  });
});
