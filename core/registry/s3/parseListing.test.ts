import { describe, expect, it } from 'vitest';
import { parseListing } from './parseListing.ts';

const nothing = { objects: [], prefixes: [], continuationToken: null };

describe('the list of a bucket', () => {
  it('is read as the documentation of ListObjectsV2 shows it', () => {
    // Amazon S3 API reference, ListObjectsV2, "Sample Response": from documentation.
    const page = parseListing(`<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
  <Name>bucket</Name>
  <Prefix/>
  <NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=</NextContinuationToken>
  <KeyCount>2</KeyCount>
  <MaxKeys>1000</MaxKeys>
  <IsTruncated>true</IsTruncated>
  <Contents>
    <Key>happyface.jpg</Key>
    <LastModified>2014-11-21T19:40:05.000Z</LastModified>
    <ETag>&quot;70ee1738b6b21e2c8a43f3a5ab0eee71&quot;</ETag>
    <Size>11</Size>
    <StorageClass>STANDARD</StorageClass>
  </Contents>
  <CommonPrefixes><Prefix>photos/</Prefix></CommonPrefixes>
</ListBucketResult>`);
    expect(page).toEqual({
      objects: [{ key: 'happyface.jpg', sizeBytes: 11, updatedAt: Date.parse('2014-11-21T19:40:05Z') }],
      prefixes: ['photos/'],
      continuationToken: '1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=',
    });
  });

  it('keeps names to the letter: entities, spaces, encoding of a query', () => {
    const keyOf = (key: string, more = '') =>
      parseListing(`<ListBucketResult>${more}<Contents><Key>${key}</Key></Contents></ListBucketResult>`)
        ?.objects[0]?.key;
    expect(keyOf(' a &amp;amp; &lt;b&gt; &#x41;&#66; ')).toBe(' a &amp; <b> AB ');
    expect(keyOf('a+b%2Bc%26%C3%BC', '<EncodingType>url</EncodingType>')).toBe('a b+c&ü');
    expect(keyOf('100%', '<EncodingType>url</EncodingType>')).toBe('100%');
    expect(keyOf('&#x110000;&#0;')).toBe('&#x110000;&#0;');
  });

  it('may be empty', () => {
    expect(parseListing('<ListBucketResult/>')).toEqual(nothing);
    expect(parseListing('<s:ListBucketResult xmlns:s="x"></s:ListBucketResult>')).toEqual(nothing);
  });

  it.each([
    ['a web page', '<html><body>Sign in</body></html>'],
    ['not XML', '{}'],
    ['cut off', '<ListBucketResult><Contents><Key>a</Key></Contents>'],
    ['with tags without end', `<ListBucketResult>${'<a/>'.repeat(900_000)}</ListBucketResult>`],
    [
      'with entities that grow',
      '<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><ListBucketResult><Name>&b;</Name></ListBucketResult>',
    ],
    [
      'nested without end',
      `<ListBucketResult>${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}</ListBucketResult>`,
    ],
    ['with a name of the language', '<ListBucketResult><__proto__><x>1</x></__proto__></ListBucketResult>'],
  ])('that is %s is none', (_, xml) => {
    expect(parseListing(xml)).toBeNull();
  });
});
