import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { hostIdSchema, localHostId } from '#core/contract/ids.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { type HandoverFixture, openHandover } from './handover.fixture.ts';

const why = whyMissing('ssh', 'sshFar');
const bob = hostIdSchema.parse('cluster-far-bob');
const carol = hostIdSchema.parse('cluster-carol');
let f: HandoverFixture;
let made: Workspace;
let packedFile: ReturnType<typeof hostPathFromText>;

/** Hostile names, links of every kind, hard links, modes, secrets, and built software with a fixed prefix. */
const tree = String.raw`
mkdir -p bin lib sub/deep .ssh .docker readonly
printf '#!/home/mysingularity/bin/sh\necho script in $HOME as $(id -u)\n' >bin/script; chmod 755 bin/script
ln -s /bin/sh bin/sh
echo data >sub/file; ln sub/file sub/hard; ln -s ../sub/file bin/inside; ln -s /etc/passwd out; ln -s ../../outside leaves
printf x >"$(printf 'new\nline')"; printf x >'tail '; printf x >'back\slash'; printf x >"$(printf 'bytes\377\376')"; printf x >'a -> b'
printf '%s\n' '-----BEGIN OPENSSH PRIVATE KEY-----' abc >.ssh/id_ed25519; chmod 600 .ssh/id_ed25519
printf '%s\n' '-----BEGIN EC PARAMETERS-----' x '-----BEGIN EC PRIVATE KEY-----' >lib/deploy; chmod 644 lib/deploy
printf 'machine x login y password z\n' >.netrc
printf 'token\n' >"$(printf '.ssh/odd\nname.pem')"; printf '%s\n' '-----BEGIN RSA PRIVATE KEY-----' >"$(printf '.ssh/odd\nname.pem')"
printf '{"auths":{"r":{"auth":"eA=="}}}' >.docker/config.json
echo s >setuid; chmod 4755 setuid; echo f >readonly/f; chmod 500 readonly; mkfifo pipe
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("sock")'
python3 -c 'import os; os.setxattr("bin/script", "user.note", b"x"); os.setxattr("sub", "user.note", b"x")'
touch -d @1000000000 sub/file`;

