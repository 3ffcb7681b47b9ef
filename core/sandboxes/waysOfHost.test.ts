import { describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import type { Runtime } from '#core/runtime/action.ts';
import { createDialect } from '#core/runtime/dialect.ts';
import type { FakerootMode } from '#core/runtime/hostConditions.ts';
import { sandboxShellCommand } from '#core/runtime/sandboxShell.ts';
import { showCommand } from '#core/runtime/shellWords.ts';
import { waysInWords } from './waysOfHost.ts';

const runtime = (fakeroot: FakerootMode): Runtime => ({
  path: hostPathFromText('/usr/bin/apptainer'),
  dialect: createDialect('apptainer', '1.4.5', null),
  conditions: { fakeroot },
});
const here = { ownerless: null, hasForeignOwners: false };
const nothing = { isRoot: false, canMapAll: false, programs: new Set<string>() };

describe('ways into a sandbox, in words', () => {
  it.each([
    ['subuid', true, /subordinate/],
    ['rootMapped', true, /everything belongs to you/],
    ['root', true, /you are root/],
    ['none', false, /no fakeroot/],
  ] as const)('as root with %s', (mode, isPossible, words) => {
    const way = waysInWords({ ...nothing, runtime: runtime(mode) }, here).find(
      ({ id }) => id === 'writableRoot',
    );
    expect(way?.isPossible).toBe(isPossible);
    expect([way?.sentence, ...(way?.limits ?? [])].join(' ')).toMatch(words);
  });

  it('not as root where the file system keeps no owners', () => {
    const ways = waysInWords({ ...nothing, runtime: runtime('subuid') }, { ...here, ownerless: 'Lustre' });
    expect(ways.find(({ id }) => id === 'writableRoot')).toMatchObject({ isPossible: false });
    expect(ways.find(({ id }) => id === 'writableRoot')?.limits[0]).toContain('Lustre');
    expect(ways.find(({ id }) => id === 'writable')).toMatchObject({ isPossible: true });
  });

  it('without a runtime say what is there, and what is lost', () => {
    const ways = waysInWords({ ...nothing, programs: new Set(['unshare']), runtime: null }, here);
    expect(ways.filter(({ isPossible }) => isPossible).map(({ id }) => id)).toEqual(['unshare']);
    expect(ways.at(-1)?.limits.join(' ')).toContain('every other owner is nobody');
  });
});

describe('the command of a shell', () => {
  const path = hostPathFromText("/s/a 'b'");
  const shell = { hostId: 'local' as never, path, isWritable: false, isRoot: false };
  const facts = {
    ...nothing,
    runtime: runtime('subuid'),
    historyFolder: hostPathFromText('/state/shells'),
    sandboxId: 'id',
  };

  it('read-only is the runtime’s own, writable is shown as what a person would type', () => {
    expect(showCommand(sandboxShellCommand({ ...shell, way: 'readOnly' }, facts))).toBe(
      `/usr/bin/apptainer shell '/s/a '\\''b'\\'''`,
    );
    expect(sandboxShellCommand({ ...shell, way: 'writableRoot' }, facts).byHand).toBe(
      `/usr/bin/apptainer shell --fakeroot --writable '/s/a '\\''b'\\'''`,
    );
    const root = sandboxShellCommand({ ...shell, way: 'writableRoot' }, { ...facts, isRoot: true });
    expect(root.byHand).not.toContain('--fakeroot');
  });

  it('pastes no path into a script', () => {
    for (const way of ['charliecloud', 'bubblewrap', 'unshare'] as const) {
      const { args } = sandboxShellCommand({ ...shell, way, isWritable: true, isRoot: true }, facts);
      expect(args).toContainEqual({ path });
      for (const word of args) if (typeof word === 'string') expect(word).not.toContain("a 'b'");
    }
  });
});
