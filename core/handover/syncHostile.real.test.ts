import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { whyMissing } from '#e2e/testbed/testbed.ts';
import { createSyncFixture, type SyncFixture } from './sync.fixture.ts';
import { joinLines, splitLines } from './syncRecord.ts';

const why = whyMissing('ssh');

describe.skipIf(why !== null)(`a far side that lies${why === null ? '' : ` (${why})`}`, () => {
  let fixture: SyncFixture;
  let honest: Host['run'];
  beforeAll(async () => {
    fixture = await createSyncFixture({ names: ['local', 'cluster'] });
    await fixture.here.sh('mkdir ../outside real; ln -s ../outside away; echo 1 >real/one');
    await fixture.run();
    honest = fixture.there.host.run;
  });
  afterEach(() => {
    Object.assign(fixture.there.host, { run: honest });
  });
  afterAll(() => fixture?.dispose());

  /** The far host says other lines than there are. */
  function lies(change: (lines: readonly string[]) => readonly string[]): void {
    const run: Host['run'] = async (spec, options) => {
      const outcome = await honest.call(fixture.there.host, spec, options);
      if (spec.purpose !== 'Compare the tree') return outcome;
      const bytes = Buffer.from(outcome.stdout, 'base64');
      const plain = bytes[0] === 0x5a ? gunzipSync(bytes.subarray(1)) : bytes.subarray(1);
      const said = Buffer.concat([Buffer.from('P'), joinLines(change(splitLines(plain)))]);
      return { ...outcome, stdout: said.toString('base64') };
    };
    Object.assign(fixture.there.host, { run });
  }

  const refused = async () => {
    const before = await fixture.here.tree();
    await expect(fixture.run()).rejects.toSatisfy(
      (thrown) => thrown instanceof WorkbenchError && thrown.report.code === 'workspace.hostile',
    );
    expect(await fixture.here.tree()).toBe(before);
    expect(await fixture.here.sh('ls -A ../outside')).toBe('');
  };

  it('names no path that leaves', async () => {
    lies((lines) => ['\t/real/../../outside/x//f 644 2 1.5 ', ...lines]);
    await refused();
  });

  it('takes no listing that is not whole, and removes nothing for it', async () => {
    const before = await fixture.here.tree();
    lies((lines) => ['/real/one//f 644 2 1.5 ', ...lines.filter((line) => line !== '\t~end')]);
    await expect(fixture.run()).rejects.toSatisfy(
      (thrown) => thrown instanceof WorkbenchError && thrown.report.code === 'transfer.failed',
    );
    expect(await fixture.here.tree()).toBe(before);
  });

  it('leaves what cannot be read or changes meanwhile for the next time', async () => {
    const { here, there } = fixture;
    await there.sh('echo secret >locked; chmod 000 locked; echo two >two');
    const { facts } = await fixture.run();
    expect(facts).toMatchObject({ toHere: 1, changedMeanwhile: 1 });
    expect(fixture.log.join('\n')).toContain('locked changed while it was synced, or could not be read');
    expect(await here.sh('ls')).toBe('away\nreal\ntwo\n');
    await there.sh('chmod 600 locked');
    await fixture.run();
    expect(await here.tree()).toBe(await there.tree());
  });

  it('writes through no link of ours', async () => {
    await fixture.there.sh('rm away; mkdir away; echo x >away/x');
    lies((lines) => lines.filter((line) => !/^\t?\/away\/\//.test(line)));
    await refused();
  });
});
