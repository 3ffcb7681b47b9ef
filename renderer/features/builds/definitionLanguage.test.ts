import { ensureSyntaxTree } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { definitionLanguage } from './definitionLanguage.ts';
import { sampleWords } from './sampleBuilds.ts';

function colouredParts(doc: string): readonly string[] {
  const state = EditorState.create({ doc, extensions: [definitionLanguage(sampleWords)] });
  const parts: string[] = [];
  ensureSyntaxTree(state, doc.length, 5000)?.iterate({
    enter: ({ name, from, to }) => {
      if (name !== 'Document') parts.push(`${name} ${doc.slice(from, to)}`);
    },
  });
  return parts;
}

describe('colours of a definition file', () => {
  it('tell headers, values, sections and arguments apart', () => {
    const parts = colouredParts('Bootstrap: docker\nFrom: debian:{{ VERSION }}\n%post\n');
    expect(parts).toContain('propertyName Bootstrap');
    expect(parts).toContain('string docker');
    expect(parts).toContain('variableName.special {{ VERSION }}');
    expect(parts).toContain('keyword %post');
  });

  it('are the shell’s in scripts only', () => {
    const parts = colouredParts('%post\n    if true; then # why\n%labels\n    if yes\n');
    expect(parts).toContain('keyword if');
    expect(parts).toContain('comment # why');
    expect(parts.filter((part) => part === 'keyword if')).toHaveLength(1);
  });

  it('end a quote with its section, as the runtime does', () => {
    const parts = colouredParts("%post\n    echo 'open\n%labels\nBootstrap: docker\n");
    expect(parts).toContain('keyword %labels');
    expect(parts).toContain('propertyName Bootstrap');
  });
});
