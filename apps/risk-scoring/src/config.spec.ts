import { parseConfig, type ConfigProblem } from '#config';
import { configSchema } from './config.js';

describe('the configuration', () => {
  it('needs nothing but what a site adds', () => {
    expect(parseConfig(configSchema, '{}', [])).toEqual({ siteSuffixes: [], snapshotSeconds: 10, epoch: 1 });
  });

  it('names every problem, and each field that it does not know', () => {
    const problems: ConfigProblem[] = [];
    parseConfig(configSchema, 'siteSuffixes: [".ward.test"]\nsnapshotSeconds: 0\nepoch: 0\nsuffixes: []\n', problems);
    expect(problems.map((problem) => problem.path).sort()).toEqual([
      '(top level)',
      'epoch',
      'siteSuffixes.0',
      'snapshotSeconds',
    ]);
  });
});
