import { describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import type { WholeComparison } from './compareImages.ts';
import { comparisonText } from './comparisonText.ts';

const none = { same: 3, added: 0, removed: 0, changed: 0, addedBytes: 0, removedBytes: 0, packages: 0 };

function whole(change: Partial<WholeComparison['comparison']>): WholeComparison {
  return {
    comparison: {
      left: { path: hostPathFromText('/a.sif'), format: 'sif', sizeBytes: 1000 },
      right: { path: hostPathFromText('/b'), format: 'sandbox', sizeBytes: null },
      isEqual: false,
      filesNotCompared: null,
      labels: [],
      texts: [],
      totals: { ...none, changedBytes: { left: 0, right: 0 } },
      listedFiles: 0,
      notes: [],
      ...change,
    },
    files: [],
    packages: [],
  };
}

describe('a comparison as text', () => {
  it('shows a text as a unified difference', () => {
    const text = comparisonText(
      whole({
        texts: [{ part: 'definition', file: null, left: 'From: a\nsame\n', right: 'From: b\nsame\n' }],
      }),
    );
    expect(text).toContain('--- /a.sif (sif, 1.0 kB)\n+++ /b (sandbox)\n');
    expect(text).toContain('\n# Definition\n@@ -1,2 +1,2 @@\n-From: a\n+From: b\n same\n');
  });

  it('makes visible what could move a cursor, and keeps each label on its line', () => {
    const text = comparisonText(whole({ labels: [{ name: 'evil\u001b[2J', left: null, right: 'a\n+ b' }] }));
    expect(text).toContain('\n+ evil\\u001b[2J: a\\n+ b\n');
  });

  it('shows texts whole that have nothing in common', () => {
    const lines = (word: string) => Array.from({ length: 3000 }, (_, line) => `${word} ${line}\n`).join('');
    const text = comparisonText(
      whole({ texts: [{ part: 'runscript', file: null, left: lines('old'), right: lines('new') }] }),
    );
    expect(text).toContain('-old 2999\n+new 0\n');
  });

  it('is cut where it would be too long, and says so', () => {
    const long = { name: 'long', left: 'x'.repeat(9_000_000), right: null };
    const text = comparisonText(whole({ labels: [long] }));
    expect(text.length).toBeLessThan(1000);
    expect(text).toContain('The text is cut here');
  });
});
