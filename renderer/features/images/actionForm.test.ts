import { describe, expect, it } from 'vitest';
import {
  type ActionForm,
  type BindRow,
  checkActionForm,
  emptyActionForm,
  readBindText,
  readEnvironment,
} from './actionForm.ts';

const bind = (id: number, source: string, destination: string): BindRow => ({
  id,
  source,
  destination,
  isReadOnly: true,
});
const form = (more: Partial<ActionForm>): ActionForm => ({ ...emptyActionForm, ...more });

describe('the form of shell, run and exec', () => {
  it('turns what is typed into options', () => {
    const checked = checkActionForm(
      form({
        verb: 'exec',
        line: `python -c 'print("a b")'`,
        binds: [bind(1, '/data', ''), bind(2, ' /scratch/x/ ', '/mnt/'), bind(3, '', '')],
        environment: 'A=1\n# note\n\nexport B="two words"\nC=',
        gpu: 'nvidia',
      }),
    );
    expect(checked).toEqual({
      ok: true,
      args: ['python', '-c', 'print("a b")'],
      workspace: null,
      options: {
        binds: [
          { source: '/data', destination: '/data', isReadOnly: true },
          { source: '/scratch/x', destination: '/mnt', isReadOnly: true },
        ],
        environment: [
          { name: 'A', value: '1' },
          { name: 'B', value: 'two words' },
          { name: 'C', value: '' },
        ],
        gpu: 'nvidia',
        isWritableTmpfs: false,
        isolation: 'host',
      },
    });
  });

  it('says what is wrong, each at its place', () => {
    const checked = checkActionForm(
      form({
        verb: 'exec',
        line: '  ',
        binds: [bind(1, 'data', ''), bind(2, '', '/mnt'), bind(3, '/data', 'mnt'), bind(4, '/ok', '')],
        environment: 'A=1\n2B=x',
      }),
    );
    expect(checked.ok).toBe(false);
    if (checked.ok) return;
    expect(checked.problems.line).toBe('programMissing');
    expect([...checked.problems.binds]).toEqual([
      [1, 'sourceNotAbsolute'],
      [2, 'sourceMissing'],
      [3, 'destinationNotAbsolute'],
    ]);
    expect(checked.problems.environment).toEqual({ lineNumber: 2, text: '2B=x' });
  });

  it('needs no program for run, and no words for shell', () => {
    expect(checkActionForm(form({ verb: 'run', line: '' }))).toMatchObject({ ok: true, args: [] });
    expect(checkActionForm(form({ verb: 'shell', line: '"left over' }))).toMatchObject({
      ok: true,
      args: [],
    });
    expect(checkActionForm(form({ verb: 'run', line: '"open' }))).toMatchObject({
      problems: { line: 'openQuote' },
    });
  });

  it.each([
    ['/data:/mnt', { source: '/data', destination: '/mnt', isReadOnly: false }],
    ['--bind /data:/mnt:ro', { source: '/data', destination: '/mnt', isReadOnly: true }],
    ['-B /a b:/c d:rw', { source: '/a b', destination: '/c d', isReadOnly: false }],
    ['/data', null],
    ['data:/mnt', null],
  ])('reads the runtime’s own bind notation %j', (text, wanted) => {
    expect(readBindText(text)).toEqual(wanted);
  });

  it('keeps quotes that do not enclose the whole value', () => {
    expect(readEnvironment(`A='x'y\nB="it's"`).variables).toEqual([
      { name: 'A', value: `'x'y` },
      { name: 'B', value: `it's` },
    ]);
  });
});
