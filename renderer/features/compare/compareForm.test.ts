import { expect, it } from 'vitest';
import { checkCompareForm } from './compareForm.ts';

it('takes two full paths, without the slash that completing a folder leaves', () => {
  expect(checkCompareForm('/images/a.sif', ' /images/sandbox/ ')).toEqual({
    ok: true,
    paths: { left: '/images/a.sif', right: '/images/sandbox' },
  });
});

it('says what is wrong with each side', () => {
  expect(checkCompareForm('', 'a.sif')).toEqual({
    ok: false,
    problems: { left: 'missing', right: 'relative' },
  });
  expect(checkCompareForm('/a.sif', '/a.sif')).toEqual({
    ok: false,
    problems: { left: null, right: 'same' },
  });
});
