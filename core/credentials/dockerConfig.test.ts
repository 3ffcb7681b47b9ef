import { describe, expect, it } from 'vitest';
import { type DockerConfig, entriesFor, parseDockerConfig } from './dockerConfig.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const bytesOf = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

function configOf(value: unknown): DockerConfig {
  const parsed = parseDockerConfig(bytesOf(value));
  if (typeof parsed === 'string') throw new TypeError(parsed);
  return parsed;
}
const entriesIn = (value: unknown, registry: string) => entriesFor(configOf(value), registry);

describe('entriesFor', () => {
  const inline = {
    type: 'inline',
    form: 'encoded',
    credentials: { userName: 'ada', password: 'päss:word' },
  };

  it.each([
    'reg.example.org:5000',
    'https://reg.example.org:5000',
    'http://reg.example.org:5000',
    'https://reg.example.org:5000/v1/',
    'https://reg.example.org:5000/v2/',
    'Reg.Example.org:5000/',
  ])('knows a registry under %s', (key) => {
    const { entries } = entriesIn(
      { auths: { [key]: { auth: base64('ada:päss:word') } } },
      'reg.example.org:5000',
    );
    expect(entries).toEqual([inline]);
  });

  it.each(['https://index.docker.io/v1/', 'docker.io', 'index.docker.io', 'registry-1.docker.io'])(
    'knows Docker Hub under %s',
    (key) => {
      const { entries } = entriesIn(
        { auths: { [key]: { auth: base64('ada:päss:word') } } },
        'index.docker.io',
      );
      expect(entries).toEqual([inline]);
    },
  );

  it.each([
    'reg.example.org',
    'reg.example.org:5001',
    'reg.example.org:5000/team',
    'evil.org/reg.example.org:5000',
  ])('does not take %s for reg.example.org:5000', (key) => {
    const config = { auths: { [key]: { auth: base64('ada:x') } }, credHelpers: { [key]: 'x' } };
    expect(entriesIn(config, 'reg.example.org:5000').entries).toEqual([]);
  });

  it('prefers the exact key to other spellings', () => {
    const auths = { 'https://r.org/v1/': { auth: base64('old:x') }, 'r.org': { auth: base64('new:x') } };
    expect(entriesIn({ auths }, 'r.org').entries).toMatchObject([{ credentials: { userName: 'new' } }]);
  });

  it('asks the helper of the registry, then that of all, then the file itself', () => {
    const config = {
      auths: { 'https://r.org': { auth: base64('ada:x') } },
      credsStore: 'pass',
      credHelpers: { 'r.org': 'ecr-login', 'other.org': 'gcloud' },
    };
    expect(entriesIn(config, 'r.org').entries).toMatchObject([
      { type: 'helper', helper: 'ecr-login', serverUrl: 'https://r.org', scope: 'registry' },
      { type: 'helper', helper: 'pass', serverUrl: 'https://r.org', scope: 'all' },
      { type: 'inline' },
    ]);
    expect(entriesIn({ credsStore: 'pass' }, 'index.docker.io').entries).toMatchObject([
      { serverUrl: 'https://index.docker.io/v1/' },
    ]);
    expect(entriesIn({ auths: { 'r.org': {} }, credsStore: 'pass' }, 'r.org').entries).toHaveLength(1);
  });

  it('reads plain members and identity tokens', () => {
    const auths = {
      'plain.org': { username: 'ada', password: 'x' },
      'identity.org': { auth: base64('ada:'), identitytoken: 'refresh' },
    };
    expect(entriesIn({ auths }, 'plain.org').entries).toEqual([
      { type: 'inline', form: 'plain', credentials: { userName: 'ada', password: 'x' } },
    ]);
    expect(entriesIn({ auths }, 'identity.org').entries).toMatchObject([
      { credentials: { password: 'refresh', isIdentityToken: true } },
    ]);
  });

  it.each([
    [{ auth: '%%%' }, 'cannot be decoded'],
    [{ auth: base64('no colon') }, 'cannot be decoded'],
    [{ auth: 7 }, 'not in Docker’s form'],
    ['text', 'not in Docker’s form'],
    [{ registrytoken: 'jwt' }, 'registry token'],
  ])('tells what is wrong with %j, without what is in it', (entry, words) => {
    const { entries, problems } = entriesIn({ auths: { 'r.org': entry, 'other.org': {} } }, 'r.org');
    expect(entries).toEqual([]);
    expect(problems).toEqual([expect.stringContaining(words)]);
    expect(problems.join()).not.toMatch(/%%%|jwt/);
  });
});

describe('parseDockerConfig', () => {
  it.each([
    ['', 'is not valid JSON'],
    ['{"auths":', 'is not valid JSON'],
    ['[]', 'is not in Docker’s form'],
    [{ credsStore: 7 }, 'is not in Docker’s form: credsStore'],
    [{ credHelpers: { 'r.org': ['x'] } }, 'is not in Docker’s form: credHelpers'],
    [`{"a":"${'x'.repeat(300_000)}"}`, 'is larger than 256 KiB'],
  ])('says why %.20j says nothing', (value, problem) => {
    expect(parseDockerConfig(bytesOf(value))).toBe(problem);
  });

  it('takes names of objects for names of registries', () => {
    const config = configOf('{"auths":{"__proto__":{"auth":"YTpi"},"constructor":{}}}');
    expect(entriesFor(config, 'tostring').entries).toEqual([]);
    expect(entriesFor(config, 'constructor').entries).toEqual([]);
  });
});
