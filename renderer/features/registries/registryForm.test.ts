import { describe, expect, it } from 'vitest';
import { checkRegistryForm, formByHand, formOf, mirrorProblem, newRegistryId } from './registryForm.ts';
import { sampleRegistries } from './sampleRegistries.ts';

describe('checkRegistryForm', () => {
  it('keeps what a registry had', () => {
    for (const { id: _id, ...settings } of sampleRegistries)
      expect(checkRegistryForm(formOf(settings), [])).toEqual({ ok: true, settings });
  });

  it('wants an address of the kind’s shape, and a name that no other has', () => {
    const check = (address: string, change: object, taken: readonly string[] = []) => {
      const checked = checkRegistryForm({ ...formByHand(address, false), ...change }, taken);
      return checked.ok ? null : checked.problems;
    };
    expect(check('registry.example.org:5000', {})).toBeNull();
    expect(check('registry.example.org/path', { kind: 'oci' })).toEqual({ address: 'addressHost' });
    expect(check('cvmfs', { kind: 'folder' })).toEqual({ address: 'addressFolder' });
    expect(check('ftp://example.org', { kind: 'web' })).toEqual({ address: 'addressUrl' });
    expect(check('a.example.org', {}, ['a.example.org'])).toEqual({ label: 'labelTaken' });
    expect(check('gitlab.example.org', { kind: 'gitlab', apiUrl: 'x' })).toEqual({ apiUrl: 'apiUrl' });
  });

  it('takes a bucket only with its name, and ends its prefix with a slash', () => {
    const form = { ...formByHand('https://s3.example.org', false), kind: 's3' as const, prefix: '/lab' };
    expect(checkRegistryForm(form, [])).toEqual({ ok: false, problems: { bucket: 'bucket' } });
    const checked = checkRegistryForm({ ...form, bucket: 'images' }, []);
    expect(checked.ok && checked.settings.s3).toEqual({
      bucket: 'images',
      region: '',
      style: 'path',
      prefix: 'lab/',
    });
  });
});

describe('mirrorProblem', () => {
  it('takes hosts with port and path, and addresses', () => {
    expect(mirrorProblem('mirror.example.org:5000/cache', [])).toBeNull();
    expect(mirrorProblem('https://mirror.example.org', [])).toBeNull();
    expect(mirrorProblem('a b', [])).toBe('mirror');
    expect(mirrorProblem('x.example.org', ['x.example.org'])).toBe('mirrorTaken');
    expect(
      mirrorProblem(
        'y',
        Array.from({ length: 16 }, (_, index) => `m${index}`),
      ),
    ).toBe('mirrorsMany');
  });
});

it('gives a second registry at one address another name', () => {
  expect(newRegistryId('quay.io', ['quay.io', 'quay.io-2'])).toBe('quay.io-3');
});