describe.skipIf(why !== null)(`workspaces handed over${why === null ? '' : ` (${why})`}`, () => {
  beforeAll(async () => {
    f = await openHandover({ sshHosts: ['cluster-far-bob', 'cluster-carol'] });
    made = await f.make('tools', tree);
    await f.say(localHostId, 'ln -s "$1/home/sub/file" "$1/home/byPath"', made.folder);
  }, 60_000);
  afterAll(() => f.dispose());

  const pack = (rest: object = {}) => ({
    hostId: localHostId,
    id: made.id,
    folder: null,
    fileName: null,
    overwrite: false,
    compression: null,
    confirmed: [],
    ...rest,
  });

  it('are looked through first: what leaves, what is secret, what cannot travel', async () => {
    const plan = await f.handover.planPack(pack());
    expect(
      plan.strays.map(({ kind, path, isLeftOut }) => `${isLeftOut ? '-' : '+'}${kind} ${path}`).sort(),
    ).toEqual([
      '+linkAbsolute byPath',
      '+linkOut bin/sh',
      '+linkOut leaves',
      '+linkOut out',
      '+setuid setuid',
      '-secret .docker/config.json',
      '-secret .netrc',
      '-secret .ssh/id_ed25519',
      '-secret .ssh/odd\\x0aname.pem',
      '-secret lib/deploy',
      '-socket sock',
    ]);
    expect(plan.warnings.filter((warning) => warning.includes('attributes'))).toEqual([
      '2 files and folders have extended attributes (user.*) or capabilities: these do not travel.',
    ]);
  });

  it('are packed to one file that the runtime reads, the same bytes twice', async () => {
    const { path } = await f.run('workspace.pack', pack({ confirmed: ['.netrc'] }));
    packedFile = path ?? packedFile;
    const again = await f.run('workspace.pack', pack({ confirmed: ['.netrc'], fileName: 'again.sif' }));
    expect(Buffer.compare(readFileSync(packedFile), readFileSync(again.path ?? ''))).toBe(0);
    const list = execFileSync('apptainer', ['sif', 'list', packedFile], { encoding: 'utf8' });
    expect(list).toMatch(/1 +\|1 .*JSON.Generic[\s\S]*2 +\|1 .*FS \(Squashfs\/Overlay\/amd64\)/);
    const names = await f.say(
      localHostId,
      'unsquashfs -ls -offset 40960 "$1" || unsquashfs -ls -offset 36864 "$1"',
      packedFile,
    );
    expect(names).toContain('.netrc');
    expect(names).not.toMatch(/id_ed25519|name\.pem|config\.json|sock|deploy/);
  }, 60_000);

  it.each(['over', 'unpacked'] as const)(
    'are adopted by another account of another host: %s',
    async (form) => {
      const name = `from-${form}`;
      await f.run('workspace.adopt', {
        hostId: bob,
        from: { kind: 'file', hostId: localHostId, path: packedFile },
        name,
        parent: null,
        form,
      });
      const adopted = await f.one(bob, name);
      expect(adopted.layered === null).toBe(form === 'unpacked');
      expect(adopted.id).not.toBe(made.id);
      expect(adopted.lineage.at(-1)?.what).toBe('adopted');
      const image = joinPath(f.place(bob), hostPathFromText(`${form}.sif`));
      await (await f.host(bob)).files.write(image, readFileSync(testbed().tiny.sif));
      const script =
        'bin/script; echo more >>sub/file; cat sub/file; find . ! -user $(id -u) | wc -l; stat -c %Y readonly/f; stat -c %a readonly; ls -1A | wc -l';
      const { stdout, stderr } = await f.inside(adopted, image, 'sh', '-c', script);
      const [uid, readonlyAt] = (
        (await f.say(bob, 'id -u; :')) +
        (await f.say(localHostId, 'stat -c %Y "$1/home/readonly/f"', made.folder))
      ).split('\n');
      expect(stderr).toBe('');
      expect(stdout).toBe(`script in /home/mysingularity as ${uid}\ndata\nmore\n0\n${readonlyAt}\n500\n17\n`);
      // The one who packed has lost nothing, and sees nothing of what the other writes.
      expect(await f.say(localHostId, 'cat "$1/home/sub/file"; ls "$1/home/.ssh"', made.folder)).toContain(
        'id_ed25519',
      );
    },
    60_000,
  );

  it('are embedded in an image that shows them to everybody, without a workbench', async () => {
    const target = joinPath(f.place(localHostId), hostPathFromText('embedded.sif'));
    const before = readFileSync(testbed().tiny.sif);
    const input = {
      hostId: localHostId,
      id: made.id,
      imagePath: hostPathFromText(testbed().tiny.sif),
      folder: f.place(localHostId),
      fileName: hostPathFromText('embedded.sif'),
      overwrite: false,
      confirmed: [],
    };
    expect((await f.handover.planEmbed(input)).warnings[0]).toContain('Everybody');
    await f.run('workspace.embed', input);
    expect(Buffer.compare(before, readFileSync(testbed().tiny.sif))).toBe(0);
    // A third account, with plain runtime: carol of the near host.
    const theirs = joinPath(f.place(carol), hostPathFromText('embedded.sif'));
    await (await f.host(carol)).files.write(theirs, readFileSync(target));
    const said = await f.say(
      carol,
      'cd /; apptainer exec "$1" sh -c \'echo $HOME; cat ~/sub/file; ~/bin/script; touch ~/new 2>/dev/null || echo read-only\'; echo "echo \\$HOME" | apptainer shell "$1"; apptainer run "$1" | head -c 5',
      theirs,
    );
    const uid = (await f.say(carol, 'id -u')).trim();
    expect(said).toBe(
      `/home/mysingularity\ndata\nscript in /home/mysingularity as ${uid}\nread-only\n/home/mysingularity\nhello`,
    );
    for (const form of ['over', 'unpacked'] as const) {
      const name = `own-${form}`;
      const from = { kind: 'file', hostId: carol, path: theirs };
      await f.run('workspace.adopt', { hostId: carol, from, name, parent: null, form });
      const own = await f.one(carol, name);
      const { stdout } = await f.inside(own, theirs, 'sh', '-c', 'bin/script; touch new && ls -n new');
      expect(stdout).toMatch(new RegExp(`^script in /home/mysingularity as ${uid}\n-rw[^ ]* +1 ${uid} `));
    }
  }, 60_000);
});
