import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  correctionFiles,
  emptyTreeName,
  keptCorrection,
  keptTreeName,
  takeTreeName,
} from './partCorrection.ts';

let work: string;
const inside = (...names: readonly string[]) => join(work, ...names);

/** Writes the files of a part, and a packer of our own that writes what it was asked for. */
function part(name: string, keepsTree: boolean): void {
  mkdirSync(inside(name));
  for (const [file, text] of Object.entries(correctionFiles(keptCorrection, { keepsTree })))
    writeFileSync(inside(name, file), text, { mode: 0o700 });
}

function run(name: string, program: string, words: readonly string[], root = ''): void {
  const path = [inside(name), inside('programs')].join(':');
  execFileSync(inside(name, program), words, { env: { PATH: path, APPTAINER_ROOTFS: root } });
}

describe('the programs of a part', () => {
  beforeEach(() => {
    work = mkdtempSync(join(tmpdir(), 'part correction '));
    mkdirSync(inside('programs'));
    for (const tool of ['ls', 'mkdir', 'mv', 'rm', 'rmdir'])
      symlinkSync(`/bin/${tool}`, inside('programs', tool));
    writeFileSync(inside('programs/mksquashfs'), '#!/bin/sh\nls -A "$1" >"$2"\n', { mode: 0o700 });
    mkdirSync(inside('root/.singularity.d'), { recursive: true });
    writeFileSync(inside('root/.singularity.d/labels.json'), '{}');
    writeFileSync(inside('root/.singularity.d/Singularity'), 'Bootstrap: docker');
  });
  afterEach(() => rmSync(work, { recursive: true, force: true }));

  it('correct the tree, pack it, and hand it to the next part', () => {
    part('part-0', true);
    run('part-0', 'mksquashfs', [inside('root'), inside('packed')]);
    expect(readFileSync(inside('packed'), 'utf8')).toBe('.singularity.d\n');
    expect(readFileSync(inside(emptyTreeName), 'utf8')).toBe('');
    expect(readdirSync(inside('root'))).toEqual([]);
    expect(readdirSync(inside(keptTreeName, '.singularity.d'))).toEqual(['labels.json']);

    part('part-1', false);
    writeFileSync(inside('root/begun'), '');
    run('part-1', takeTreeName, [], inside('root'));
    expect(readdirSync(inside('root'))).toEqual(['.singularity.d']);
    expect(existsSync(inside(keptTreeName))).toBe(false);
    run('part-1', 'mksquashfs', [inside('root'), inside('packed')]);
    expect(readdirSync(inside('root'))).toEqual(['.singularity.d']);
  });

  it('leave what is no tree of an image where it is', () => {
    part('part-0', true);
    mkdirSync(inside('other'));
    run('part-0', 'mksquashfs', [inside('other'), inside('packed')]);
    expect(existsSync(inside('other'))).toBe(true);
    expect(existsSync(inside(keptTreeName))).toBe(false);
  });
});
