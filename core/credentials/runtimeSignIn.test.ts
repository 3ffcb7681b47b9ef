import { describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import type { CredentialFile } from './credentialFiles.ts';
import { parseDockerConfig } from './dockerConfig.ts';
import { runtimeSignIn } from './runtimeSignIn.ts';

const auth = Buffer.from('alice:topsecret').toString('base64');

function file(shown: string, content: unknown): CredentialFile {
  const path = hostPathFromText(shown.replace('~', '/home/alice'));
  if (content === undefined) return { path, shown, state: 'missing', config: null, problem: null };
  const parsed = parseDockerConfig(Buffer.from(JSON.stringify(content)));
  return typeof parsed === 'string'
    ? { path, shown, state: 'broken', config: null, problem: parsed }
    : { path, shown, state: 'read', config: parsed, problem: null };
}

function sentence(
  runtime: Parameters<typeof runtimeSignIn>[0]['runtime'],
  own: unknown,
  fallback: unknown = undefined,
): string {
  const isApptainer = runtime === null || runtime.product === 'apptainer';
  return runtimeSignIn({
    runtime,
    place: 'login1',
    registry: 'r.org',
    own: file(isApptainer ? '~/.apptainer/docker-config.json' : '~/.singularity/docker-config.json', own),
    fallback: isApptainer ? file('~/.docker/config.json', fallback) : null,
  });
}

// What Apptainer really does with each kind of file: runtimeSignIn.real.test.ts.
describe('runtimeSignIn', () => {
  const apptainer = { product: 'apptainer', version: '1.4.5' } as const;
  const singularity = { product: 'singularity-ce', version: '4.3.2' } as const;

  it('says that there is no runtime', () => {
    expect(sentence(null, undefined)).toBe('There is no Apptainer or Singularity on login1.');
  });

  it('knows that SingularityCE never looks into Docker’s file', () => {
    expect(sentence(singularity, undefined)).toBe(
      'SingularityCE 4.3.2 on login1 would not sign in: there is no ~/.singularity/docker-config.json.',
    );
  });

  it('names an identity token without its value', () => {
    const text = sentence(apptainer, { auths: { 'r.org': { auth, identitytoken: 'topsecret' } } });
    expect(text).toContain('as the owner of an identity token from ~/.apptainer/docker-config.json');
    expect(text).not.toContain('topsecret');
  });

  it('does not speak of Docker’s file where that has nothing either', () => {
    expect(sentence(apptainer, {}, { auths: { 'other.org': { auth } } })).toBe(
      'Apptainer 1.4.5 on login1 would not sign in: ~/.apptainer/docker-config.json has no entry for this registry.',
    );
    expect(sentence(apptainer, undefined, { auths: { 'other.org': { auth } } })).toBe(
      'Apptainer 1.4.5 on login1 would not sign in: ~/.docker/config.json has no entry for this registry.',
    );
  });
});
