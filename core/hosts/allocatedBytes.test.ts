import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { allocatedBytes } from './allocatedBytes.ts';

let folder: string;
const taken = () => allocatedBytes(hostPathFromText(folder));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'allocated-'));
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

describe('what a folder takes', () => {
  it('is the blocks of its files, however deep and whatever their names, without holes and links', async () => {
    expect(await taken()).toBe(0);
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    writeFileSync(Buffer.from(`${folder}/a/b/\xff`, 'latin1'), Buffer.alloc(100_000, 1));
    writeFileSync(join(folder, 'holes'), '');
    truncateSync(join(folder, 'holes'), 1_000_000_000);
    symlinkSync('/usr', join(folder, 'link'));
    const bytes = await taken();
    expect(bytes).toBeGreaterThanOrEqual(100_000);
    expect(bytes).toBeLessThan(1_000_000);
  });

  it('is nothing where nothing is, and unknown where it may not be looked at', async ({ skip }) => {
    expect(await allocatedBytes(hostPathFromText(join(folder, 'none')))).toBe(0);
    if (process.getuid?.() === 0) skip('root may look everywhere');
    chmodSync(folder, 0);
    expect(await taken()).toBe(null);
  });
});
