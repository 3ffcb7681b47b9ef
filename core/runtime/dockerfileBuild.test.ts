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
    expect(shown).toContain('podman --root /private/root --runroot /private/run build --isolation chroot');
    expect(shown).toContain('--arch arm64 --timestamp 5');
    expect(showCommand(dockerfileSaveCommand(build(''), path('/x.tar')))).toContain('--output /x.tar');
    const buildah = build('', { engine: 'buildah' });
    expect(showCommand(dockerfileBuildCommand(buildah))).toContain(
      'buildah --root /private/root --runroot /private/run bud',
    );
    expect(showCommand(dockerfileSaveCommand(buildah, path('/x.tar')))).toContain('oci-archive:/x.tar');
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

  it.each(['PATH', 'http_proxy', 'CONTAINERS_CONF', 'XDG_DATA_HOME', 'LD_PRELOAD'])(
    'knows %s as its own',
    (name) => {
      expect(isEngineVariable(name)).toBe(true);
      expect(isEngineVariable(`MY${name.replaceAll('_', '')}X`)).toBe(false);
    },
  );

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
