import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { scrubbedEnvironment } from '#core/runtime/environment.ts';
import { whyMissing } from '#e2e/testbed/testbed.ts';
import type { Host } from './host.ts';
import { createLocalHost } from './localHost.ts';
import { createOwnedTrees } from './ownedTree.ts';

const reason = whyMissing('user', 'subuid');
const inside = (script: string, ...words: readonly string[]) =>
  execFileSync('unshare', ['--map-root-user', '--map-auto', 'sh', '-c', script, 'sh', ...words]);

describe.skipIf(reason !== null)(`trees of subordinate ids${reason === null ? '' : ` (${reason})`}`, () => {
  const host = createLocalHost({
    environment: scrubbedEnvironment(process.env, null),
    observer: { started: () => ({ ended: () => undefined }) },
  });
  /** May make no more namespaces, as where an administrator forbids them. */
  const closed: Host = {
    ...host,
    run: (spec, options) => {
      const lock = 'echo 1 >/proc/sys/user/max_user_namespaces; exec unshare -U --map-user=1000 "$@"';
      const args = ['-Ur', 'sh', '-c', lock, 'sh', spec.program, ...spec.args];
      return host.run({ ...spec, program: 'unshare', args }, options);
    },
  };
  let folder: string;
  let tree: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'owned-tree-'));
    tree = join(folder, '-a tree\n');
    inside(
      'mkdir -p -- "$1/of others/closed" "$1/own" && echo x >"$1/own/file" && chown -R 7:7 "$1/of others" && chmod 0 "$1/of others" && chmod 555 "$1/own" "$1"',
      tree,
    );
  });
  afterEach(() => void inside('rm -rf -- "$1"', folder));

  it('go whole, and nothing that a link leads to', async () => {
    inside(
      'chmod 755 "$1" && mkdir "$2" && touch "$2/kept" && ln -s "$2" "$1/link"',
      tree,
      join(folder, 'else'),
    );
    expect(await createOwnedTrees(host).remove(hostPathFromText(tree))).toBeNull();
    expect(existsSync(tree)).toBe(false);
    expect(existsSync(join(folder, 'else/kept'))).toBe(true);
    expect(await createOwnedTrees(host).remove(hostPathFromText(join(tree, 'not there')))).toBeNull();
  });

  it('leave no process where the host lets nobody make a namespace', async () => {
    const waiting = () =>
      execFileSync('sh', ['-c', 'pgrep -u "$(id -u)" -f "unshare [-]-map-root-user --map-auto rm" || :'], {
        encoding: 'utf8',
      });
    expect(await createOwnedTrees(closed).remove(hostPathFromText(tree))).toMatch(/Permission denied/);
    expect(waiting()).toBe('');
  });
});
