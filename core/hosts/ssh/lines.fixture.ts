import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Connection } from '#core/contract/hosts.ts';
import { hostIdSchema } from '#core/contract/ids.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { testbed } from '#e2e/testbed/testbed.ts';
import { type Asker, nobody, type Question } from './asker.ts';
import { createSshConnection, type SshConnectionOptions } from './createSshConnection.ts';
import type { ChannelUse, SshChannel, SshConnection } from './sshConnection.ts';

/** What ssh starts with: nothing of this suite's. */
export const environment = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/' };

/** Lines to the hosts of the test bed, ended after each test. */
export function useLines() {
  let runtimeFolder = '';
  const opened: SshConnection[] = [];
  beforeAll(async () => {
    runtimeFolder = await mkdtemp(join(tmpdir(), 'line-'));
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((connection) => connection.disconnect()));
    expect(await readdir(runtimeFolder)).toEqual([]);
  });
  afterAll(() => rm(runtimeFolder, { recursive: true }));
  return {
    folder: () => runtimeFolder,
    line(destination: string, options: Partial<SshConnectionOptions> = {}) {
      const states: Connection['state'][] = [];
      const changes = new EventTarget();
      const connection = createSshConnection({
        hostId: hostIdSchema.parse(destination),
        label: destination,
        destination,
        port: null,
        sharesConnection: true,
        configFile: testbed().ssh.config,
        runtimeFolder,
        asker: nobody,
        onChange: ({ state }) => {
          states.push(state);
          changes.dispatchEvent(new Event('change'));
        },
        environment,
        ...options,
      });
      opened.push(connection);
      const reached = async (state: Connection['state']) => {
        while (connection.state().state !== state) await once(changes, 'change');
      };
      return { connection, states, reached };
    },
  };
}

/** A person with answers ready, in order: a text, or null to cancel. */
export function answering(...answers: readonly (string | null)[]): Asker & { readonly asked: Question[] } {
  const asked: Question[] = [];
  const waiting = [...answers];
  return {
    canAsk: true,
    asked,
    ask(question) {
      asked.push(question);
      const answer = waiting.shift();
      if (answer === undefined) throw new Error(`nobody expected: ${question.text}`);
      return Promise.resolve(answer);
    },
  };
}

/** The time-based code of now (RFC 6238: SHA-1, 30 s, 6 digits). */
export function codeNow(base32: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...base32].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const number = digest.readUInt32BE((digest[19] ?? 0) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** Runs words on a channel of its own. */
export async function say(connection: SshConnection, words: string, use: ChannelUse = 'work') {
  const channel = await connection.openChannel(use);
  try {
    return await sayOn(channel, words);
  } finally {
    channel.release();
  }
}

/** Runs words on an open channel. */
export async function sayOn(channel: SshChannel, words: string) {
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

/** The report of a failure that has a name. */
export async function reportIn(promise: Promise<unknown>) {
  const thrown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof WorkbenchError)) throw new Error('no failure with a name', { cause: thrown });
  return thrown.report;
}
