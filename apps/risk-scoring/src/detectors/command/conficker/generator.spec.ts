import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfickerCalendar } from './calendar.js';
import { confickerNames, DAY_MS, x87Sine } from './generator.js';

const FIRST_OF_2020 = Date.UTC(2020, 0, 1) / DAY_MS;
const folder = join(process.env['LAZARET_DATA'] ?? join(process.cwd(), '../shared/data'), 'conficker');
const recorded = existsSync(folder);
if (!recorded) console.warn(`skipped: the recorded names of 2020 are not at ${folder} (set LAZARET_DATA)`);
const withRecords = recorded ? it : it.skip;
const lines = (file: string) => readFileSync(join(folder, file), 'utf8').split(/\r?\n/).filter(Boolean);

describe('the names of the Conficker worm', () => {
  it('starts 2020 with the names that were recorded', () => {
    expect(confickerNames('A', FIRST_OF_2020).slice(0, 3)).toEqual(['fvqcih.net', 'nwyoodof.com', 'rhrcwu.com']);
    expect(confickerNames('B', FIRST_OF_2020).slice(0, 3)).toEqual(['jqfgtmjl.ws', 'wytetvzvfb.com', 'zrbmw.info']);
  });

  withRecords(
    'makes every name of B in order, on 366 days of 366',
    () => {
      const names = lines('conficker.b.txt');
      const wrong = Array.from({ length: 366 }, (_, day) => day).filter(
        (day) => confickerNames('B', FIRST_OF_2020 + day).join() !== names.slice(250 * day, 250 * (day + 1)).join(),
      );
      expect(wrong).toEqual([]);
    },
    60_000,
  );

  withRecords(
    'makes every name of A on 365 days; 4 May is missing in the record',
    () => {
      const names = new Set(lines('conficker.a.txt'));
      const wrong = Array.from({ length: 366 }, (_, day) => FIRST_OF_2020 + day).filter(
        (day) => !confickerNames('A', day).every((name) => names.has(name)),
      );
      expect(wrong.map((day) => new Date(day * DAY_MS).toISOString().slice(0, 10))).toEqual(['2020-05-04']);
    },
    60_000,
  );

  it('computes the sine as the x87 does, which differs from the mathematical one for large numbers', () => {
    expect(x87Sine(1)).toBe(Math.sin(1));
    expect(x87Sine(2 ** 62)).not.toBe(Math.sin(2 ** 62));
    expect(x87Sine(2 ** 62)).toBeCloseTo(Math.sin(2 ** 62), 0);
  });
});

describe('the calendar of names', () => {
  const noon = Date.UTC(2020, 0, 2, 12);

  it('knows a name on its day, the day before and the day after, and on no other', () => {
    const calendar = new ConfickerCalendar();
    const found = [-2, -1, 0, 1, 2].map((days) => calendar.find('fvqcih.net', noon + (days - 1) * DAY_MS));
    expect(found.map((name) => name?.day)).toEqual([undefined, FIRST_OF_2020, FIRST_OF_2020, FIRST_OF_2020, undefined]);
    expect(calendar.find('jqfgtmjl.ws', noon)?.variant).toBe('B');
  });

  it('does not know a name that only looks like one', () => {
    const calendar = new ConfickerCalendar();
    expect(calendar.find('fvqcih.com', noon)).toBeUndefined();
    expect(calendar.find('www.fvqcih.net', noon)).toBeUndefined();
  });

  it('answers the same after more days than it keeps', () => {
    const calendar = new ConfickerCalendar(3);
    for (let day = 0; day < 10; day++) calendar.find('lazaret.test', noon + day * DAY_MS);
    expect(calendar.find('fvqcih.net', noon)?.variant).toBe('A');
  });
});
