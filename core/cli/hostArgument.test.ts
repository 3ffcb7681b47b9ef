import { describe, expect, test } from 'vitest';
import type { Host } from '#core/contract/hosts.ts';
import { hostIdSchema } from '#core/contract/ids.ts';
import { UsageError } from './failure.ts';
import { hostIdOf } from './hostArgument.ts';
import { splitTarget } from './pushCommand.ts';

function host(id: string, label: string, destination: string): Host {
  return {
    id: hostIdSchema.parse(id),
    label,
    kind: 'ssh',
    colour: 1,
    state: 'unknown',
    connection: { state: 'disconnected', since: 0, reason: null },
    address: null,
    preferences: {
      label,
      colour: 1,
      destination,
      port: null,
      initLines: '',
      imageFolders: [],
      workspaceFolder: null,
      cacheFolder: null,
      temporaryFolder: null,
      runtimePath: null,
      sharesConnection: true,
      transferDestination: null,
    },
    facts: null,
    imageFolders: [],
    proposals: [],
  };
}

describe('a name of a host', () => {
  const hosts = [host('one', 'Big cluster', 'alice@big'), host('two', 'big', 'bob@other')];

  test('is what the person calls it, then its destination, then a name for ssh', () => {
    expect(hostIdOf(hosts, 'Big cluster')).toBe('one');
    expect(hostIdOf(hosts, 'big')).toBe('two');
    expect(hostIdOf(hosts, 'alice@big')).toBe('one');
    expect(hostIdOf(hosts, 'alice@else')).toBe('ssh:alice@else');
  });

  test.each(['', '-oProxyCommand=x', 'two words', 'a;b', '$(x)'])('is not %j', (name) => {
    expect(() => hostIdOf(hosts, name)).toThrow(UsageError);
  });
});

describe('HOST[:PATH]', () => {
  test.each([
    ['big', 'big', 'big'],
    ['big:', 'big', 'big:'],
    ['alice@big:/a:b', 'alice@big', 'alice@big:'],
    ['[::1]:x', '[::1]', '[::1]:'],
  ])('%j', (word, name, before) => {
    expect(splitTarget(word)).toEqual({ host: name, before });
  });

  test('has a host', () => {
    expect(() => splitTarget(':x')).toThrow(UsageError);
    expect(() => splitTarget('')).toThrow(UsageError);
  });
});
