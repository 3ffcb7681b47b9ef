import { describe, expect, it } from 'vitest';
import {
  decideSync,
  pathsToCompare,
  type SyncQuestion,
  type SyncSide,
  withoutPaths,
} from './syncDecision.ts';
import { parseRecord, type SideChanges, type TreeEntry, type TreePath } from './syncRecord.ts';

/** `644 text`: a file; `755/`: a folder; `> target`: a link; null: nothing. The text also stands for the time. */
type Sketch = string | null;
type Tree = Readonly<Record<TreePath, string>>;

function entryOf(path: string, sketch: string): TreeEntry {
  if (sketch.startsWith('> ')) return parseRecord(`/${path}//l 777 0 0 ${sketch.slice(2)}`);
  if (sketch.endsWith('/')) return parseRecord(`/${path}//d ${sketch.slice(0, -1)} 0 0 `);
  const [mode, text = ''] = sketch.split(' ');
  const time = [...text].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7);
  return parseRecord(`/${path}//f ${mode} ${text.length} ${time}.5 `);
}

function changesOf(before: Tree, now: Tree): SideChanges {
  const changes = new Map<string, { before: TreeEntry | null; now: TreeEntry | null }>();
  for (const path of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const [old, present] = [before[path] ?? null, now[path] ?? null];
    if (old === present) continue;
    const entry = (sketch: Sketch) => (sketch === null ? null : entryOf(path, sketch));
    changes.set(path, { before: entry(old), now: entry(present) });
  }
  return changes;
}

const textOf = (sketch: string | undefined) => sketch?.split(' ')[1];

interface Story {
  readonly base: Tree;
  readonly here: Tree;
  readonly there: Tree;
  readonly direction?: SyncQuestion['direction'];
  readonly keep?: Readonly<Record<string, SyncSide>>;
  /** Secrets, on whatever side they are. */
  readonly stays?: readonly string[];
}

function decide({ base, here, there, direction = 'both', keep = {}, stays = [] }: Story) {
  return decideSync({
    here: changesOf(base, here),
    there: changesOf(base, there),
    direction,
    resolutions: new Map(Object.entries(keep)),
    isSame: (path) => textOf(here[path]) === textOf(there[path]),
    staysOn: (_side, path) => stays.includes(path),
  });
}

/** Both trees after the actions; fails where an action cannot be done on a file system. */
function ended(story: Story): { readonly here: Tree; readonly there: Tree } {
  const decision = decide(story);
  const done = (tree: Tree, source: Tree, actions: ReturnType<typeof decide>['toHere']): Tree => {
    const result: Record<string, string> = { ...tree };
    for (const { path, entry } of actions) if (entry === null || entry.kind !== 'folder') delete result[path];
    for (const { path, entry } of actions) if (entry !== null) result[path] = source[path] ?? 'missing';
    for (const path of Object.keys(result)) {
      const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
      if (parent !== '' && result[parent]?.endsWith('/') !== true)
        throw new Error(`${path} has no folder: ${JSON.stringify({ story, result })}`);
    }
    return result;
  };
  return {
    here: done(story.here, story.there, decision.toHere),
    there: done(story.there, story.here, decision.toThere),
  };
}

const said = (decision: ReturnType<typeof decide>) => ({
  toHere: decision.toHere.map(({ path, what }) => `${what} ${path}`),
  toThere: decision.toThere.map(({ path, what }) => `${what} ${path}`),
  agreed: decision.agreed,
  conflicts: decision.conflicts.map(({ path, here, there }) => `${path}: ${here.what}, ${there.what}`),
});

