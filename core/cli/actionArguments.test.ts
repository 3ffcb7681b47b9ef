import { expect, test } from 'vitest';
import { actionOptions } from './actionArguments.ts';

test('binds are as the runtimes write them, relative to the working folder', () => {
  const { binds } = actionOptions({ bind: ['/data', 'in:/input:ro', '/a b:/c:rw'] }, '/work');
  expect(binds).toEqual([
    { source: '/data', destination: '/data', isReadOnly: false },
    { source: '/work/in', destination: '/input', isReadOnly: true },
    { source: '/a b', destination: '/c', isReadOnly: false },
  ]);
});

test('a variable may have any value', () => {
  const { environment } = actionOptions({ env: ['A=', 'B=x=y\nz'] }, '/');
  expect(environment).toEqual([
    { name: 'A', value: '' },
    { name: 'B', value: 'x=y\nz' },
  ]);
});

test('nothing given is how the runtime does it by itself', () => {
  expect(actionOptions({}, '/')).toEqual({
    binds: [],
    environment: [],
    gpu: 'none',
    isWritableTmpfs: false,
    isolation: 'host',
  });
});
