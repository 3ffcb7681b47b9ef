import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { receiveFile } from './receiveFile.ts';

const host = createLocalHost({
  environment: {},
  observer: { started: () => ({ ended: () => undefined }) },
});
const bytes = Buffer.alloc(9_000_000, 'some content of an image');
const sha256 = createHash('sha256').update(bytes).digest('hex');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'receive-test-'));
  writeFileSync(join(folder, 'there'), bytes);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const part = () => join(folder, '.here.part');
const receive = (rest: { onBytes?: (done: number) => void; sha256?: string; signal?: AbortSignal } = {}) =>
  receiveFile(
    { local: host, host },
    {
      from: hostPathFromText(join(folder, 'there')),
      sizeBytes: bytes.length,
      sha256,
      part: hostPathFromText(part()),
      onBytes: () => undefined,
      signal: new AbortController().signal,
      ...rest,
    },
  );

describe('a file that is received', () => {
  it('comes whole, for nobody else to read', async () => {
    await receive();
    expect(readFileSync(part()).equals(bytes)).toBe(true);
    expect(statSync(part()).mode & 0o777).toBe(0o600);
  });

  it('goes on where it was interrupted', async () => {
    const stop = new AbortController();
    await expect(receive({ signal: stop.signal, onBytes: () => stop.abort('stopped') })).rejects.toBe(
      'stopped',
    );
    const kept = statSync(part()).size;
    expect(kept).toBeGreaterThan(0);
    const seen: number[] = [];
    await receive({ onBytes: (done) => seen.push(done) });
    expect(seen[0]).toBeGreaterThan(kept);
    expect(readFileSync(part()).equals(bytes)).toBe(true);
  });

  it.each([
    ['of another file', () => writeFileSync(part(), Buffer.alloc(5_000_000, 'x'))],
    ['that became shorter', () => writeFileSync(join(folder, 'there'), bytes.subarray(0, 100))],
  ])('is refused with a part %s, which goes', async (_what, spoil) => {
    spoil();
    await expect(receive()).rejects.toMatchObject({ report: { code: 'transfer.digestMismatch' } });
    expect(existsSync(part())).toBe(false);
  });

  it('begins anew over a part that is too long', async () => {
    writeFileSync(part(), Buffer.alloc(bytes.length + 5));
    await receive();
    expect(readFileSync(part()).equals(bytes)).toBe(true);
  });
});
