import { describe, expect, it } from 'vitest';
import {
  type HostPath,
  hostPathFromBytes,
  hostPathFromText,
  hostPathToBytes,
} from '#core/contract/hostPath.ts';
import { type ActionOptions, type Bind, defaultActionOptions } from '#core/contract/runtime.ts';
import { type Action, actionCommand } from './action.ts';
import { actionObstacle, actionWarnings } from './actionWarnings.ts';
import { createDialect, type Dialect } from './dialect.ts';
import { whatEnters } from './hostEntries.ts';
import { showCommand } from './shellWords.ts';

const apptainer = createDialect('apptainer', '1.4.5', null);
const old = createDialect('singularity', '3.8.7', null);
const path = hostPathFromText;

function action(
  rest: Omit<Partial<Action>, 'options'> & {
    readonly options?: Partial<ActionOptions>;
    readonly dialect?: Dialect;
  } = {},
): Action {
  return {
    runtime: { path: path('/usr/bin/apptainer'), dialect: rest.dialect ?? apptainer },
    verb: rest.verb ?? 'exec',
    imagePath: rest.imagePath ?? path('/data/tiny.sif'),
    args: rest.args ?? ['true'],
    ...(rest.runtime === undefined ? {} : { runtime: rest.runtime }),
    options: { ...defaultActionOptions, ...rest.options },
  };
}

const bind = (source: HostPath, destination: string, isReadOnly = true): Bind => ({
  source,
  destination,
  isReadOnly,
});
const shown = (one: Action) => showCommand(actionCommand(one));

