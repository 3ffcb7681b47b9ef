import { describe, expect, it } from 'vitest';
import { nextPage, parseNextLink } from './linkHeader.ts';

describe('parseNextLink', () => {
  it.each([
    ['</v2/_catalog?n=2&last=b>; rel="next"', '/v2/_catalog?n=2&last=b'],
    ['</a>; rel=prev, </b?x=1,2>; title="a, b"; rel="last next"', '/b?x=1,2'],
    ['<https://r.example/v2/x>;rel=NEXT', 'https://r.example/v2/x'],
    ['</a>; rel="previous"', null],
    ['no link at all', null],
    ['<unclosed; rel="next"', null],
    [`${'<'.repeat(50_000)}`, null],
    [null, null],
  ])('reads %.60s', (header, expected) => {
    expect(parseNextLink(header)).toBe(expected);
  });
});

describe('nextPage', () => {
  const next = (link: string, from = 'https://r.example/v2/_catalog') =>
    nextPage(
      { headers: new Headers({ link: `<${link}>; rel="next"` }), url: new URL(from) },
      { registry: 'r.example', repository: 'x' },
    );

  it('goes on at the registry itself, whatever scheme the link has', () => {
    expect(next('/v2/_catalog?last=b')).toBe('/v2/_catalog?last=b');
    expect(next('http://r.example/v2/_catalog?last=b')).toBe('/v2/_catalog?last=b');
    expect(next('?last=c')).toBe('/v2/_catalog?last=c');
  });

  it.each([
    'https://evil.example/v2/_catalog',
    '//evil.example/v2/',
    'https://r.example:8443/v2/',
    'file:///etc/passwd',
    'http://[',
  ])('refuses %s', (link) => {
    expect(() => next(link)).toThrow(expect.objectContaining({ name: 'WorkbenchError' }));
  });

  it('refuses a relative link of a page that another host gave', () => {
    expect(() => next('?last=c', 'https://evil.example/v2/_catalog')).toThrow();
  });
});