describe('one path', () => {
  const states: readonly Sketch[] = [null, '644 one', '644 two', '644 three', '755 one', '> a', '755/'];
  const cases = states.flatMap((base) =>
    states.flatMap((here) => states.map((there) => ({ base, here, there }))),
  );
  const tree = (sketch: Sketch): Tree => (sketch === null ? {} : { p: sketch });

  it.each(cases)('%o', ({ base, here, there }) => {
    const story = { base: tree(base), here: tree(here), there: tree(there) };
    const result = ended(story);
    const { conflicts, agreed } = decide(story);
    if (here === there) {
      expect(result).toEqual({ here: story.here, there: story.there });
      expect(conflicts).toEqual([]);
    } else if (here === base) expect(result).toEqual({ here: story.there, there: story.there });
    else if (there === base) expect(result).toEqual({ here: story.here, there: story.here });
    else if (conflicts.length > 0) {
      // Never silently overwritten, and one choice settles it.
      expect(result).toEqual({ here: story.here, there: story.there });
      expect(ended({ ...story, keep: { p: 'here' } })).toEqual({ here: story.here, there: story.here });
      expect(ended({ ...story, keep: { p: 'there' } })).toEqual({ here: story.there, there: story.there });
    } else if (agreed.length === 0) {
      // Without a conflict both changed: one of them only its permissions, or removed a folder.
      expect(result.here).toEqual(result.there);
    } else expect(textOf(here ?? '')).toBe(textOf(there ?? ''));
  });

  it.each(cases)('goes one way only: %o', ({ base, here, there }) => {
    const story = { base: tree(base), here: tree(here), there: tree(there) };
    expect(ended({ ...story, direction: 'push' }).here).toEqual(story.here);
    expect(ended({ ...story, direction: 'pull' }).there).toEqual(story.there);
  });

  it('tells what each side did', () => {
    const base = { a: '644 one', b: '644 one', c: '644 one' };
    const here = { a: '644 two', b: '644 two', d: '644 x' };
    const there = { a: '644 other', c: '644 changed', d: '644 yy' };
    expect(said(decide({ base, here, there }))).toEqual({
      toHere: [],
      toThere: [],
      agreed: [],
      conflicts: ['a: changed, changed', 'b: changed, removed', 'c: removed, changed', 'd: new, new'],
    });
  });

  it('asks for the bytes only where sizes are the same', () => {
    const [left, right] = [
      { a: '644 one', b: '644 x', c: '> a' },
      { a: '644 two', b: '644 long', c: '> b' },
    ];
    expect(pathsToCompare(changesOf({}, left), changesOf({}, right))).toEqual(['a']);
  });
});

describe('folders', () => {
  it('removes a folder with what was in it, and does not bring it back', () => {
    const base = { d: '755/', 'd/x': '644 one', 'd/e': '755/', 'd/e/y': '644 two' };
    const decision = decide({ base, here: {}, there: base });
    expect(said(decision).toThere).toEqual(['removed d', 'removed d/e', 'removed d/e/y', 'removed d/x']);
    expect(ended({ base, here: {}, there: base }).there).toEqual({});
  });

  it('keeps a removed folder where the other side put something new in it', () => {
    const base = { d: '755/', 'd/x': '644 one' };
    const there = { ...base, 'd/new': '644 new' };
    const left = { d: '755/', 'd/new': '644 new' };
    expect(ended({ base, here: {}, there })).toEqual({ here: left, there: left });
    expect(ended({ base, here: {}, there, direction: 'push' })).toEqual({ here: {}, there: left });
  });

  it('leaves a removed folder for a conflict in it', () => {
    const base = { d: '755/', 'd/x': '644 one', 'd/y': '644 one' };
    const there = { ...base, 'd/x': '644 other' };
    const story = { base, here: {}, there };
    expect(said(decide(story)).conflicts).toEqual(['d/x: removed, changed']);
    expect(ended(story)).toEqual({ here: {}, there: { d: '755/', 'd/x': '644 other' } });
    expect(ended({ ...story, keep: { 'd/x': 'here' } })).toEqual({ here: {}, there: {} });
    const kept = { d: '755/', 'd/x': '644 other' };
    expect(ended({ ...story, keep: { 'd/x': 'there' } })).toEqual({ here: kept, there: kept });
  });

  it('does not put a file in the place of a folder that the other side works in', () => {
    const base = { d: '755/', 'd/x': '644 one', 'd/y': '644 one' };
    const here = { d: '644 file' };
    const there = { ...base, 'd/x': '644 other', 'd/new': '644 new' };
    const story = { base, here, there };
    expect(ended(story)).toEqual({ here, there });
    expect(said(decide(story)).conflicts).toEqual(['d: changed, changed']);
    expect(ended({ ...story, keep: { d: 'here' } })).toEqual({ here, there: here });
    expect(ended({ ...story, keep: { d: 'there' } })).toEqual({ here: there, there });
  });

  it('settles a folder against a link at once with all below', () => {
    const story = {
      base: {},
      here: { d: '> elsewhere' },
      there: { d: '755/', 'd/x': '644 one' },
    };
    expect(said(decide(story)).conflicts).toEqual(['d: new, new']);
    expect(ended(story)).toEqual({ here: story.here, there: story.there });
    expect(ended({ ...story, keep: { d: 'there' } }).here).toEqual(story.there);
    expect(ended({ ...story, direction: 'push', keep: { d: 'there' } }).here).toEqual(story.there);
  });
});