describe('actionCommand', () => {
  it('is what a person would type', () => {
    expect(shown(action())).toBe('/usr/bin/apptainer exec /data/tiny.sif true');
    expect(shown(action({ verb: 'shell', args: [] }))).toBe('/usr/bin/apptainer shell /data/tiny.sif');
    expect(
      shown(
        action({ verb: 'run', args: ['--help', 'a b'], options: { gpu: 'nvidia', isWritableTmpfs: true } }),
      ),
    ).toBe("/usr/bin/apptainer run --nv --writable-tmpfs /data/tiny.sif --help 'a b'");
    expect(shown(action({ options: { gpu: 'rocm' } }))).toContain(' --rocm ');
  });

  it('gives a key by the environment or a path; without a passphrase the runtime asks', () => {
    const spec = actionCommand({ ...action(), key: { type: 'passphrase', passphrase: 'sesame' } });
    expect(JSON.stringify(spec.args)).not.toContain('sesame');
    expect(spec.environment).toMatchObject({
      APPTAINER_ENCRYPTION_PASSPHRASE: { secret: 'sesame' },
      APPTAINER_ENCRYPTION_PEM_PATH: null,
    });
    expect(showCommand(spec)).not.toContain('sesame');
    const asked = actionCommand({ ...action(), key: { type: 'passphrase', passphrase: null } });
    expect(asked.args).toEqual(['exec', '--passphrase', { path: '/data/tiny.sif' }, 'true']);
    const keyed = actionCommand({ ...action(), key: { type: 'pem', path: path('-key.pem') } });
    expect(keyed.args).toContainEqual({ path: './-key.pem' });
    expect(keyed.environment).toMatchObject({ APPTAINER_ENCRYPTION_PASSPHRASE: null });
  });

  it('cannot be misled by the name of an image', () => {
    for (const name of ['-dash.sif', 'docker:x', 'instance:x', 'library.sif'])
      expect(actionCommand(action({ imagePath: path(name) })).args).toContainEqual({ path: `./${name}` });
    expect(actionCommand(action({ imagePath: path('../x.sif') })).args).toContainEqual({ path: '../x.sif' });
  });

  it.each([
    ['/plain', 'type=bind,src=/plain,dst=/mnt,ro'],
    ['/a,b', 'type=bind,"src=/a,b",dst=/mnt,ro'],
    ['/q"x', 'type=bind,"src=/q""x",dst=/mnt,ro'],
    ['/c:d e', 'type=bind,src=/c:d e,dst=/mnt,ro'],
    ['/n\nl', 'type=bind,"src=/n\nl",dst=/mnt,ro'],
    ['/b\\s', 'type=bind,src=/b\\s,dst=/mnt,ro'],
  ])('binds %j as CSV', (source, specification) => {
    const { args } = actionCommand(action({ options: { binds: [bind(path(source), '/mnt')] } }));
    expect(args).toContainEqual({ path: hostPathFromText(specification) });
  });

  it('keeps the bytes of a path that is not UTF-8', () => {
    const source = hostPathFromBytes(Uint8Array.of(0x2f, 0xff, 0x2c));
    const word = actionCommand(action({ options: { binds: [bind(source, '/mnt', false)] } })).args[2];
    const bytes = typeof word === 'object' && 'path' in word ? [...hostPathToBytes(word.path)] : [];
    expect(String.fromCharCode(...bytes)).toBe('type=bind,"src=/\u00ff,",dst=/mnt');
  });

  it('escapes for --bind where there is no --mount (from documentation, not run)', () => {
    const options = { binds: [bind(path('/a,b:c'), '/m,t')] };
    expect(actionCommand(action({ options, dialect: old })).args).toContainEqual({
      path: hostPathFromText('/a\\,b\\:c:/m\\,t:ro'),
    });
  });

  it('hands variables over by the environment, with the prefix of the runtime', () => {
    const options = { environment: [{ name: 'A', value: 'b,c' }] };
    expect(actionCommand(action({ options })).environment).toEqual({ APPTAINERENV_A: 'b,c' });
    expect(actionCommand(action({ options, dialect: old })).environment).toEqual({ SINGULARITYENV_A: 'b,c' });
  });

  it('forbids evaluation exactly where there is something to evaluate', () => {
    const has = (one: Action) => actionCommand(one).args.includes('--no-eval');
    expect(has(action({ options: { environment: [{ name: 'A', value: 'plain value' }] } }))).toBe(false);
    for (const value of ['$HOME', '`id`', '"', '\\']) {
      expect(has(action({ options: { environment: [{ name: 'A', value }] } }))).toBe(true);
      expect(has(action({ verb: 'run', args: [value] }))).toBe(true);
      expect(has(action({ verb: 'exec', args: [value] }))).toBe(false);
    }
  });

  it('escapes values for runtimes that always evaluate (from documentation, not run)', () => {
    const options = { environment: [{ name: 'A', value: '$(id) `x` \\ "' }] };
    const command = actionCommand(action({ options, dialect: old, verb: 'run', args: ['$x'] }));
    expect(command.environment).toEqual({ SINGULARITYENV_A: '\\$(id) \\`x\\` \\\\ "' });
    expect(command.args).not.toContain('--no-eval');
  });

  it('isolates by presets', () => {
    expect(shown(action({ options: { isolation: 'clean' } }))).toContain(
      'exec --cleanenv --no-home --no-mount cwd --cwd / /data',
    );
    expect(shown(action({ options: { isolation: 'sealed' } }))).toContain(
      'exec --containall --no-home --no-privs --no-mount cwd,bind-paths --net --network none --cwd / /data',
    );
    const older = createDialect('singularity', '3.6.4', null);
    expect(shown(action({ options: { isolation: 'clean' }, dialect: older }))).toContain(
      'exec --cleanenv --no-home --pwd / /data',
    );
  });

  it('leaves out the capabilities that root has not got', () => {
    const runtime = {
      path: path('/usr/bin/apptainer'),
      dialect: apptainer,
      missingCapabilities: ['CAP_SYS_RESOURCE'],
    };
    expect(actionCommand(action({ runtime })).environment).toEqual({
      APPTAINER_DROP_CAPS: 'CAP_SYS_RESOURCE',
    });
  });

  it('names the image in its purpose', () => {
    expect(
      (['shell', 'run', 'exec'] as const).map((verb) => actionCommand(action({ verb })).purpose),
    ).toEqual(['Shell in tiny.sif', 'Run tiny.sif', 'Execute a program in tiny.sif']);
  });
});

describe('actionObstacle', () => {
  const nameless = hostPathFromBytes(Uint8Array.of(0x2f, 0xff));

  it('lets ordinary runs through', () => {
    expect(actionObstacle(action({ options: { binds: [bind(path('/a,"b\n'), '/mnt')] } }))).toBeNull();
    expect(actionObstacle(action({ verb: 'shell', args: [] }))).toBeNull();
  });

  it.each([
    ['exec without a program', action({ args: [] }), 'program'],
    ['a NUL in a word', action({ args: ['a\0b'] }), 'arguments'],
    ['an image whose name is not UTF-8', action({ imagePath: nameless }), 'path'],
    ['a bind whose name is not UTF-8', action({ options: { binds: [bind(nameless, '/mnt')] } }), 'path'],
    ['a bind with CR LF', action({ options: { binds: [bind(path('/a\r\nb'), '/mnt')] } }), 'path'],
  ])('stops %s', (_, one, field) => {
    expect(actionObstacle(one)).toMatchObject({ code: 'input.invalid', facts: { field } });
  });
});

