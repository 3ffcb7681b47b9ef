import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HostPath, hostPathFromText, hostPathSchema } from '#core/contract/hostPath.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { whyMissing } from '#e2e/testbed/testbed.ts';
import { mebibyte } from './blocks.ts';
import { createSendFixture, inThere, localHost, type SendFixture, type SendOptions } from './send.fixture.ts';

let fixture: SendFixture;
beforeEach(async (context) => {
  const reason = whyMissing('ssh');
  if (reason !== null) context.skip(reason);
  fixture = await createSendFixture();
});
afterEach(() => fixture?.dispose());

function makeFile(name: string, bytes: Uint8Array): HostPath {
  writeFileSync(join(fixture.here, name), bytes);
  return hostPathFromText(join(fixture.here, name));
}
const hexOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'succeeded',
    (thrown: unknown) => (thrown instanceof WorkbenchError ? thrown.report.code : String(thrown)),
  );
/** Stops a sending when so much of it is there. */
function stopAt(bytes: number): SendOptions {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    onProgress: ({ bytes: moved }) => {
      if ((moved?.done ?? 0) >= bytes) controller.abort(new Error('stopped'));
    },
  };
}

describe('a new file', { timeout: 60_000 }, () => {
  it('is there whole, under its name alone, and is not sent twice', async () => {
    const bytes = randomBytes(5_000_123);
    const source = makeFile('a.sif', bytes);
    const target = inThere(fixture, 'new/a.sif');
    const fractions: number[] = [];
    const sent = await fixture.send(
      { source, target },
      { onProgress: ({ fraction }) => fractions.push(fraction ?? 0) },
    );
    expect(sent).toMatchObject({
      way: 'copy',
      sentBytes: bytes.length,
      reusedBytes: 0,
      sha256: hexOf(bytes),
    });
    expect(await fixture.sha256(target)).toBe(hexOf(bytes));
    expect(sent.facts).toMatchObject({ sizeBytes: bytes.length, mode: 0o755 });
    expect(await fixture.script('ls -A "$there/new"', { there: { path: fixture.there } })).toBe('a.sif\n');
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.length).toBeGreaterThan(3);
    expect(await fixture.send({ source, target })).toMatchObject({ way: 'none', sentBytes: 0 });
    const other = makeFile('b.sif', randomBytes(5_000_123));
    expect(await codeOf(fixture.send({ source: other, target }))).toBe('image.targetExists');
    expect(await fixture.sha256(target)).toBe(hexOf(bytes));
  });

  it('takes any name, and an empty file', async () => {
    const names = [
      `two words's "x".sif`,
      '-rf',
      'line\\x0abreak.sif',
      '\\xff\\xfe.sif',
      '*[a]?.sif',
      '$(id)!.sif',
    ];
    const bytes = randomBytes(70_000);
    const source = makeFile(`it's "here" *.sif`, bytes);
    for (const name of names) {
      const target = inThere(fixture, hostPathSchema.parse(name));
      await fixture.send({ source, target });
      expect(await fixture.sha256(target)).toBe(hexOf(bytes));
      const again = makeFile('again.sif', randomBytes(2_000_000));
      expect((await fixture.send({ source: again, target, overwrite: true })).facts.sizeBytes).toBe(
        2_000_000,
      );
    }
    const empty = makeFile('empty', new Uint8Array());
    expect((await fixture.send({ source: empty, target: inThere(fixture, 'empty') })).facts.sizeBytes).toBe(
      0,
    );
    expect(await fixture.script('ls -A "$there" | wc -l', { there: { path: fixture.there } })).toMatch(
      /^8\n/,
    );
  });

  it('goes on where it was stopped, at any moment', async () => {
    const bytes = randomBytes(40 * mebibyte + 77);
    const source = makeFile('a.sif', bytes);
    const target = inThere(fixture, 'a.sif');
    for (const share of [0.05, 0.3, 0.55, 0.8]) {
      expect(await codeOf(fixture.send({ source, target }, stopAt(share * bytes.length)))).toBe(
        'Error: stopped',
      );
      expect((await fixture.names()).every((name) => /^\.a\.sif\.[0-9a-f]{16}\.part$/.test(name))).toBe(true);
    }
    const sent = await fixture.send({ source, target });
    expect(sent.reusedBytes).toBeGreaterThanOrEqual(24 * mebibyte);
    expect(sent.sentBytes + sent.reusedBytes).toBe(bytes.length);
    expect(await fixture.sha256(target)).toBe(hexOf(bytes));
    expect(await fixture.names()).toEqual(['a.sif']);
    expect(fixture.log.join()).toContain('the next push goes on from there');
  });

  it('trusts of a half-sent file only what both machines hash alike', async () => {
    const bytes = randomBytes(33 * mebibyte);
    bytes[9 * mebibyte] = 0; // whatever is written there below changes it
    const source = makeFile('a.sif', bytes);
    const target = inThere(fixture, 'a.sif');
    await codeOf(fixture.send({ source, target }, stopAt(30 * mebibyte)));
    await fixture.script(
      `cd "$there" && printf x | dd of="$(ls -A)" bs=1 seek=${9 * mebibyte} conv=notrunc 2>/dev/null`,
      {
        there: { path: fixture.there },
      },
    );
    const sent = await fixture.send({ source, target });
    expect(sent.reusedBytes).toBe(8 * mebibyte);
    expect(await fixture.sha256(target)).toBe(hexOf(bytes));
  });

  it('is not given its name when it is another than was promised, or changes meanwhile', async () => {
    const source = makeFile('a.sif', randomBytes(3_000_000));
    const target = inThere(fixture, 'a.sif');
    const wrong = fixture.send({ source, target, sha256: '0'.repeat(64) });
    expect(await codeOf(wrong)).toBe('transfer.digestMismatch');
    const changing = fixture.send(
      { source, target },
      { onProgress: ({ phase }) => phase === 'verify' && makeFile('a.sif', randomBytes(3_000_000)) },
    );
    expect(await codeOf(changing)).toBe('transfer.failed');
    expect(await fixture.names()).toEqual([]);
  });

  it('fails with a name where it may not write, and where a folder has its name', async () => {
    const source = makeFile('a.sif', randomBytes(1000));
    expect(await codeOf(fixture.send({ source, target: '/usr/a.sif' as HostPath }))).toBe(
      'host.permissionDenied',
    );
    expect(await codeOf(fixture.send({ source, target: '/usr/new/a.sif' as HostPath }))).toBe(
      'host.permissionDenied',
    );
    expect(await codeOf(fixture.send({ source, target: fixture.there, overwrite: true }))).toBe(
      'image.targetExists',
    );
    expect(await codeOf(fixture.send({ source, target: '/etc/passwd/a.sif' as HostPath }))).toBe(
      'host.notADirectory',
    );
    const gone = hostPathFromText(join(fixture.here, 'gone.sif'));
    expect(await codeOf(fixture.send({ source: gone, target: inThere(fixture, 'a.sif') }))).toBe(
      'image.missing',
    );
  });

  it('is not begun where there is no room for it', async () => {
    const source = makeFile('a.sif', randomBytes(5000));
    const host = {
      ...fixture.host,
      files: { ...fixture.host.files, freeBytes: () => Promise.resolve(4999) },
    };
    const sent = fixture.send({ source, target: inThere(fixture, 'a.sif') }, { means: { host } });
    expect(await codeOf(sent)).toBe('disk.full');
    expect(await fixture.names()).toEqual([]);
  });

  it('says that the line was cut, and goes on over the next one', async () => {
    const bytes = randomBytes(40 * mebibyte);
    const source = makeFile('a.sif', bytes);
    const target = inThere(fixture, 'a.sif');
    let isCut = false;
    const cut = fixture.send(
      { source, target },
      {
        onProgress: ({ bytes: moved }) => {
          if (isCut || (moved?.done ?? 0) < 20 * mebibyte) return;
          isCut = true;
          process.kill(fixture.line.processId);
        },
      },
    );
    expect(await codeOf(cut)).toBe('transfer.interrupted');
    await fixture.line.restart();
    const sent = await fixture.send({ source, target });
    expect(sent.reusedBytes).toBeGreaterThanOrEqual(8 * mebibyte);
    expect(await fixture.sha256(target)).toBe(hexOf(bytes));
  });
});

