import { describe, expect, it } from 'vitest';
import { parseWebDirectory, parseWebDirectoryJson } from './webDirectory.ts';

const url = new URL('https://images.example.org/pub/sif/');
const utc = (text: string): number => Date.parse(`${text}Z`);

/**
 * Pages as the servers' own sources write them: Apache modules/generators/mod_autoindex.c, nginx
 * src/http/modules/ngx_http_autoindex_module.c, lighttpd src/mod_dirlisting.c, Python Lib/http/server.py. The shape is
 * theirs, the names are ours: from documentation, not run.
 */
const apacheTable = `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">
<html><head><title>Index of /pub/sif</title></head><body><h1>Index of /pub/sif</h1>
<table><tr><th valign="top"><img src="/icons/blank.gif" alt="[ICO]"></th><th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last modified</a></th><th><a href="?C=S;O=A">Size</a></th></tr>
<tr><td valign="top"><img src="/icons/back.gif" alt="[PARENTDIR]"></td><td><a href="/pub/">Parent Directory</a></td><td>&nbsp;</td><td align="right">  - </td><td>&nbsp;</td></tr>
<tr><td valign="top"><img src="/icons/folder.gif" alt="[DIR]"></td><td><a href="old/">old/</a></td><td align="right">2024-03-01 09:05  </td><td align="right">  - </td><td>&nbsp;</td></tr>
<tr><td valign="top"><a href="a%20b.sif"><img src="/icons/unknown.gif"></a></td><td><a href="a%20b.sif">a b.sif</a></td><td align="right">2024-03-02 10:15  </td><td align="right">1.0M</td><td>&nbsp;</td></tr>
</table></body></html>`;

const apachePre = `<html><head><title>Index of /pub/sif</title></head><body><pre><img src="/icons/blank.gif"> <a href="?C=N;O=D">Name</a>      <a href="?C=M;O=A">Last modified</a>      <a href="?C=S;O=A">Size</a>  <hr>
<img src="/icons/back.gif"> <a href="/pub/">Parent Directory</a>                             -
<img src="/icons/folder.gif"> <a href="old/">old/</a>                    2024-03-01 09:05    -
<img src="/icons/unknown.gif"> <a href="a%20b.sif">a b.sif</a>                 2024-03-02 10:15  1.0M
<hr></pre></body></html>`;

const nginx = `<html>
<head><title>Index of /pub/sif/</title></head>
<body>
<h1>Index of /pub/sif/</h1><hr><pre><a href="../">../</a>
<a href="old/">old/</a>                                               01-Mar-2024 09:05                   -
<a href="a%20b.sif">a b.sif</a>                                            02-Mar-2024 10:15             1048576
</pre><hr></body>
</html>`;

const lighttpd = `<html><head><title>Index of /pub/sif/</title></head><body><table><thead><tr><th class="n"><a href="?C=N">Name</a></th></tr></thead><tbody>
<tr class="d"><td class="n"><a href="../">..</a>/</td><td class="m">&nbsp;</td><td class="s">- &nbsp;</td><td class="t">Directory</td></tr>
<tr class="d"><td class="n"><a href="old/">old</a>/</td><td class="m">2024-Mar-01 09:05:00</td><td class="s">- &nbsp;</td><td class="t">Directory</td></tr>
<tr><td class="n"><a href="a%20b.sif">a b.sif</a></td><td class="m">2024-Mar-02 10:15:00</td><td class="s">1.0M</td><td class="t">application/octet-stream</td></tr>
</tbody></table></body></html>`;

