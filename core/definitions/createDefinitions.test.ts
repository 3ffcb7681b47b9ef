import { chmod, mkdtemp, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { definitionLimitBytes } from '#core/contract/definitions.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { createDialect } from '#core/runtime/dialect.ts';
import { createDefinitions } from './createDefinitions.ts';

const host = createLocalHost({ environment: {}, observer: { started: () => ({ ended: () => undefined }) } });
const definitions = createDefinitions({
  openHost: async () => host,
  builderOf: async () => ({
    dialect: createDialect('singularity-ce', '4.1.0', null),
    host: { fakeroot: 'rootMapped' as const, missingTools: new Set(['debootstrap']) },
  }),
});

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'definition-files-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});
const place = (name: string) => ({ hostId: localHostId, path: hostPathFromText(join(folder, name)) });

test('reads, writes and writes again, through a link and with the mode that it had', async () => {
  await writeFile(join(folder, 'real.def'), 'Bootstrap: scratch\n');
  await chmod(join(folder, 'real.def'), 0o640);
  await symlink('real.def', join(folder, 'link.def'));
  const read = await definitions.read(place('link.def'));
  expect(read).toMatchObject({
    path: join(folder, 'real.def'),
    text: 'Bootstrap: scratch\n',
    isDockerfile: false,
  });
  const first = await definitions.write(place('link.def'), 'Bootstrap: docker\n', read.modifiedAt);
  await definitions.write(place('link.def'), 'Bootstrap: docker\nFrom: ä\n', first.modifiedAt);
  expect(await readFile(join(folder, 'real.def'), 'utf8')).toBe('Bootstrap: docker\nFrom: ä\n');
  expect((await stat(join(folder, 'real.def'))).mode & 0o777).toBe(0o640);
});

test('does not write over what something else has written', async () => {
  const saved = await definitions.write(place('a.def'), 'one', null);
  await writeFile(join(folder, 'a.def'), 'two');
  await utimes(join(folder, 'a.def'), 1_000_000, 1_000_000);
  await expect(definitions.write(place('a.def'), 'three', saved.modifiedAt)).rejects.toMatchObject({
    report: { code: 'input.changedOnDisk', action: { kind: 'overwrite' } },
  });
  await expect(definitions.write(place('a.def'), 'three', null)).rejects.toMatchObject({
    report: { code: 'input.changedOnDisk' },
  });
  expect(await readFile(join(folder, 'a.def'), 'utf8')).toBe('two');

  await rm(join(folder, 'a.def'));
  await expect(definitions.write(place('a.def'), 'three', saved.modifiedAt)).rejects.toMatchObject({
    report: { code: 'input.changedOnDisk', data: { isGone: true } },
  });
});

test('names what cannot be read', async () => {
  await writeFile(join(folder, 'long.def'), 'x'.repeat(definitionLimitBytes + 1));
  await writeFile(join(folder, 'bytes.def'), Buffer.from([0x42, 0xff, 0xfe]));
  const refused = (name: string) => definitions.read(place(name)).catch((error: unknown) => error);
  expect(await refused('long.def')).toMatchObject({ report: { code: 'input.invalid' } });
  expect(await refused('bytes.def')).toMatchObject({ report: { code: 'input.invalid' } });
  expect(await refused('none.def')).toMatchObject({ report: { code: 'host.pathMissing' } });
  expect(await refused('.')).toMatchObject({ report: { code: 'input.invalid' } });
});

test('lints for the runtime of the host, or for none', async () => {
  const text = 'Bootstrap: localimage\nFrom: a.sif\n';
  const given = { text, buildArguments: { A: '1' } };
  expect((await definitions.lint({ ...given, hostId: localHostId })).findings).toMatchObject([
    { code: 'argument.unused', severity: 'warning' },
  ]);
  expect((await definitions.lint({ ...given, hostId: null })).findings).toMatchObject([
    { code: 'argument.unused', severity: 'error' },
  ]);
});

test('says what the machine that builds does not have', async () => {
  const text = (agent: string) =>
    `Bootstrap: ${agent}\nOSVersion: 12\nMirrorURL: http://mirror.example\nInclude: apt\n`;
  const codes = async (agent: string, hostId: typeof localHostId | null) =>
    (await definitions.lint({ text: text(agent), hostId, buildArguments: {} })).findings.map(
      ({ code }) => code,
    );
  expect(await codes('debootstrap', localHostId)).toContain('host.toolMissing');
  expect(await codes('yum', localHostId)).toContain('host.noOwners');
  expect((await codes('debootstrap', null)).filter((code) => code.startsWith('host.'))).toEqual([]);
});

test('lints for the newest runtimes where a host has none', async () => {
  const without = createDefinitions({
    openHost: async () => host,
    builderOf: async () => {
      throw workbenchError('runtime.missing');
    },
  });
  const text = 'Bootstrap: buildkit\nFrom: .\n';
  expect(await without.lint({ text, hostId: localHostId, buildArguments: {} })).toMatchObject({
    findings: [],
  });
});
