import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostPathFromText, hostPathToText } from '#core/contract/hostPath.ts';
import { type ActionOptions, defaultActionOptions } from '#core/contract/runtime.ts';
import { testbed } from '#e2e/testbed/testbed.ts';
import { type Action, actionCommand } from './action.ts';
import { actionObstacle } from './actionWarnings.ts';
import { convertCommand } from './build.ts';
import type { Argument, CommandSpec } from './commandSpec.ts';
import { createDialect, parseBuildConfiguration, parseVersion } from './dialect.ts';
import { scrubbedEnvironment } from './environment.ts';
import { showCommand } from './shellWords.ts';

/** That command lines mean in the real runtime what they say here. */

let folder = '';
let home = '';
const at = (name: string) => join(folder, name);

function wordOf(argument: Argument): string {
  if (typeof argument === 'string') return argument;
  if ('secret' in argument) return argument.secret;
  const text = hostPathToText(argument.path);
  if (text === null) throw new Error('this test needs paths that are UTF-8');
  return text;
}

function start(spec: CommandSpec, options: { cwd?: string; environment?: Record<string, string> } = {}) {
  const environment = scrubbedEnvironment({ ...process.env, ...options.environment }, dialect());
  for (const [name, value] of Object.entries(spec.environment))
    if (value !== null) environment[name] = wordOf(value);
  return spawnSync(wordOf(spec.program), spec.args.map(wordOf), {
    cwd: options.cwd ?? folder,
    encoding: 'utf8',
    input: '',
    env: environment,
  });
}

function dialect() {
  const said = (option: string) => spawnSync('apptainer', [option], { encoding: 'utf8' }).stdout;
  const version = parseVersion(said('--version'));
  if (version === null) throw new Error('apptainer says no version');
  return createDialect(version.product, version.version, parseBuildConfiguration(said('buildcfg')));
}

function action(
  args: readonly string[],
  options: Partial<ActionOptions> = {},
  rest: Partial<Action> = {},
): Action {
  return {
    runtime: { path: hostPathFromText('/usr/bin/apptainer'), dialect: dialect() },
    verb: 'exec',
    imagePath: hostPathFromText(testbed().tiny.sif),
    args,
    ...rest,
    options: { ...defaultActionOptions, ...options },
  };
}

const run = (one: Action, more: Parameters<typeof start>[1] = {}) => {
  expect(actionObstacle(one)).toBeNull();
  return start(actionCommand(one), more);
};

const hostileWords = [
  '',
  'a b',
  '$(id)',
  '`id`',
  '$HOME',
  '"',
  "'",
  '\\',
  '\\n',
  'a,b',
  '--',
  '-x',
  '*',
  '~',
  'line\nend',
  'tab\tx',
  'Größe 日本 🧬',
  '!',
  '#c',
  '%s',
  '\\$x\\',
];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'actions-'));
  home = mkdtempSync(join(homedir(), '.actions-test-'));
  writeFileSync(join(home, 'mine'), '');
  const build = start(conversion('oci.sif', 'gzip-9'));
  expect(build.stderr).toContain('Build complete');
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(home, { recursive: true, force: true });
});

function conversion(target: string, compression: 'gzip-6' | 'gzip-9' | 'zstd-3'): CommandSpec {
  const { registry, tiny } = testbed();
  return convertCommand({
    form: 'sif',
    runtime: { path: hostPathFromText('/usr/bin/apptainer'), dialect: dialect() },
    target: hostPathFromText(at(target)),
    source: `docker://${registry}/${tiny.repository}:${tiny.tag}`,
    compression,
    architecture: null,
    isPlainHttp: true,
    isVerbose: true,
    homeFolder: hostPathFromText(at('home')),
    temporaryFolder: hostPathFromText(folder),
    cacheFolder: hostPathFromText(at('cache')),
    byHand: null,
  });
}

describe('words', () => {
  it('reach a program exactly', () => {
    const printed = run(action(['printf', '<%s>', ...hostileWords])).stdout;
    expect(printed).toBe(hostileWords.map((word) => `<${word}>`).join(''));
  });

  it('reach the runscript of an image exactly, from a definition and from a registry', () => {
    const plain = run(action(['a b', '$(id)'], {}, { verb: 'run' })).stdout;
    expect(plain).toContain('a b $(id)');
    const fromRegistry = run(
      action(hostileWords, {}, { verb: 'run', imagePath: hostPathFromText(at('oci.sif')) }),
    ).stdout;
    expect(fromRegistry).toContain(hostileWords.join(' '));
  });

  it('are the same when the shown line is pasted into a shell', () => {
    const spec = actionCommand(
      action(['printf', '<%s>', ...hostileWords], { environment: [{ name: 'A', value: '$x "y"' }] }),
    );
    const pasted = spawnSync('/bin/bash', ['-c', showCommand(spec)], {
      cwd: folder,
      encoding: 'utf8',
      input: '',
    });
    expect(pasted.stdout).toBe(hostileWords.map((word) => `<${word}>`).join(''));
  });
});

