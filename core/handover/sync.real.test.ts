import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostPathFromBytes, hostPathFromText } from '#core/contract/hostPath.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { whyMissing } from '#e2e/testbed/testbed.ts';
import { createSyncFixture, type SyncFixture } from './sync.fixture.ts';

const why = whyMissing('ssh', 'sshFar');
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'succeeded',
    (thrown: unknown) => (thrown instanceof WorkbenchError ? thrown.report.code : String(thrown)),
  );

/** bash with an rc file that prints on the near host, tcsh on the far one; without rsync, too; two ssh hosts. */
const pairs = [
  { names: ['local', 'cluster'], way: 'rsync', isShort: false },
  { names: ['cluster-far-bob', 'local'], way: 'rsync', isShort: true },
  { names: ['cluster', 'cluster-bob'], way: 'tar', isShort: true },
] as const;

describe.skipIf(why !== null).each(pairs)(
  `a sync of $names${why === null ? '' : ` (${why})`}`,
  ({ names, way, isShort }) => {
    let fixture: SyncFixture;
    beforeAll(async () => {
      fixture = await createSyncFixture({ names });
    });
    afterAll(() => fixture?.dispose());
    const alike = async () => expect(await fixture.there.tree()).toBe(await fixture.here.tree());

    it('brings all there, then only what changed, and no deletion back', async () => {
      const { here, there } = fixture;
      await here.sh(`mkdir -p spack/bin locked/deep empty "$(printf 'a\\nb')" "$(printf '\\377x')"
echo one >spack/bin/tool; chmod 755 spack/bin/tool; ln -s tool spack/bin/link; ln -s /etc/passwd away; ln -s "$(printf 'x\\ny\\377')" odd
echo "it's" >"$(printf 'a\\nb')/$(printf '\\342\\200\\256txt')"; echo x >"$(printf '\\377x')/-rf"; echo t >"$(printf '\\tab')"
echo deep >locked/deep/f; chmod 444 locked/deep/f; chmod 555 locked/deep locked
i=0; while [ $i -lt 300 ]; do echo $i >spack/f$i; i=$((i+1)); done`);
      const before = await here.tree();
      const plan = await fixture.plan();
      expect(plan.toHere).toEqual([]);
      expect(plan.conflicts).toEqual([]);
      expect(plan.toOther.length).toBeGreaterThan(310);
      expect(plan.warnings[0]).toContain('first sync');
      expect(await there.sh('ls -A; ls -A ..')).toBe('home\nworkspace.json\n');
      const { facts } = await fixture.run();
      expect(facts['way']).toBe(way);
      await alike();
      expect(await here.tree()).toBe(before);
      expect((await fixture.plan()).warnings).toEqual([]);
      expect((await fixture.run()).facts).toMatchObject({ toOther: 0, toHere: 0, bytesMoved: 0 });

      await here.sh('rm spack/f1; echo changed >spack/f2; chmod 700 spack/bin/tool');
      await there.sh(
        'rm -rf spack/f3 empty; echo new >spack/new; chmod u+w locked/deep; rm -f locked/deep/f; echo other >locked/deep/f; chmod 555 locked/deep; ln -sfn other spack/bin/link',
      );
      const second = await fixture.plan();
      const names = (list: typeof plan.toHere) => list.map(({ path, what }) => `${what} ${path}`);
      expect(names(second.toOther)).toEqual([
        'changed spack/bin/tool',
        'removed spack/f1',
        'changed spack/f2',
      ]);
      expect(names(second.toHere)).toEqual([
        'removed empty',
        'changed locked/deep/f',
        'changed spack/bin/link',
        'removed spack/f3',
        'new spack/new',
      ]);
      await fixture.run();
      await alike();
      expect(await here.sh('ls spack | wc -l; cat spack/f2 locked/deep/f; readlink spack/bin/link')).toBe(
        '300\nchanged\nother\nother\n',
      );
      expect((await fixture.plan()).toOther).toEqual([]);
      expect(await there.sh('ls -A ../sync | grep -v list || :')).toBe('');
    });

    // The rest is decided alike for every pair.
    if (isShort) return;

    it('lets no secret leave its host that was not confirmed', async () => {
      const { here, there, log } = fixture;
      await here.sh(`mkdir -p .ssh; (umask 077; echo machine x >.netrc; printf -- '-----BEGIN OPENSSH PRIVATE KEY-----\\nx\\n' >"$(printf '.ssh/a\\nb')")
echo plain >.ssh/config; chmod 600 .ssh/config`);
      await there.sh('printf "PuTTY-User-Key-File-2: x\n" >deploy; chmod 644 deploy');
      const plan = await fixture.plan();
      expect(plan.secrets.map(({ from, path, isLeftOut }) => `${from} ${path} ${isLeftOut}`)).toEqual([
        'here .netrc true',
        'here .ssh/a\\x0ab true',
        'there deploy true',
      ]);
      expect(plan.toOther.map(({ path }) => path)).toEqual(['.ssh', '.ssh/config']);
      expect(plan.toHere).toEqual([]);
      expect((await fixture.run()).facts).toMatchObject({ toOther: 2, toHere: 0, leftOut: 3 });
      expect(log.some((line) => line.includes('.netrc'))).toBe(true);
      expect(await there.sh('ls -A .ssh; ls .netrc 2>/dev/null || :')).toBe('config\n');
      expect((await fixture.plan()).secrets).toHaveLength(3);
      await fixture.run({ confirmed: plan.secrets.slice(1).map(({ path }) => path) });
      expect(await here.sh('cat deploy')).toContain('PuTTY');
      expect(await there.sh('ls -A .ssh | wc -l; ls .netrc 2>/dev/null || :')).toBe('3\n');
      const rest = await fixture.plan({ confirmed: [hostPathFromText('.netrc')] });
      expect(rest.secrets).toMatchObject([{ path: '.netrc', isLeftOut: false }]);
      expect(rest.toOther.map(({ path }) => path)).toEqual(['.netrc']);
      await here.sh('rm .netrc');
      await fixture.run();
      await alike();
    });

    it('shows conflicts, overwrites nothing, and does what was chosen', async () => {
      const { here, there } = fixture;
      await here.sh(
        'echo ours >spack/f10; echo ours >spack/f11; rm spack/f12; echo same >spack/f13; echo a >spack/f14',
      );
      await there.sh(
        'echo theirs >spack/f10; echo thei >spack/f11; echo kept >spack/f12; echo same >spack/f13',
      );
      const { conflicts } = await fixture.plan();
      expect(conflicts.map(({ path, here: ours, there: theirs }) => `${path} ${ours} ${theirs}`)).toEqual([
        'spack/f10 changed changed',
        'spack/f11 changed changed',
        'spack/f12 removed changed',
      ]);
      expect(conflicts[0]?.factsThere?.sizeBytes).toBe(7);
      expect(conflicts[2]?.factsHere).toBeNull();
      expect(await codeOf(fixture.run())).toBe('workspace.conflict');
      expect(await here.sh('cat spack/f10 spack/f11; ls spack | grep -x f12 || :')).toBe('ours\nours\n');
      expect(await there.sh('cat spack/f10 spack/f11 spack/f12 spack/f14')).toBe('theirs\nthei\nkept\na\n');
      const keep = (path: string, side: 'here' | 'there') => ({ path: hostPathFromText(path), keep: side });
      const resolutions = [keep('spack/f10', 'here'), keep('spack/f11', 'there')];
      expect(await codeOf(fixture.run({ resolutions }))).toBe('workspace.conflict');
      expect(await here.sh('cat spack/f10 spack/f11')).toBe('ours\nthei\n');
      await fixture.run({ resolutions: [keep('spack/f12', 'there')] });
      await alike();
      expect(await here.sh('cat spack/f12')).toBe('kept\n');
    });

    it('goes one way only where that is asked, and asks no clock', async () => {
      const { here, there } = fixture;
      await here.sh('echo push >pushed; touch -d 2001-01-01 pushed');
      await there.sh('echo pull >pulled; echo late >spack/f20; touch -d 2040-01-01 spack/f20 pulled');
      await fixture.run({ direction: 'push' });
      expect(await there.sh('cat pushed')).toBe('push\n');
      expect(await here.sh('ls pulled 2>/dev/null || :')).toBe('');
      await fixture.run({ direction: 'pull' });
      await alike();
      await here.sh('echo early >spack/f20; touch -d 1999-01-01 spack/f20');
      await fixture.run();
      expect(await there.sh('cat spack/f20')).toBe('early\n');
    });

    it('puts a folder in the place of a file and the other way, and never goes through a link', async () => {
      const { here, there } = fixture;
      await here.sh(
        'rm spack/f30; mkdir spack/f30; echo in >spack/f30/x; rm -rf "$(printf \'\\377x\')"; echo f >"$(printf \'\\377x\')"',
      );
      await fixture.run();
      await alike();
      // A link to a folder outside, in the place of a folder that the other side works in.
      await there.sh('rm -rf spack/f30; mkdir ../outside; ln -s ../../outside spack/f30');
      await here.sh('echo through >spack/f30/y');
      expect(await codeOf(fixture.run())).toBe('workspace.conflict');
      expect(await there.sh('ls -A ../outside; readlink spack/f30')).toBe('../../outside\n');
      await fixture.run({ resolutions: [{ path: hostPathFromText('spack/f30'), keep: 'here' }] });
      await alike();
      expect(await there.sh('cat spack/f30/y; ls -A ../outside; rmdir ../outside')).toBe('through\n');
      const odd = hostPathFromBytes(Buffer.from([0xff, 0x78]));
      expect((await fixture.plan()).toHere.map(({ path }) => path)).not.toContain(odd);
    });
  },
);