describe('a page that lists a directory', () => {
  it.each([
    ['Apache, as a table', apacheTable],
    ['Apache, as text', apachePre],
    ['nginx', nginx],
    ['lighttpd', lighttpd],
  ])('of %s gives names, sizes and times', (_, html) => {
    expect(parseWebDirectory(html, url)).toEqual({
      isIndex: true,
      entries: [
        { name: 'old', kind: 'folder', sizeBytes: null, updatedAt: utc('2024-03-01T09:05:00') },
        { name: 'a b.sif', kind: 'file', sizeBytes: 1_048_576, updatedAt: utc('2024-03-02T10:15:00') },
      ],
    });
  });

  it('of Python has names alone', () => {
    const html = `<!DOCTYPE HTML><html lang="en"><head><title>Directory listing for /pub/sif/</title></head><body>
<h1>Directory listing for /pub/sif/</h1><hr><ul><li><a href="a%20b.sif">a b.sif</a></li><li><a href="old/">old/</a></li></ul></body></html>`;
    const { entries, isIndex } = parseWebDirectory(html, url);
    expect(isIndex).toBe(true);
    expect(entries.map(({ name, kind }) => [name, kind])).toEqual([
      ['a b.sif', 'file'],
      ['old', 'folder'],
    ]);
  });

  it.each([
    ['another host', 'https://evil.example/pub/sif/x.sif'],
    ['another scheme', 'javascript:alert(1)'],
    ['another port', 'https://images.example.org:444/pub/sif/x.sif'],
    ['a user', 'https://me@images.example.org/pub/sif/x.sif'],
    ['what is above', '../x.sif'],
    ['what is above, encoded', '%2e%2e/x.sif'],
    ['what is deeper', 'old/x.sif'],
    ['a slash in the name', 'a%2Fb.sif'],
    ['a backslash in the name', 'a%5Cb.sif'],
    ['a null byte', 'a%00b.sif'],
    ['a line break', 'a%0Ab.sif'],
    ['text that runs backwards', 'a%E2%80%AEfis.exe'],
    ['bytes that are not UTF-8', 'a%FF.sif'],
    ['a query', 'x.sif?C=N'],
    ['a place in the page', '#x.sif'],
    ['itself', './'],
    ['a broken address', 'https://['],
  ])('is not followed to %s', (_, href) => {
    const html = `<base href="https://evil.example/"><a href="${href}">x</a><a href="fine.sif">fine</a>`;
    expect(parseWebDirectory(html, url).entries.map(({ name }) => name)).toEqual(['fine.sif']);
  });

  it('may be broken, endless or huge', () => {
    const nested = '<a href="x.sif"><b><table>'.repeat(500_000);
    expect(parseWebDirectory(nested, url)).toEqual({ entries: [], isIndex: false });
    const unclosed = '<table><tr><td><a href="x.sif">x.sif<td>2024-03-02 10:15<td>5'.slice(0, -1);
    expect(parseWebDirectory(unclosed, url).entries).toHaveLength(1);
    const many = Array.from({ length: 60_000 }, (_, index) => `<a href="${index}.sif">`).join('');
    expect(parseWebDirectory(many, url).entries).toHaveLength(50_000);
    expect(parseWebDirectory('', url)).toEqual({ entries: [], isIndex: false });
  });
});

describe('a list in JSON', () => {
  it('is read as the documentation of nginx shows it', () => {
    const text = JSON.stringify([
      { name: 'old', type: 'directory', mtime: 'Fri, 01 Mar 2024 09:05:00 GMT' },
      { name: 'a b.sif', type: 'file', mtime: 'Sat, 02 Mar 2024 10:15:00 GMT', size: 1_048_576 },
      { name: '../x', type: 'file', mtime: '', size: 1 },
      { name: 'socket', type: 'other', mtime: '' },
    ]);
    expect(parseWebDirectoryJson(text)?.entries).toEqual([
      { name: 'old', kind: 'folder', sizeBytes: null, updatedAt: utc('2024-03-01T09:05:00') },
      { name: 'a b.sif', kind: 'file', sizeBytes: 1_048_576, updatedAt: utc('2024-03-02T10:15:00') },
    ]);
  });

  it.each(['{"a":1}', '[1]', '[', 'null'])('is not %s', (text) => {
    expect(parseWebDirectoryJson(text)).toBeNull();
  });
});
