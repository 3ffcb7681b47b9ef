import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '#core/contract/hosts.ts';
import { hostIdSchema } from '#core/contract/ids.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { nobody } from './asker.ts';
import { createSshConnection, type SshConnectionOptions } from './createSshConnection.ts';
import type { ChannelUse, SshChannel, SshConnection } from './sshConnection.ts';

const { ssh } = testbed();
const environment = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/' };
let runtimeFolder: string;
const opened: SshConnection[] = [];

beforeAll(async () => {
  runtimeFolder = await mkdtemp(join(tmpdir(), 'line-'));
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((connection) => connection.disconnect()));
  expect((await readdir(runtimeFolder)).filter((name) => name.startsWith('ask-'))).toEqual([]);
});
afterAll(() => rm(runtimeFolder, { recursive: true }));

function line(destination: string, options: Partial<SshConnectionOptions> = {}) {
  const states: Connection['state'][] = [];
  const connection = createSshConnection({
    hostId: hostIdSchema.parse(destination),
    label: destination,
    destination,
    port: null,
    sharesConnection: true,
    configFile: ssh.config,
    runtimeFolder,
    asker: nobody,
    onChange: ({ state }) => states.push(state),
    environment,
    ...options,
  });
  opened.push(connection);
  return { connection, states };
}

/** Runs words on a channel. */
async function say(connection: SshConnection, words: string, use: ChannelUse = 'work') {
  const channel = await connection.openChannel(use);
  try {
    return await sayOn(channel, words);
  } finally {
    channel.release();
  }
}

async function sayOn(channel: SshChannel, words: string) {
  const child = spawn(channel.program, [...channel.args, words], {
    env: channel.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text.stderr += chunk;
  });
  const [exitStatus] = await once(child, 'close');
  return { ...text, exitStatus };
}

async function reportIn(promise: Promise<unknown>) {
  const thrown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof WorkbenchError)) throw new Error('no failure with a name', { cause: thrown });
  return thrown.report;
}

describe.skipIf(whyMissing('ssh') !== null)('a line to an ssh host', () => {
  it('signs in with a key, once for everybody, and runs commands', async () => {
    const { connection, states } = line('cluster');
    await Promise.all([connection.connect(), connection.connect()]);
    expect(states).toEqual(['connecting', 'connected']);
    const said = await say(connection, 'echo hi; exit 7');
    expect(said).toMatchObject({ exitStatus: 7 });
    expect(said.stdout).toMatch(/hi\n$/);
    await connection.disconnect();
    expect(connection.state().state).toBe('disconnected');
    expect(await readdir(runtimeFolder)).toEqual([]);
    expect(await reportIn(connection.openChannel('work'))).toMatchObject({ code: 'host.notConnected' });
  });
});
