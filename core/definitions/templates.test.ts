import { expect, test } from 'vitest';
import { lintDefinition } from '#core/runtime/definition/lintDefinition.ts';
import { templates } from './templates.ts';

test('there is a template for each kind of image', () => {
  expect(templates.map(({ title }) => title)).toEqual([
    'BusyBox',
    'Plain Debian',
    'Conda',
    'CUDA',
    'MPI, hybrid',
    'R',
    'Spack',
    'Smallest image',
  ]);
  for (const { description } of templates) expect(description).toMatch(/^[A-Z].*[^:]\. .*\S$/);
});

test.each(templates)('$title has nothing that lint would correct', ({ text }) => {
  const { findings } = lintDefinition(text, { dialect: null, buildArguments: {} });
  expect(findings.filter(({ severity }) => severity !== 'hint')).toEqual([]);
});
