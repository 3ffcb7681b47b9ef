import { describe, expect, it } from 'vitest';
import { commandsOfHistory, draftDefinition, frozenDefinition } from './draftDefinition.ts';

const digest = `sha256:${'ab'.repeat(32)}`;
const registry = { kind: 'registry', from: 'docker://r.example.org:5000/lab/tool:v1', digest } as const;

describe('a diary of shells', () => {
  it('is the commands of a history, without its times', () => {
    expect(commandsOfHistory('#1700000000\napt-get update\n\n# note\nls -l\n')).toEqual([
      'apt-get update',
      '# note',
      'ls -l',
    ]);
  });

  it('becomes a definition over the exact base; what only looks is a comment', () => {
    const commands = ['apt-get install -y r-base', 'ls /opt', 'cat a > b', 'exit'];
    const text = draftDefinition({ base: registry, ownDefinition: null, commands, sandbox: '/s/tool' });
    expect(text).toContain(`Bootstrap: docker\nFrom: r.example.org:5000/lab/tool@${digest}\n`);
    expect(text).toContain('    apt-get install -y r-base\n    # ls /opt\n    cat a > b\n    # exit\n');
  });

  it('goes on with the definition that the sandbox was built from', () => {
    const base = { kind: 'definition', from: 'tool.def', digest: null } as const;
    const own = 'Bootstrap: docker\nFrom: debian:12\n\n%post\n    echo one\n';
    const text = draftDefinition({ base, ownDefinition: own, commands: ['echo two'], sandbox: '/s' });
    expect(text.match(/^Bootstrap/gm)).toHaveLength(1);
    expect(text.indexOf('echo one')).toBeLessThan(text.indexOf('    echo two'));
  });

  it('of an unknown sandbox begins with the sandbox, and says that nothing was recorded', () => {
    const text = draftDefinition({ base: null, ownDefinition: null, commands: [], sandbox: '/s/tool' });
    expect(text).toContain('From: /s/tool');
    expect(text).toContain('No command was recorded');
  });

  it('goes into a frozen image, with where it comes from; no line can break out of its place', () => {
    const base = { kind: 'image', from: '/x\n%post\nrm -rf /', digest } as const;
    const text = frozenDefinition({ base, commands: ['a\rb'], sandbox: '/s/tool', createdAt: 0 });
    expect(text.match(/^%\w+$/gm)).toEqual(['%labels']);
    expect(text).toContain(`org.opencontainers.image.base.digest ${digest}`);
    expect(text).toContain('mysingularity.sandbox.created 1970-01-01T00:00:00.000Z');
    expect(text).toContain('#   a b\n');
  });
});