describe('a rebuilt image onto its own name', { timeout: 60_000 }, () => {
  /** As a rebuild: a piece at the start is another, the rest is shifted. */
  const rebuilt = (bytes: Uint8Array) =>
    Buffer.concat([
      randomBytes(70_000),
      bytes.subarray(60_000, 9_000_000),
      randomBytes(3000),
      bytes.subarray(9_000_000),
    ]);

  it('sends only what differs, also where size and time are the same', async () => {
    const old = randomBytes(20_000_000);
    const source = makeFile('a.sif', old);
    const target = inThere(fixture, `my image's.sif`);
    await fixture.send({ source, target });
    const next = rebuilt(old);
    makeFile('a.sif', next);
    const sent = await fixture.send({ source, target, overwrite: true });
    expect(sent.way).toBe('delta');
    expect(sent.sentBytes).toBeLessThan(400_000);
    expect(await fixture.sha256(target)).toBe(hexOf(next));
    const same = Buffer.from(next);
    same.write('another', 5_000_000);
    makeFile('a.sif', same);
    const seconds = Math.floor((sent.facts.modifiedAt ?? 0) / 1000);
    utimesSync(source, seconds, seconds);
    expect((await fixture.send({ source, target, overwrite: true })).facts.sizeBytes).toBe(next.length);
    // The head is the same, and so are size and time.
    expect(await fixture.sha256(target)).toBe(hexOf(same));
    expect(await fixture.names()).toEqual([`my image's.sif`]);
    expect(readFileSync(source).equals(same)).toBe(true);
  });

  it('leaves the old one until the new one is proved, and goes on after a stop', async () => {
    const old = randomBytes(60_000_000);
    const source = makeFile('a.sif', old);
    const target = inThere(fixture, 'a.sif');
    await fixture.send({ source, target });
    const next = Buffer.concat([randomBytes(50_000_000), old.subarray(30_000_000)]);
    makeFile('a.sif', next);
    const stopped = fixture.send({ source, target, overwrite: true }, stopAt(30_000_000));
    expect(await codeOf(stopped)).toBe('Error: stopped');
    expect(await fixture.sha256(target)).toBe(hexOf(old));
    const sent = await fixture.send({ source, target, overwrite: true });
    expect(sent.way).toBe('delta');
    expect(sent.sentBytes).toBeLessThan(40_000_000);
    expect(await fixture.sha256(target)).toBe(hexOf(next));
    expect(await fixture.names()).toEqual(['a.sif']);
  });

  it('is copied whole where there is no rsync', async () => {
    const old = randomBytes(3_000_000);
    const source = makeFile('a.sif', old);
    const target = inThere(fixture, 'a.sif');
    await fixture.send({ source, target });
    const next = rebuilt(Buffer.concat([old, old, old, old]));
    makeFile('a.sif', next);
    const sent = await fixture.send(
      { source, target, overwrite: true },
      { means: { local: localHost('/nowhere') } },
    );
    expect(sent).toMatchObject({ way: 'copy', sentBytes: next.length });
    expect(await fixture.sha256(target)).toBe(hexOf(next));
    expect(await fixture.names()).toEqual(['a.sif']);
  });
});
