import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import {
  type DockerfileBuild,
  dockerfileBuildCommand,
  dockerfileByHand,
  dockerfileSaveCommand,
  dockerfileStep,
  failedInstruction,
  isEngineVariable,
} from './dockerfileBuild.ts';
import { showCommand } from './shellWords.ts';

const path = hostPathFromText;
function build(text: string, rest: Partial<DockerfileBuild> = {}): DockerfileBuild {
  return {
    engine: 'podman',
    text,
    file: path('/work/Dockerfile'),
    contextFolder: path('/work'),
    storage: (name) => path(`/private/${name}`),
    buildArguments: [],
    binds: [],
    architecture: null,
    sourceDateEpoch: null,
    byHand: '',
    ...rest,
  };
}
const asksNoCertificate = (text: string) =>
  dockerfileBuildCommand(build(text)).args.includes('--tls-verify=false');

describe('a Dockerfile for podman or buildah', () => {
  it('keeps secrets out of the command line, and the storage to itself', () => {
    const spec = dockerfileBuildCommand(
      build('FROM alpine\n', {
        buildArguments: [
          { name: 'WHO', value: 'a b', isSecret: false },
          { name: 'TOKEN', value: 'hunter2', isSecret: true },
        ],
        architecture: 'arm64',
        sourceDateEpoch: 5,
      }),
    );
    expect(JSON.stringify(spec.args)).not.toContain('hunter2');
    expect(spec.environment['TOKEN']).toEqual({ secret: 'hunter2' });
    const shown = showCommand(spec);
    expect(shown).toContain("--build-arg 'WHO=a b' --build-arg TOKEN");
    expect(shown).toContain(
      'podman --root /private/root --runroot /private/run --cgroup-manager cgroupfs build --isolation chroot',
    );
    expect(shown).toContain('--arch arm64 --timestamp 5');
    expect(showCommand(dockerfileSaveCommand(build(''), path('/x.tar')))).toContain('--output /x.tar');
    const buildah = build('', { engine: 'buildah' });
    expect(showCommand(dockerfileBuildCommand(buildah))).toContain(
      'buildah --root /private/root --runroot /private/run bud',
    );
    expect(showCommand(dockerfileSaveCommand(buildah, path('/x.tar')))).toContain('oci-archive:/x.tar');
  });

  it('gives the engine a runtime folder of its own, with the sign-in of the person', () => {
    const folder = mkdtempSync(join(tmpdir(), 'engine-script-'));
    try {
      for (const name of ['bin', 'run', 'mine/containers'])
        mkdirSync(join(folder, name), { recursive: true });
      writeFileSync(join(folder, 'mine/containers/auth.json'), 'signed in');
      const engine = '#!/bin/sh\necho "$XDG_RUNTIME_DIR"; cat "$XDG_RUNTIME_DIR/containers/auth.json"\n';
      writeFileSync(join(folder, 'bin/podman'), engine, { mode: 0o755 });
      const spec = dockerfileBuildCommand(build('', { storage: (name) => path(join(folder, name)) }));
      const words = spec.args.map((word) =>
        typeof word === 'string' ? word : 'path' in word ? word.path : word.secret,
      );
      const env = { PATH: `${folder}/bin:/usr/bin:/bin`, XDG_RUNTIME_DIR: join(folder, 'mine') };
      for (const _time of ['build', 'save'])
        expect(execFileSync('/bin/sh', words, { env, encoding: 'utf8' })).toBe(`${folder}/run\nsigned in`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    ['FROM 127.0.0.1:5057/a/b:1\n', true],
    ['FROM localhost:5000/a AS one\nFROM one\nCOPY --from=one /a /b\nCOPY --from=0 /a /b\n', true],
    ['FROM 127.0.0.1:5057/a/b:1\nFROM alpine\n', false],
    ['FROM 127.0.0.1:5057/a/b:1\nCOPY --from=quay.io/a/b /a /b\n', false],
    ['FROM 127.0.0.1.example.org/a\n', false],
    ['FROM scratch\n', false],
    ['ARG BASE\nFROM $BASE\n', false],
  ])('asks for certificates wherever a registry may be another machine: %j', (text, expected) => {
    expect(asksNoCertificate(text)).toBe(expected);
  });

  it('says what a person would type, without secrets', () => {
    expect(
      dockerfileByHand({
        engine: 'podman',
        programName: 'apptainer',
        file: path('/w/Dockerfile'),
        contextFolder: path('/w'),
        target: path('/i/x.sif'),
        isSandbox: false,
        buildArguments: [{ name: 'T', value: 'hunter2', isSecret: true }],
      }),
    ).toBe(
      'podman build --format oci -t built --build-arg T=•••••• -f /w/Dockerfile /w && podman save --format oci-archive -o built.tar built && apptainer build /i/x.sif oci-archive:built.tar',
    );
  });

  it.each([
    'PATH',
    'http_proxy',
    'CONTAINERS_CONF',
    'XDG_DATA_HOME',
    'DBUS_SESSION_BUS_ADDRESS',
    'LD_PRELOAD',
  ])('knows %s as its own', (name) => {
    expect(isEngineVariable(name)).toBe(true);
    expect(isEngineVariable(`MY${name.replaceAll('_', '')}X`)).toBe(false);
  });

  const text =
    '# c\nARG V=1\nFROM a AS one\nRUN true && \\\n    echo\nRUN false\n\nFROM b\nCOPY --from=one /x /y\nRUN exit 3\nFOO x\n';
  it.each([
    ['[1/2] STEP 2/3: RUN true && echo', '', 4],
    ['[1/2] STEP 3/3: RUN false', '', 6],
    ['[2/2] STEP 1/3: FROM b', 'Error: creating build container: manifest unknown', 8],
    ['[2/2] STEP 2/3: COPY --from=one /x /y', 'Error: checking on sources: copier: stat: "/x"', 9],
    ['[2/2] STEP 3/3: RUN exit 3', 'Error: building at STEP "RUN exit 3": exit status 3', 10],
    ['[2/2] STEP 4/4: COPY of ONBUILD', '', 9],
    ['[7/7] STEP 1/1: FROM z', '', null],
    ['nothing', 'Error: parsing main Dockerfile: Unknown instruction: "FOO"', 11],
    ['nothing', '', null],
  ])('knows the line of %j %j', (line, output, expected) => {
    expect(failedInstruction(text, dockerfileStep(line), output)?.line ?? null).toBe(expected);
  });
});
