import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { ImageDetail } from '#core/contract/images.ts';
import type { Program } from '../fixtures/programs.ts';
import { test } from '../fixtures/test.ts';
import { testbed } from '../testbed/testbed.ts';

const bed = testbed();

test.describe('the command line', () => {
  test('pulls, is interrupted, goes on where it stopped, and runs what came', async ({
    person,
    registryProxy,
  }) => {
    test.slow();
    const { repository, compressedBytes } = bed.realistic;
    const reference = `docker://${registryProxy.address}/${repository}:1`;
    const target = join(person.home, 'python.sif');

    registryProxy.holdAfter(compressedBytes / 2);
    const interrupted = person.startWorkbench(['pull', '--json', reference, target]);
    await waitForBytes(interrupted, compressedBytes / 3);
    interrupted.process.kill('SIGINT');
    expect((await interrupted.ended).status).toBe(130);
    expect(await readdir(person.home)).not.toContain('python.sif');

    registryProxy.forget();
    registryProxy.release();
    const pulled = await person.workbench(['pull', reference, target]);
    expect(pulled.stderr).toContain('Downloading');
    expect(pulled).toMatchObject({ status: 0, stdout: `${target}\n` });
    expect(registryProxy.blobBytes()).toBeLessThan(compressedBytes * 0.75);
    expect((await stat(target)).size).toBeGreaterThan(60_000_000);
    expect(await leftovers(person.home)).toEqual(['python.sif']);

    const detail = await inspect(person, target);
    expect(detail.image).toMatchObject({ format: 'sif', architecture: 'amd64' });
    expect(detail.definition).toContain(`${registryProxy.address}/${repository}`);
    // The origin recorded in the image is what was asked for, never a private path or a mirror of ours.
    expect(JSON.stringify([detail.definition, detail.labels])).not.toContain(person.home);
    expect(detail.image.source).toContain(reference);

    const sum = ['-c', 'import numpy; print(numpy.arange(4).sum())'];
    expect(await person.workbench(['exec', target, 'python3', ...sum])).toMatchObject({
      status: 0,
      stdout: '6\n',
    });

    registryProxy.forget();
    const second = await person.workbench([
      'pull',
      '--json',
      reference.replace(/1$/, '2'),
      join(person.home, '2.sif'),
    ]);
    expect(second.status).toBe(0);
    // The last layer is the only new one, and the configuration.
    expect(registryProxy.blobBytes()).toBeLessThan(4_000_000);
  });

  test('keeps the exit status of a program, and binds folders', async ({ person }) => {
    const image = await person.hasImage(bed.tiny.sif, 'tiny.sif');
    await writeFile(join(person.home, 'note.txt'), 'from the host\n');

    expect(await person.workbench(['exec', image, 'sh', '-c', 'exit 42'])).toMatchObject({ status: 42 });
    expect(await person.workbench(['run', 'tiny.sif', 'one', 'two'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^hello from .*: one two\n$/),
    });
    const bound = await person.workbench([
      'exec',
      '--bind',
      `${person.home}:/data:ro`,
      image,
      'cat',
      '/data/note.txt',
    ]);
    expect(bound).toMatchObject({ status: 0, stdout: 'from the host\n' });
    const refused = await person.workbench(['exec', '--bind', '/no/such/folder:/mnt', image, 'true']);
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain('/no/such/folder');
  });

  test('lists the library and shows what an image holds', async ({ person }) => {
    await person.hasImage(bed.tiny.sif, 'tiny.sif');
    await writeFile(join(person.images, 'letter.sif'), 'Dear reader,\n');

    const { stdout } = await person.workbench(['list', '--json']);
    const { images } = JSON.parse(stdout) as { images: ImageDetail['image'][] };
    expect(images.map(({ name, format }) => [name, format])).toEqual([
      ['letter.sif', 'damaged'],
      ['tiny.sif', 'sif'],
    ]);
    const detail = await inspect(person, 'tiny.sif');
    expect(detail.labels).toContainEqual({ name: 'Name', value: 'tiny' });
    expect(detail.help).toContain('A tiny busybox image');
    expect(detail.runscript).toContain('exec hello');
    expect(detail.apps.map(({ name }) => name)).toEqual(['count']);
  });

  test('fetches a SIF from a registry and from the web, bit for bit', async ({ person }) => {
    const original = await digestOf(bed.tiny.sif);
    const fromRegistry = join(person.home, 'oras.sif');
    const oras = await person.workbench([
      'pull',
      `oras://${bed.registry}/${bed.tiny.orasRepository}:v1`,
      fromRegistry,
    ]);
    expect(oras.status).toBe(0);
    expect(await digestOf(fromRegistry)).toBe(original);

    await copyFile(bed.tiny.sif, join(bed.web.folder, 'tiny.sif'));
    const fromWeb = join(person.home, 'web.sif');
    expect((await person.workbench(['pull', `http://${bed.web.address}/tiny.sif`, fromWeb])).status).toBe(0);
    expect(await digestOf(fromWeb)).toBe(original);
  });

  test('removes stored layers only when told to', async ({ person }) => {
    const reference = `docker://${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}`;
    expect((await person.workbench(['pull', reference])).status).toBe(0);
    const dry = await person.workbench(['clean']);
    expect(dry.stdout).toContain('Would remove 2 layers');
    expect((await person.workbench(['clean', '--yes'])).stdout).toContain('Removed 2 layers');
    expect((await person.workbench(['clean'])).stdout).toContain('Would remove 0 layers');
  });

  test('explains each command', async ({ person }) => {
    const general = await person.workbench(['--help']);
    expect(general.stdout).toContain('Exit status');
    for (const command of ['pull', 'list', 'inspect', 'shell', 'exec', 'run', 'clean', 'doctor', 'serve']) {
      expect(general.stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
      const help = await person.workbench([command, '--help']);
      expect(help).toMatchObject({ status: 0, stdout: expect.stringContaining(`mysingularity ${command}`) });
    }
  });

  test('finds the runtime and says what works', async ({ person }) => {
    const doctor = await person.workbench(['doctor']);
    expect(doctor.stdout).toContain('Apptainer');
    expect([0, 1]).toContain(doctor.status);
  });
});

test.describe('the command line, when something is wrong', () => {
  const tiny = `${bed.registry}/${bed.tiny.repository}`;
  const login = ['--user', bed.authRegistry.userName, '--password-stdin'];
  const cases: readonly {
    says: string;
    args: readonly string[];
    input?: string;
    status: number;
    code: string;
  }[] = [
    { says: 'a malformed reference', args: ['docker://Bad Name!'], status: 2, code: 'registry.badReference' },
    {
      says: 'an unknown scheme',
      args: ['ftp://example.org/x.sif'],
      status: 2,
      code: 'registry.unsupportedScheme',
    },
    {
      says: 'an unknown host',
      args: ['docker://no-such-registry.invalid/a/b:1'],
      status: 5,
      code: 'registry.hostUnknown',
    },
    {
      says: 'a refused port',
      args: ['docker://127.0.0.1:3/a/b:1'],
      status: 5,
      code: 'registry.connectionRefused',
    },
    { says: 'a missing tag', args: [`docker://${tiny}:nosuch`], status: 3, code: 'registry.notFound' },
    {
      says: 'a missing repository',
      args: [`docker://${bed.registry}/no/such:1`],
      status: 3,
      code: 'registry.notFound',
    },
    {
      says: 'a missing sign-in',
      args: [`docker://${bed.authRegistry.address}/demo/tiny:v1`],
      status: 4,
      code: 'registry.unauthorized',
    },
    {
      says: 'a wrong password',
      args: [...login, `docker://${bed.authRegistry.address}/demo/tiny:v1`],
      input: 'guess\n',
      status: 4,
      code: 'registry.unauthorized',
    },
    {
      says: 'a folder that may not be made',
      args: [`docker://${tiny}:v1`, '/no/such/folder/x.sif'],
      status: 4,
      code: 'host.permissionDenied',
    },
    { says: 'an image as an artifact', args: [`oras://${tiny}:v1`], status: 1, code: 'registry.notASif' },
    {
      says: 'a page of the web',
      args: [`http://${bed.web.address}/nothing.sif`],
      status: 3,
      code: 'registry.notFound',
    },
  ];
  for (const { says, args, input, status, code } of cases) {
    test(`names ${says}`, async ({ person }) => {
      const ended = await person.workbench(['pull', ...args], input === undefined ? {} : { input });
      expect(ended.stderr).toContain(`[${code}]`);
      expect(ended.stderr).toMatch(/^Error: .+\n {2}.+\n {2}→ .+/m);
      expect(ended).toMatchObject({ status, stdout: '' });
      expect(await leftovers(person.home)).toEqual([]);
    });
  }

  test('signs in with a password that goes nowhere else', async ({ person }) => {
    const { address, password } = bed.authRegistry;
    const target = join(person.home, 'private.sif');
    const ended = await person.workbench(
      ['pull', '--verbose', ...login, `docker://${address}/${bed.tiny.repository}:v1`, target],
      { input: `${password}\n` },
    );
    expect(ended.status).toBe(0);
    const all = await readEverything(person.home);
    expect(all.includes(password)).toBe(false);
    expect(all.includes(Buffer.from(`${bed.authRegistry.userName}:${password}`).toString('base64'))).toBe(
      false,
    );
  });

  test('keeps a target that exists, and replaces it when told to', async ({ person }) => {
    const target = join(person.home, 'mine.sif');
    await writeFile(target, 'precious');
    const reference = `docker://${tiny}:v1`;
    const kept = await person.workbench(['pull', reference, target]);
    expect(kept.status).toBe(7);
    expect(kept.stderr).toContain('[image.targetExists]');
    expect(await readFile(target, 'utf8')).toBe('precious');
    expect((await person.workbench(['pull', '--force', reference, target])).status).toBe(0);
    expect((await inspect(person, target)).image.format).toBe('sif');
  });

  test('says that a folder may not be written to', async ({ person }) => {
    test.skip(process.getuid?.() === 0, 'root may write everywhere');
    const folder = join(person.home, 'closed');
    await mkdir(folder, { mode: 0o555 });
    const ended = await person.workbench(['pull', `docker://${tiny}:v1`, join(folder, 'x.sif')]);
    expect(ended.status).toBe(4);
    expect(ended.stderr).toContain('[host.permissionDenied]');
    await chmod(folder, 0o755);
  });

  test('takes file names as they are', async ({ person }) => {
    const names = ['-dash.sif', 'two words.sif', `it's "quoted".sif`, 'new\nline.sif', '$(touch pwned).sif'];
    await mkdir(person.images, { recursive: true });
    for (const name of names) {
      await copyFile(bed.tiny.sif, join(person.images, name));
      const ended = await person.workbench(['exec', join(person.images, name), 'echo', 'here']);
      expect(ended, name).toMatchObject({ status: 0, stdout: 'here\n' });
    }
    const raw = Buffer.concat([
      Buffer.from(`${person.images}/`),
      Buffer.from([0x66, 0xff, 0xfe]),
      Buffer.from('.sif'),
    ]);
    await copyFile(bed.tiny.sif, raw);
    const listed = await person.workbench(['list']);
    expect(listed.status).toBe(0);
    expect(listed.stdout).toContain('new\\x0aline.sif');
    const { stdout } = await person.workbench(['list', '--json']);
    expect((JSON.parse(stdout) as { images: unknown[] }).images).toHaveLength(names.length + 1);
    expect(await leftovers(person.home)).not.toContain('pwned');
  });

  test('tells a damaged image from one that is none', async ({ person }) => {
    const whole = await readFile(bed.tiny.sif);
    const truncated = join(person.home, 'truncated.sif');
    await writeFile(truncated, whole.subarray(0, whole.length / 2));
    const damaged = await inspect(person, truncated);
    expect(damaged.image.problem).not.toBeNull();
    const letter = join(person.home, 'letter.sif');
    await writeFile(letter, 'Dear reader,\n');
    const none = await person.workbench(['exec', letter, 'true']);
    expect(none.status).not.toBe(0);
    expect(none.stderr).not.toBe('');
    const missing = await person.workbench(['exec', join(person.home, 'gone.sif'), 'true']);
    expect(missing.status).not.toBe(0);
    expect(missing.stderr).toContain('gone.sif');
  });
});

async function inspect(
  person: { workbench(args: readonly string[]): Promise<{ stdout: string }> },
  file: string,
): Promise<ImageDetail> {
  return JSON.parse((await person.workbench(['inspect', '--json', file])).stdout) as ImageDetail;
}

/** Waits until the progress of a pull (`--json`) says that so many bytes arrived. */
async function waitForBytes(program: Program, bytes: number): Promise<void> {
  const arrived = (text: string) =>
    [...text.matchAll(/"bytes":\{"done":(\d+)/g)].some(([, done]) => Number(done) >= bytes);
  await program.waitFor(arrived);
}

/** What a person sees in the home folder: no hidden folders. */
async function leftovers(home: string): Promise<string[]> {
  return (await readdir(home)).filter((name) => !name.startsWith('.') || name.includes('partial')).sort();
}

async function digestOf(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

/** Every file below a folder, as one text of bytes. */
async function readEverything(folder: string): Promise<Buffer> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Buffer.concat(await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name)))));
}
