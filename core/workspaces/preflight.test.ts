import { describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { createDialect } from '#core/runtime/dialect.ts';
import { type PreflightFacts, preflight } from './preflight.ts';
import type { LayeredFacts } from './preflightLayered.ts';

const path = hostPathFromText;
const onlyBinds = {
  userBindControl: true,
  mountHome: true,
  enableOverlay: true,
  enableUnderlay: true,
};
const noBinds = { ...onlyBinds, userBindControl: false };
const allThere: LayeredFacts = {
  fileSystem: 'ext2/ext3',
  hasUserNamespaces: true,
  canMapUser: true,
  hasSquashfuse: true,
  hasKernelOverlay: true,
};

function facts(more: Partial<PreflightFacts> = {}): PreflightFacts {
  return {
    dialect: createDialect('apptainer', '1.4.5', null),
    isolation: 'host',
    isWritable: false,
    isFakeroot: false,
    configuration: onlyBinds,
    homeFolder: path('/home/alice'),
    hostArchitecture: 'amd64',
    tree: path('/home/alice/w/home'),
    isTreeThere: true,
    link: path('/home/alice/w/link'),
    layered: null,
    image: { hasHome: true, homeNames: [], architecture: 'amd64', libc: null },
    madeIn: null,
    writers: [],
    ...more,
  };
}

const summary = (more: Partial<PreflightFacts> = {}) => {
  const { route, items } = preflight(facts(more));
  return [route, ...items.map(({ code, level }) => `${code} ${level}`)];
};

describe('a preflight', () => {
  it('has nothing to say where the straight way is open', () => {
    expect(summary()).toEqual(['home']);
    expect(summary({ configuration: { ...onlyBinds, mountHome: false } })).toEqual(['home']);
    expect(summary({ configuration: { ...onlyBinds, enableOverlay: false } })).toEqual(['home']);
    expect(
      summary({
        configuration: {
          userBindControl: null,
          mountHome: null,
          enableOverlay: null,
          enableUnderlay: null,
        },
      }),
    ).toEqual(['home']);
  });

  it('refuses a tree that is not there, which the runtime would replace', () => {
    expect(summary({ isTreeThere: false })).toEqual(['none', 'sourceMissing blocked']);
  });

  it('binds a path that --home cannot take', () => {
    expect(summary({ tree: path('/data/a:b/home') })).toEqual(['bind']);
  });

  it('goes by the home folder where binds are forbidden, and says what that costs', () => {
    expect(summary({ configuration: noBinds })).toEqual(['overlay', 'userBindControl warning']);
    expect(summary({ configuration: { ...noBinds, enableOverlay: false } })).toEqual([
      'environment',
      'userBindControl warning',
    ]);
    const setuid = createDialect('apptainer', '1.4.5', {
      isSetuid: true,
      configurationFile: null,
      sessionFolder: null,
      values: new Map(),
    });
    expect(summary({ configuration: noBinds, dialect: setuid })[0]).toBe('environment');
    expect(summary({ configuration: noBinds, isWritable: true })[0]).toBe('environment');
    expect(summary({ configuration: noBinds, link: path('/home/alice/a,b/link') })[0]).toBe('environment');
  });

  it.each([
    ['isolation', { isolation: 'clean' }],
    ['mount home = no', { configuration: { ...noBinds, mountHome: false } }],
    ['a tree outside the home', { tree: path('/scratch/w/home') }],
    ['a packed file', { layered: allThere }],
  ] as const)('has no way left with %s', (_name, more) => {
    const answer = preflight(facts({ configuration: noBinds, ...more }));
    expect(answer.route).toBe('none');
    expect(answer.items).toMatchObject([{ code: 'userBindControl', level: 'blocked' }]);
    expect(answer.items[0]?.nextStep).not.toBeNull();
  });

  it('says what no layer means for the image', () => {
    const configuration = { ...onlyBinds, enableOverlay: false, enableUnderlay: false };
    const image = { homeNames: [], architecture: null, libc: null };
    expect(summary({ configuration })).toEqual(['home']);
    expect(summary({ configuration, image: { ...image, hasHome: false } })).toEqual([
      'none',
      'noOverlay blocked',
    ]);
    expect(summary({ configuration, image: { ...image, hasHome: null } })).toEqual([
      'home',
      'noOverlay warning',
    ]);
    const hidden = preflight(
      facts({ configuration, image: { ...image, hasHome: true, homeNames: ['a', 'b', 'c', 'd d'] } }),
    );
    expect(hidden.route).toBe('home');
    expect(hidden.items).toMatchObject([
      { code: 'hiddenHome', sentence: expect.stringContaining('a, b, c and 1 more') },
    ]);
    expect(summary({ isWritable: true, image: { ...image, hasHome: false } })).toEqual([
      'none',
      'writable blocked',
    ]);
  });

  it('tells root inside where its home is', () => {
    expect(summary({ isFakeroot: true })).toEqual(['home', 'fakerootHome note']);
  });

  it.each([
    ['noUserNamespaces', { hasUserNamespaces: false }],
    ['noUserNamespaces', { canMapUser: false }],
    ['noSquashfuse', { hasSquashfuse: false }],
    ['noOverlay', { hasKernelOverlay: false }],
    ['fileSystem', { fileSystem: 'nfs' }],
    ['fileSystem', { fileSystem: 'lustre' }],
    ['fileSystem', { fileSystem: 'gpfs' }],
  ] as const)('says what would open a packed workspace: %s %j', (code, more) => {
    const answer = preflight(facts({ layered: { ...allThere, ...more } }));
    expect(answer.route).toBe('none');
    expect(answer.items).toMatchObject([
      {
        code,
        level: 'blocked',
        // Plain files below own writes need no squashfuse; an overlay they do.
        nextStep: expect.stringContaining(code === 'noSquashfuse' ? 'Unpack the' : 'again, unpacked'),
      },
    ]);
  });

  it('opens a packed workspace where all is there', () => {
    expect(summary({ layered: allThere })).toEqual(['home']);
  });

  it('warns of what was built for other machines and other C libraries', () => {
    const madeIn = { name: 'x', digest: null, architecture: 'arm64', libc: 'glibc 2.36', place: null };
    expect(summary({ madeIn })).toEqual(['home', 'architecture warning']);
    const image = { hasHome: true, homeNames: [], architecture: 'arm64', libc: 'musl' } as const;
    expect(summary({ madeIn, image })).toEqual(['home', 'libc warning']);
    expect(summary({ madeIn: { ...madeIn, libc: null }, image })).toEqual(['home']);
  });

  it('shows others who have it open, and locks nobody out of plain files', () => {
    const writer = { user: 'bob', node: 'n1', processId: 7, since: 0, what: 'Shell', isAlive: true };
    expect(
      summary({ writers: [writer, { ...writer, isAlive: null }, { ...writer, isAlive: false }] }),
    ).toEqual(['home', 'otherWriters warning', 'otherWriters warning']);
    const [item] = preflight(facts({ writers: [writer] })).items;
    expect(item?.sentence).toContain('bob has it open on n1 since 1970-01-01 00:00 UTC (Shell, process 7)');
    expect(summary({ writers: [writer], layered: allThere })).toEqual(['none', 'otherWriters blocked']);
    expect(summary({ writers: [{ ...writer, isAlive: null }], layered: allThere })).toEqual([
      'home',
      'otherWriters warning',
    ]);
  });

  it('says what is known from documentation only', () => {
    expect(summary({ dialect: createDialect('singularity', '3.8.7', null) })).toEqual([
      'home',
      'documentationOnly note',
    ]);
  });
});
