import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, markProcess } from '#core/hosts/processGroup.ts';
import { askHelper, createHelperRunner, HelperTrouble, listOfHelper } from './credentialHelper.ts';

const { signal } = new AbortController();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'helper-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Puts `docker-credential-NAME` on the path: real programs, started as Docker starts them. */
async function install(name: string, script: string): Promise<void> {
  const file = join(folder, `docker-credential-${name}`);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}
const environment = () => ({ PATH: `${folder}:/usr/bin:/bin`, FOLDER: folder });
const ask = (helper: string, stop = signal) =>
  askHelper(createHelperRunner(), { helper, serverUrl: 'r.org:5000', environment: environment() }, stop);

async function troubleOf(work: Promise<unknown>): Promise<string> {
  const thrown: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(thrown instanceof HelperTrouble)) throw new TypeError(`not a trouble: ${thrown}`);
  return thrown.message;
}

describe('a credential helper', () => {
  it('is told the server on stdin, and gives name and secret', async () => {
    await install(
      'good',
      `[ $# = 1 ] && [ "$1" = get ] || exit 3
       printf '{"ServerURL":"%s","Username":"ada","Secret":"s:\\\\n"}' "$(cat)"`,
    );
    expect(await ask('good')).toEqual({ userName: 'ada', password: 's:\n' });
  });

  it('may give an identity token', async () => {
    await install('identity', `printf '{"ServerURL":"x","Username":"<token>","Secret":"refresh"}'`);
    expect(await ask('identity')).toEqual({
      userName: '<token>',
      password: 'refresh',
      isIdentityToken: true,
    });
  });

  it('has nothing, which is no trouble', async () => {
    await install('empty', 'echo "credentials not found in native keychain"; exit 1');
    expect(await ask('empty')).toBeNull();
    await install('blank', `printf '{"ServerURL":"","Username":"","Secret":""}'`);
    expect(await ask('blank')).toBeNull();
  });

  it('does not need to read the question', async () => {
    await install('deaf', `exec <&-; printf '{"ServerURL":"","Username":"ada","Secret":"x"}'`);
    expect(await ask('deaf')).toMatchObject({ userName: 'ada' });
  });

  it.each([
    ['missing', null, 'docker-credential-missing is not on the PATH.'],
    ['failing', 'echo "topsecret"; exit 1', 'docker-credential-failing failed with status 1.'],
    ['killed', 'kill -9 $$', 'docker-credential-killed was ended by a signal.'],
    ['rubbish', 'echo topsecret', 'docker-credential-rubbish gave an answer that makes no sense.'],
    ['shapeless', `echo '{"Username":7,"Secret":"topsecret"}'`, 'gave an answer that makes no sense.'],
    ['endless', 'exec yes topsecret', 'docker-credential-endless wrote more than 64 KiB.'],
  ])('that is %s is named, without what it printed', async (name, script, words) => {
    if (script !== null) await install(name, script);
    const message = await troubleOf(ask(name));
    expect(message).toContain(words);
    expect(message).not.toContain('topsecret');
  });

  it.each(['../evil', 'a/b', '', '-x', 'a b', 'A', 'x'.repeat(200)])(
    'is not started under the name %s',
    async (name) => {
      expect(await troubleOf(ask(name))).toContain('name of the helper');
    },
  );

  it('ends with what it started when nobody wants it any more', async () => {
    await install(
      'hanging',
      'trap "" TERM; sleep 1000 & echo $! >"$FOLDER/child"; mv "$FOLDER/child" "$FOLDER/pid"; wait',
    );
    const stop = new AbortController();
    const work = ask('hanging', stop.signal);
    const child = await expect
      .poll(() => readFile(join(folder, 'pid'), 'utf8').catch(() => null))
      .not.toBeNull()
      .then(() => readFile(join(folder, 'pid'), 'utf8'));
    const mark = markProcess(Number(child));
    const reason = new Error('cancelled');
    stop.abort(reason);
    await expect(work).rejects.toBe(reason);
    await expect.poll(() => mark !== null && isAlive(mark)).toBe(false);
  });

  it('does not start for what was given up before', async () => {
    await install('late', 'touch "$FOLDER/started"');
    await expect(ask('late', AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    await expect(readFile(join(folder, 'started'))).rejects.toThrow('ENOENT');
  });

  it('is given up after a while', async () => {
    await install('slow', 'exec sleep 1000');
    const asked = { helper: 'slow', serverUrl: 'r.org', environment: environment() };
    const message = await troubleOf(askHelper(createHelperRunner({ limitMs: 200 }), asked, signal));
    expect(message).toBe('docker-credential-slow gave no answer within 0.2 seconds.');
  });

  it('whose daemon keeps the output open is not waited for', async () => {
    await install('daemon', `setsid sleep 30 & printf '{"ServerURL":"","Username":"ada","Secret":"x"}'`);
    expect(await ask('daemon')).toMatchObject({ userName: 'ada' });
  });

  it('lists names without secrets, where it can', async () => {
    await install('lists', `[ "$1" = list ] && echo '{"https://r.org":"ada"}'`);
    await install('cannot', 'echo "unknown command"; exit 1');
    const list = (helper: string) =>
      listOfHelper(createHelperRunner(), { helper, environment: environment() }, signal);
    expect(await list('lists')).toEqual({ 'https://r.org': 'ada' });
    expect(await list('cannot')).toBeNull();
    expect(await troubleOf(list('missing'))).toContain('not on the PATH');
  });
});