describe('actionWarnings', () => {
  const facts = { homeFolder: path('/home/alice'), workingFolder: null };

  it('has nothing to say about an ordinary run', () => {
    expect(actionWarnings(action({ options: { binds: [bind(path('/data'), '/data')] } }), facts)).toEqual([]);
  });

  const rows: readonly (readonly [string, Partial<ActionOptions>, RegExp])[] = [
    [
      'a bind that hides the image',
      { binds: [bind(path('/opt/x'), '/usr/')] },
      /hides the image’s own \/usr/,
    ],
    [
      'a bind that lets the home in again',
      { isolation: 'sealed', binds: [bind(path('/home'), '/mnt', false)] },
      /lets your home folder in/,
    ],
    [
      'two binds to one place',
      { binds: [bind(path('/a'), '/m'), bind(path('/b'), '/m')] },
      /Two binds go to \/m/,
    ],
    ['HOME', { environment: [{ name: 'HOME', value: '/x' }] }, /HOME cannot be set/],
    ['changes in memory', { isWritableTmpfs: true }, /are lost when it ends/],
  ];
  it.each(rows)('warns of %s', (_, options, text) => {
    expect(actionWarnings(action({ options }), facts).join('\n')).toMatch(text);
  });

  it('warns of what older runtimes misread (from documentation, not run)', () => {
    const risky = action({
      dialect: old,
      verb: 'run',
      args: ['$x'],
      options: { binds: [bind(path('/a:b'), '/m')] },
    });
    expect(actionWarnings(risky, facts)).toHaveLength(2);
  });
});

describe('whatEnters', () => {
  const facts = { homeFolder: path('/home/alice'), workingFolder: path('/home/alice/project') };
  const enters = (options: Partial<ActionOptions>, more = facts) =>
    whatEnters({ options: { ...defaultActionOptions, ...options }, facts: more });
  const kinds = (options: Partial<ActionOptions>) => [
    ...new Set(
      enters(options)
        .filter((entry) => entry.enters)
        .map(({ kind }) => kind),
    ),
  ];

  it('names what each preset lets in', () => {
    expect(kinds({ isolation: 'host' })).toEqual([
      'home',
      'packages',
      'folder',
      'environment',
      'devices',
      'processes',
      'network',
    ]);
    expect(kinds({ isolation: 'clean' })).toEqual(['folder', 'devices', 'processes', 'network']);
    expect(kinds({ isolation: 'sealed' })).toEqual([]);
    expect(kinds({ isolation: 'sealed', gpu: 'nvidia', environment: [{ name: 'A', value: 'b' }] })).toEqual([
      'environment',
      'gpu',
    ]);
  });

  it('says what takes the place of the home', () => {
    const withWorkspace = (route: 'home' | 'overlay' | 'environment', isolation: 'host' | 'clean' = 'host') =>
      whatEnters({
        options: { ...defaultActionOptions, isolation },
        facts: { ...facts, workspace: { name: 'tools', route } },
      })
        .filter(({ kind }) => ['workspace', 'home', 'packages'].includes(kind))
        .map(({ kind, enters: isIn }) => `${kind} ${isIn ? 'in' : 'out'}`);
    expect(withWorkspace('home')).toEqual(['workspace in', 'home out', 'packages out']);
    expect(withWorkspace('home', 'clean')).toEqual(['workspace in', 'home out', 'packages out']);
    expect(withWorkspace('overlay')).toEqual(['workspace in', 'home in', 'packages out']);
    expect(withWorkspace('environment')).toEqual(['workspace in', 'home in', 'packages out']);
  });

  it('names binds and folders', () => {
    const texts = enters({ binds: [bind(path('/data set'), '/mnt'), bind(path('/out'), '/out', false)] }).map(
      ({ text }) => text,
    );
    expect(texts).toContain("'/data set' as /mnt, read only.");
    expect(texts).toContain('/out as /out, can be changed.');
    expect(texts.some((text) => text.includes('/home/alice/project'))).toBe(false);
    const elsewhere = { ...facts, workingFolder: path('/work') };
    expect(enters({}, elsewhere).map(({ text }) => text)).toContain('The working folder /work.');
  });
});