describe('variables', () => {
  it.each(['host', 'clean', 'sealed'] as const)('arrive exactly in %s', (isolation) => {
    const environment = hostileWords.map((value, index) => ({ name: `VALUE_${index}`, value }));
    const words = environment.map(({ name }) => `"$${name}"`).join(' ');
    const printed = run(action(['sh', '-c', `printf "<%s>" ${words}`], { isolation, environment })).stdout;
    expect(printed).toBe(hostileWords.map((word) => `<${word}>`).join(''));
  });

  it('of the caller’s runtime settings do not', () => {
    const environment = {
      APPTAINER_BIND: `${folder}:/mnt`,
      APPTAINER_CONTAINALL: '1',
      APPTAINERENV_LEAK: 'x',
      SINGULARITYENV_LEAK: 'y',
    };
    const one = action(['sh', '-c', 'echo "<$LEAK>"; ls /mnt; ls -d "$HOME"']);
    expect(run(one, { environment }).stdout).toBe(`<>\n${homedir()}\n`);
  });
});

describe('binds', () => {
  it.each([
    'plain',
    'sp ace',
    'a,b',
    'q"x',
    "it's",
    'c:d',
    'line\nend',
    'b\\s',
    '$(id)',
    '-dash',
    'e=f',
    'Größe 日本',
  ])('lead to the folder of this name: %j', (name) => {
    mkdirSync(at(name));
    writeFileSync(join(at(name), 'inside'), name);
    const binds = [{ source: hostPathFromText(at(name)), destination: `/mnt/${name}`, isReadOnly: true }];
    const reading = run(action(['cat', `/mnt/${name}/inside`], { binds }));
    expect({ stdout: reading.stdout, stderr: reading.stderr }).toMatchObject({ stdout: name });
    expect(run(action(['touch', `/mnt/${name}/new`], { binds })).status).toBe(1);
    const writable = binds.map((bind) => ({ ...bind, isReadOnly: false }));
    expect(run(action(['touch', `/mnt/${name}/new`], { binds: writable })).status).toBe(0);
    expect(readdirSync(at(name))).toContain('new');
  });
});

describe('images', () => {
  it.each(['-dash.sif', "it's a $(name).sif", 'docker:x.sif', 'line\nend.sif', 'Größe.sif'])(
    'are opened whatever their name: %j',
    (name) => {
      symlinkSync(testbed().tiny.sif, at(name));
      for (const imagePath of [hostPathFromText(at(name)), hostPathFromText(name)]) {
        const { stdout, stderr } = run(action(['echo', 'inside'], {}, { imagePath }));
        expect({ stdout, stderr }).toMatchObject({ stdout: 'inside\n' });
      }
    },
  );
});

describe('isolation', () => {
  const look =
    'ls -a "$HOME" 2>/dev/null; pwd; echo "<$LEAK>"; ls /dev | wc -l; ip -o link | wc -l; ls /tmp | wc -l; ls -d /proc/[0-9]* 2>/dev/null | wc -l';
  const seen = (isolation: ActionOptions['isolation']) => {
    const { stdout, stderr } = run(action(['sh', '-c', look], { isolation }), {
      cwd: home,
      environment: { LEAK: 'secret' },
    });
    const lines = stdout.trimEnd().split('\n');
    const [leak = '', devices = '', links = '', temporary = '', processes = ''] = lines.slice(-5);
    return {
      text: stdout,
      stderr,
      leak,
      devices: Number(devices),
      links: Number(links),
      temporary: Number(temporary),
      processes: Number(processes),
    };
  };

  it('as host lets the home, the working folder and the environment in', () => {
    expect(seen('host')).toMatchObject({ text: expect.stringContaining(`\n${home}\n`), leak: '<secret>' });
  });

  it('clean keeps the home out, even when started below it', () => {
    const clean = seen('clean');
    expect(clean.stderr).toBe('');
    expect(clean.leak).toBe('<>');
    expect(clean.text).not.toContain('actions-test');
    expect(clean.temporary).toBeGreaterThan(0);
  });

  it('sealed keeps everything out', () => {
    const sealed = seen('sealed');
    expect(sealed.stderr).toBe('');
    expect(sealed).toMatchObject({ leak: '<>', links: 1, temporary: 0 });
    expect(sealed.text).not.toContain('actions-test');
    expect(sealed.devices).toBeLessThan(20);
    expect(sealed.processes).toBeLessThan(6);
  });

  it('with changes in memory loses them', () => {
    const one = (script: string) => run(action(['sh', '-c', script], { isWritableTmpfs: true }));
    expect(one('touch /new && ls -d /new').stdout).toBe('/new\n');
    expect(one('ls -d /new').status).not.toBe(0);
  });
});

describe('conversion', () => {
  it.each([
    ['gzip-6', /Compression gzip\s+compression-level 6/],
    ['gzip-9', /Compression gzip/],
    ['zstd-3', /Compression zstd\s+compression-level 3/],
  ] as const)('compresses as asked: %s', (compression, expected) => {
    const target = `${compression}.sif`;
    const { stderr, status } = start(conversion(target, compression));
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const offset = readFileSync(at(target)).indexOf('hsqs');
    const said = spawnSync('unsquashfs', ['-s', '-o', `${offset}`, at(target)], { encoding: 'utf8' }).stdout;
    expect(said).toMatch(expected);
    expect(stderr).toContain('VERBOSE');
  });

  it('leaves nothing in its temporary folder', () => {
    expect(readdirSync(folder).filter((name) => name.includes('temp-'))).toEqual([]);
  });
});
