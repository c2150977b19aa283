import { sheetName, sheetText } from './undo-sheet.js';

const sheet = { deviceId: 'device-1', quarantineId: 'quarantine-1', name: 'MRI 3', commands: ['one', 'two'] };
const at = new Date('2026-01-05T08:00:00.000Z');

describe('an undo sheet', () => {
  it('says what it is for, then one command a line', () => {
    expect(sheetText(sheet, at).split('\n')).toEqual([
      '# Undo by hand: MRI 3, device device-1',
      expect.stringContaining('# Quarantine quarantine-1, written 2026-01-05T08:00:00.000Z'),
      '# When Lazaret is there again: lazaret release quarantine-1 --reason "undone by hand"',
      'one',
      'two',
      '',
    ]);
  });

  it('lets no name out of its comment or out of the directory', () => {
    const evil = { ...sheet, name: '../../x\nrm -rf /' };
    expect(sheetText(evil, at).split('\n')).toHaveLength(6);
    expect(sheetName(evil)).toBe('__.._x_rm_-rf__.quarantine-1.undo.txt');
  });
});
