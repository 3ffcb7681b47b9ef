import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { endProcessesMarked } from '#core/hosts/processesMarked.ts';
import { runningProcesses } from '#core/runningProcesses.fixture.ts';
import { withoutSessionBus } from '#core/runtime/engineEnvironment.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { createImportsFixture, type ImportsFixture, importInput } from './imports.fixture.ts';

const reason =
  whyMissing('apptainer', 'registry', 'tiny') ??
  (existsSync('/usr/bin/podman') ? null : 'podman is not installed');

const sh = (script: string, variables: Readonly<Record<string, string>>) =>
  execFileSync('sh', ['-c', script], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'ignore', 'pipe'],
  });

describe.skipIf(reason !== null)(`images of local engines${reason === null ? '' : ` (${reason})`}`, () => {
  let folder: string;
  let fixture: ImportsFixture;
  let variables: Record<string, string>;

  /** podman with a store of its own; where there is a docker, it is a stand-in that has the same image. */
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'engines-real-'));
    for (const name of ['run', 'store', 'home', 'bin']) mkdirSync(join(folder, name));
    const { registry, tiny } = testbed();
    const image = `docker://${registry}/${tiny.repository}:${tiny.tag}`;
    const archive = join(folder, 'image.tar');
    sh(`skopeo copy -q --src-tls-verify=false '${image}' 'docker-archive:${archive}:mine:1'`, {});
    const storage = `[storage]\ndriver = "vfs"\ngraphroot = "${folder}/store"\nrunroot = "${folder}/run"\n`;
    writeFileSync(join(folder, 'storage.conf'), storage);
    // The shape of docker's answers is from documentation: no daemon runs here.
    const row = JSON.stringify({ ID: '0123456789ab', Repository: 'mine', Tag: '1', Size: '2.15MB' });
    writeFileSync(
      join(folder, 'bin', 'docker'),
      `#!/bin/sh\ncase "$1" in image) echo '${row}';; save) [ "$4" = mine:1 ] && cp '${archive}' "$3";; esac\n`,
    );
    chmodSync(join(folder, 'bin', 'docker'), 0o755);
    variables = {
      CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'),
      XDG_RUNTIME_DIR: join(folder, 'run'),
      HOME: join(folder, 'home'),
      PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
    };
    sh(`podman load -q -i '${archive}'`, { ...variables, ...withoutSessionBus });
    fixture = createImportsFixture({ folder: join(folder, 'fixture'), variables });
  });
  afterEach(async () => {
    await endProcessesMarked('XDG_RUNTIME_DIR', hostPathFromText(join(folder, 'run')));
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['podman-storage', 'localhost/mine:1'],
    ['docker-daemon', 'mine:1'],
  ] as const)('are listed and imported: %s', async (kind, reference) => {
    const sources = await fixture.imports.sources(new AbortController().signal);
    const member = `${kind}:${reference}`;
    const source = sources.find((one) => one.kind === kind);
    expect(source).toMatchObject({ problem: null });
    const names = source?.images.map((image) => image.member) ?? [];
    const chosen = names.find((name) => name.endsWith('mine:1')) ?? member;
    const input = { ...importInput('x'), path: null, member: chosen };
    const plan = await fixture.imports.plan(input, new AbortController().signal);
    expect(plan).toMatchObject({ kind, target: join(fixture.library, 'mine_1.sif') });
    await fixture.run(input);
    expect(readdirSync(fixture.library)).toEqual(['mine_1.sif']);
    expect(readdirSync(fixture.temporary)).toEqual([]);
    const said = execFileSync('apptainer', ['exec', join(fixture.library, 'mine_1.sif'), 'echo', 'ran']);
    expect(said.toString()).toBe('ran\n');
    const wrong = { ...input, member: `${kind}:nobody:9`, fileName: hostPathFromText('x.sif') };
    await expect(fixture.run(wrong)).rejects.toMatchObject({ report: { code: 'input.invalid' } });
    expect(readdirSync(fixture.temporary)).toEqual([]);
    // What podman holds its namespace with is the person's, and stays; a session bus would be nobody's.
    const left = runningProcesses().filter(({ environment }) =>
      environment.includes(`XDG_RUNTIME_DIR=${join(folder, 'run')}`),
    );
    expect(left.filter(({ name }) => name !== 'podman pause' && name !== 'catatonit')).toEqual([]);
  });
});
