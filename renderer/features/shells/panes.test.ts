import { describe, expect, it } from 'vitest';
import { terminalIdSchema } from '#core/contract/ids.ts';
import { neighbour, noPanes, placePanes, splitPanes, unsplitPanes } from './panes.ts';

const [a, b, c] = ['terminal-a', 'terminal-b', 'terminal-c'].map((id) => terminalIdSchema.parse(id)) as [
  ReturnType<typeof terminalIdSchema.parse>,
  ReturnType<typeof terminalIdSchema.parse>,
  ReturnType<typeof terminalIdSchema.parse>,
];

describe('panes', () => {
  it('show the active terminal', () => {
    const first = placePanes(noPanes, a, [a, b]);
    expect(first).toEqual({ left: a, right: null, focused: 'left' });
    expect(placePanes(first, b, [a, b])).toEqual({ left: b, right: null, focused: 'left' });
  });

  it('show a third terminal where the focus is', () => {
    const split = splitPanes(placePanes(noPanes, a, [a, b]), [a, b]);
    expect(split).toEqual({ left: a, right: b, focused: 'right' });
    expect(placePanes(split ?? noPanes, c, [a, b, c])).toEqual({ left: a, right: c, focused: 'right' });
    expect(placePanes({ left: a, right: b, focused: 'left' }, c, [a, b, c])).toEqual({
      left: c,
      right: b,
      focused: 'left',
    });
  });

  it('move the focus to a terminal that is shown already', () => {
    expect(placePanes({ left: a, right: b, focused: 'right' }, a, [a, b])).toEqual({
      left: a,
      right: b,
      focused: 'left',
    });
  });

  it('end the split when one of the two is closed', () => {
    expect(placePanes({ left: a, right: b, focused: 'right' }, b, [b])).toEqual({
      left: b,
      right: null,
      focused: 'left',
    });
    expect(placePanes({ left: a, right: b, focused: 'right' }, a, [a])).toEqual({
      left: a,
      right: null,
      focused: 'left',
    });
    expect(placePanes({ left: a, right: null, focused: 'left' }, null, [])).toEqual(noPanes);
  });

  it('cannot be split with one terminal', () => {
    expect(splitPanes(placePanes(noPanes, a, [a]), [a])).toBeNull();
  });

  it('keep the terminal with the focus when the split ends', () => {
    expect(unsplitPanes({ left: a, right: b, focused: 'right' }).left).toBe(b);
    expect(unsplitPanes({ left: a, right: b, focused: 'left' }).left).toBe(a);
  });

  it('go round the tabs', () => {
    expect([neighbour(c, [a, b, c], 1), neighbour(a, [a, b, c], -1), neighbour(a, [], 1)]).toEqual([
      a,
      c,
      null,
    ]);
  });
});
