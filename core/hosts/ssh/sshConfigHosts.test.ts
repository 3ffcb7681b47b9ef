import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAliases, wordsOf } from './sshConfigHosts.ts';
import { readResolved } from './sshDestination.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'ssh-config-'));
});
afterEach(() => rm(home, { recursive: true }));

async function aliases(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(home, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return await readAliases(join(home, '.ssh/config'), home);
}

describe('the hosts of an ssh configuration', () => {
  it('are those with a name of their own, each once, in order', async () => {
    const config = `
# Host commented
Host login login.example.org # Host no
  HostName login1.example.org
host=gpu
\tUser alice
HOST "quoted name" bob@data *.example.org !bad gpu
Host *
  ServerAliveInterval 30`;
    expect(await aliases({ '.ssh/config': config })).toEqual([
      'login',
      'login.example.org',
      'gpu',
      'bob@data',
    ]);
  });

  it('come from included files, relative to ~/.ssh, with wildcards, and not twice round', async () => {
    const found = await aliases({
      '.ssh/config': 'Include conf.d/*.conf ~/other config\nHost last\n',
      '.ssh/conf.d/b.conf': 'Host b\nInclude ../config',
      '.ssh/conf.d/a.conf': 'Host a',
      '.ssh/conf.d/.hidden.conf': 'Host hidden',
      '.ssh/conf.d/readme.txt': 'Host readme',
      other: 'Host other\r\n',
    });
    expect(found).toEqual(['a', 'b', 'other', 'last']);
  });

  it('leave out what counts for some hosts only', async () => {
    const found = await aliases({
      '.ssh/config': 'Match exec "true"\nInclude inside\nHost one\nInclude inside\nHost *\nInclude outside\n',
      '.ssh/inside': 'Host inside',
      '.ssh/outside': 'Host outside',
    });
    expect(found).toEqual(['one', 'outside']);
  });

  it('stay data when they are hostile', async () => {
    const config =
      'Host -oProxyCommand=evil $(evil) `evil` a;b ../../x "a\u0000b" a|b\nInclude /dev/zero [z-a] [[]*\n';
    expect(await aliases({ '.ssh/config': config })).toEqual([]);
  });

  it('are none where there is no configuration, or it may not be read', async () => {
    expect(await aliases({})).toEqual([]);
    await mkdir(join(home, '.ssh'), { recursive: true });
    await writeFile(join(home, '.ssh/config'), 'Include .\nHost x');
    await chmod(join(home, '.ssh/config'), 0o600);
    expect(await readAliases(join(home, '.ssh/config'), home)).toEqual(['x']);
    expect(await readAliases(join(home, '.ssh/config/deeper'), home)).toEqual([]);
  });
});

it('splits a line into its keyword and words', () => {
  expect(wordsOf('  Include = "a b"  c # d')).toEqual(['Include', 'a b', 'c']);
  expect(wordsOf('# Host x')).toEqual([]);
  expect(wordsOf('')).toEqual([]);
});

describe('what ssh -G says', () => {
  it('becomes an address with the way to it', () => {
    const output =
      'host cluster\nuser alice\nhostname 10.77.0.11\nport 2222\nproxyjump gateway\ncontrolpath none\n';
    expect(readResolved(output, 'cluster')).toMatchObject({
      user: 'alice',
      hostName: '10.77.0.11',
      port: 2222,
      isProxied: true,
      controlPath: null,
      address: 'alice@10.77.0.11:2222 via gateway',
    });
  });

  it('keeps the colons of an address apart from the port', () => {
    expect(readResolved('user a\nhostname ::1\nport 22\n', 'x').address).toBe('a@[::1]:22');
  });
});
