import { findSheet } from './sheets.js';

const A = '01993c0a-aaaa-7bbb-8000-00000000000a';
const B = '01993c0a-aaaa-7bbb-8000-00000000000b';
const Q = '01993c10-2222-7aaa-8000-000000000001';

/** As the orchestrator writes them, beside the quarantine. */
const planned = (asset: string, device: string, command: string, writtenAt = 1) => ({
  text: `# Undo by hand: ${asset} (${asset} room 4), site north, device ${device}\n# Quarantine ${Q}. Run these on the switch; tell Lazaret afterwards: lazaret release ${Q}\n${command}\n`,
  writtenAt,
});
/** As enforcement writes them, before the first write. */
const applied = (name: string, device: string, command: string, writtenAt = 1) => ({
  text: `# Undo by hand: ${name}, device ${device}\n# Quarantine ${Q}, written 2026-01-05T08:00:00.000Z. Run these on the switch; no Lazaret is needed.\n${command}\n`,
  writtenAt,
});

describe('finding an undo sheet', () => {
  it.each(['MRI-1', 'mri-1', 'MRI-1 room 4', A, Q])('takes the name %s', (which) => {
    expect(findSheet([planned('MRI-1', A, 'right')], which)).toMatchObject({
      ok: true,
      text: expect.stringContaining('right'),
    });
  });

  it('takes no name that is only alike', () => {
    const sheets = [planned('MRI-10', A, 'wrong'), applied('MRI-11', B, 'wrong')];
    expect(findSheet(sheets, 'MRI-1')).toEqual({
      ok: false,
      reason: 'unknown',
      titles: [`MRI-10 (MRI-10 room 4), site north, device ${A}`, `MRI-11, device ${B}`],
    });
  });

  it('takes the newest of a device, whoever wrote it', () => {
    const sheets = [applied('MRI-1', A, 'newest', 30), planned('MRI-1', A, 'old', 10), applied('MRI-1', A, 'old', 20)];
    expect(findSheet(sheets, 'MRI-1')).toMatchObject({ ok: true, text: expect.stringContaining('newest') });
  });

  it('does not choose between two devices of one name', () => {
    const found = findSheet([applied('MRI-1', A, 'one'), applied('MRI-1', B, 'two')], 'MRI-1');
    expect(found).toMatchObject({ ok: false, reason: 'ambiguous' });
  });

  it('finds a device whose name is written in ASCII there', () => {
    expect(findSheet([applied('R?ntgen 1', A, 'right')], 'Röntgen 1')).toMatchObject({ ok: true });
  });
});