it('leaves a secret where it is, and what it would replace', () => {
  const here = { '.ssh': '755/', '.ssh/id_rsa': '600 key', '.ssh/config': '644 x' };
  const story = { base: {}, here, there: {}, stays: ['.ssh/id_rsa'] };
  expect(said(decide(story)).toThere).toEqual(['new .ssh', 'new .ssh/config']);
  const folder = { '.netrc': '755/', '.netrc/x': '644 x' };
  const replaced = { base: folder, here: { '.netrc': '600 token' }, there: folder, stays: ['.netrc'] };
  expect(ended(replaced)).toEqual({ here: replaced.here, there: folder });
  // Its removal is told to the other side all the same.
  expect(ended({ ...story, base: here, here: {}, there: here }).there).toEqual({});
});

it('ends alike, loses nothing unseen and can be done, whatever happened (all trees of a small world)', () => {
  const worlds: readonly Tree[] = [
    {},
    { d: '644 one' },
    { d: '755/' },
    { d: '755/', 'd/x': '644 one' },
    { d: '755/', 'd/x': '644 two' },
    { d: '755/', 'd/x': '755/' },
    { d: '755/', 'd/x': '755/', 'd/x/y': '644 one' },
    { d: '755/', 'd/x': '755/', 'd/x/y': '644 two' },
    { d: '755/', 'd/x': '644 one', 'd/y': '644 two' },
    { d: '755/', 'd/y': '644 two' },
    { d: '> x' },
  ];
  for (const base of worlds)
    for (const here of worlds)
      for (const there of worlds) {
        const story = { base, here, there };
        const { conflicts } = decide(story);
        const result = ended(story);
        for (const direction of ['push', 'pull'] as const) ended({ ...story, direction });
        for (const secret of ['d', 'd/x', 'd/y'])
          for (const side of ['here', 'there'] as const) {
            const stays = [secret];
            const held = ended({ ...story, stays, keep: { d: side, 'd/x': side, 'd/x/y': side } });
            for (const [own, other] of [['here', 'there'] as const, ['there', 'here'] as const]) {
              const file = story[own][secret];
              if (file === undefined || !file.startsWith('644') || file === story[other][secret]) continue;
              expect(held[other][secret], JSON.stringify(story)).not.toBe(file);
            }
          }
        if (conflicts.length === 0) expect(result.here, JSON.stringify(story)).toEqual(result.there);
        // What one side changed is there afterwards on that side, or the other side changed it too.
        for (const [path, sketch] of Object.entries(here))
          if (base[path] !== sketch && !sketch.endsWith('/')) expect(result.here[path]).toBe(sketch);
        for (const side of ['here', 'there'] as const) {
          const keep = Object.fromEntries(conflicts.map(({ path }) => [path, side]));
          const settled = { ...story, keep };
          expect(decide(settled).conflicts).toEqual([]);
          const end = ended(settled);
          expect(end.here, JSON.stringify(settled)).toEqual(end.there);
        }
      }
});

it('drops an action with all that cannot be done without it', () => {
  const base = { k: '644 k', f: '755/', 'f/x': '644 x' };
  const here = { k: '644 kk', d: '755/', 'd/x': '644 one', e: '644 e' };
  const { toThere } = decide({ base, here, there: base });
  const left = (...dropped: readonly string[]) =>
    withoutPaths(toThere, new Set(dropped)).map(({ path }) => path);
  expect(left()).toEqual(['d', 'd/x', 'e', 'f', 'f/x', 'k']);
  expect(left('d')).toEqual(['e', 'f', 'f/x', 'k']);
  expect(left('f/x', 'd/x')).toEqual(['d', 'e', 'k']);
});
