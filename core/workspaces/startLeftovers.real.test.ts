import { execFileSync, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createWorkspacesFixture, type WorkspacesFixture } from './workspaces.fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'start-leftovers-'));
let fixture: WorkspacesFixture;
beforeAll(() => {
  fixture = createWorkspacesFixture({ folder });
});
afterAll(() => {
  fixture.dispose();
  rmSync(folder, { recursive: true, force: true });
});

it('removes what killed starts of instances left, and nothing that is in use', async () => {
  const { folder: workspace } = await fixture.create('web');
  const leases = join(workspace, 'leases');
  mkdirSync(leases);
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  const here = `.start-${hostname()}`;
  const [gone, alive] = [`${here}-4194304-7`, `${here}-${process.pid}-${ticks}`];
  const write = (name: string, text = '') => writeFileSync(join(leases, name), text);
  const pipe = (name: string) => execFileSync('mkfifo', [join(leases, name)]);

  write(`${gone}.server`, '4194304 7\n');
  pipe(`${gone}.wait`);
  // Its lease has gone: what waited for the instance was killed.
  write(`${here}-4194304-8.lease`, `${leases}/old\n`);
  // A process of the same number, that is another.
  pipe(`${here}-${process.pid}-1.wait`);
  const old = '.start-elsewhere-4194304-9.lease';
  write(old, '/nowhere\n');
  const monthAgo = Date.now() / 1000 - 30 * 86_400;
  utimesSync(join(leases, old), monthAgo, monthAgo);
  const kept = [
    `${alive}.server`,
    `${here}-4194304-10.wait`,
    `${here}-4194304-11.lease`,
    `${here}-4194304-12.server`,
    '.start-elsewhere-4194304-13.lease',
    'lease.json',
  ];
  write(`${alive}.server`);
  pipe(`${here}-4194304-10.wait`);
  write('lease.json', '{}');
  write(`${here}-4194304-11.lease`, `${leases}/lease\n`);
  write(`${here}-4194304-12.server`, `${process.pid} ${ticks}\n`);
  write('.start-elsewhere-4194304-13.lease', '/nowhere\n');

  const waiting = spawn('sh', [
    '-c',
    'exec 9<>"$1"; exec 8<"$1"; echo ready; read -r never <&8',
    'sh',
    join(leases, `${here}-4194304-10.wait`),
  ]);
  try {
    await vi.waitFor(() => expect(waiting.stdout.read()).not.toBeNull(), { timeout: 20_000 });
    const removed = await fixture.workspaces.removeLeftovers(fixture.host.id);
    expect(removed).toHaveLength(4);
    expect(readdirSync(leases).sort()).toEqual([...kept].sort());
  } finally {
    waiting.kill('SIGKILL');
  }
  await vi.waitFor(async () => {
    await fixture.workspaces.removeLeftovers(fixture.host.id);
    expect(readdirSync(leases)).not.toContain(`${here}-4194304-10.wait`);
  });
});
