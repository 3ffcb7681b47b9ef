import { describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { Host } from '#core/hosts/host.ts';
import { buildOutline } from '#core/runtime/definition/buildOutline.ts';
import { createDialect } from '#core/runtime/dialect.ts';
import type { BuildRequest } from './buildRequest.ts';
import { buildInput } from './builds.fixture.ts';
import { planDockerfile } from './dockerfileRoute.ts';

const text = 'FROM debian:12\nHEALTHCHECK CMD true\nRUN true\n';

function hostWith(answer: string): Host {
  const outcome = { exitStatus: 0, signal: null, stdout: answer, stderr: '', durationMs: 0 };
  return { id: localHostId, run: () => Promise.resolve(outcome) } as Partial<Host> as Host;
}

function request(version: string, rest: Parameters<typeof buildInput>[1] = {}): BuildRequest {
  const input = buildInput('/work/tool/Dockerfile', rest);
  const { hostId, definition: _definition, ...options } = input;
  return {
    input,
    definition: {
      name: 'Dockerfile',
      path: hostPathFromText('/work/tool/Dockerfile'),
      hostId,
      folder: hostPathFromText('/work/tool'),
      text,
      outline: buildOutline(text, {}),
    },
    target: hostPathFromText('/images/tool.sif'),
    targetHostId: localHostId,
    options,
    compression: 'gzip-6',
    runtime: {
      path: hostPathFromText('/usr/bin/apptainer'),
      dialect: createDialect('apptainer', version, null),
    },
    architecture: 'amd64',
    byHand: '',
    secrets: [],
  };
}
const planned = async (answer: string, version = '1.4.5', rest: Parameters<typeof buildInput>[1] = {}) =>
  await planDockerfile(request(version, rest), { builder: hostWith(answer), sentBytes: 0 });

describe('by what a Dockerfile is built', () => {
  it('takes what the host has, and else says what a conversion would lose', async () => {
    expect(await planned('\npodman')).toMatchObject({
      way: {
        canBuild: true,
        sentence: expect.stringMatching(/^podman on this machine builds/),
        isFromDocumentation: false,
      },
      byHand: expect.stringContaining('podman build'),
    });
    expect((await planned('\nbuildah')).byHand).toContain('buildah push');
    const { way } = await planned('\n');
    expect(way).toMatchObject({ canBuild: false, sentence: expect.stringContaining('converted') });
    expect(way.limits.join(' ')).toContain('Line 2 would not be carried over');
  });

  it('leaves it to the runtime where that knows BuildKit, and a daemon is named or nothing else is there', async () => {
    const own = { canBuild: true, isFromDocumentation: true };
    expect((await planned('daemon\npodman', '1.5.3')).way).toMatchObject(own);
    expect((await planned('\n', '1.5.3')).way).toMatchObject(own);
    expect((await planned('\npodman', '1.5.3')).way.isFromDocumentation).toBe(false);
    expect((await planned('daemon\npodman', '1.4.5')).way.isFromDocumentation).toBe(false);
    const buildArguments = [{ name: 'A', value: 'b', isSecret: false }];
    expect((await planned('daemon\npodman', '1.5.3', { buildArguments })).way.isFromDocumentation).toBe(
      false,
    );
  });

  it('refuses what cannot be had of it', async () => {
    const refused = { report: { code: 'input.invalid' } };
    await expect(planned('\npodman', '1.4.5', { way: 'sudo' })).rejects.toMatchObject(refused);
    const buildArguments = [{ name: 'PATH', value: 'b', isSecret: true }];
    await expect(planned('\npodman', '1.4.5', { buildArguments })).rejects.toMatchObject(refused);
  });
});
