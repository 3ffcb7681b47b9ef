import { XMLParser } from 'fast-xml-parser';

/** Four times what 1000 keys with all their facts have; the parser spends about 10 microseconds on each. */
const tagLimit = 100_000;

/**
 * XML of an S3-compatible server → plain objects whose texts still have their entities (`decodeEntities`), or null where
 * it is none that such a server sends. Servers are strangers: no document type is read, so no entity can be defined;
 * attributes are skipped; more tags and deeper nesting than any answer of S3 has are refused. The caller limits the bytes.
 */
export function parseS3Xml(text: string): unknown {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text) || hasMoreTags(text, tagLimit)) return null;
  const parser = new XMLParser({
    ignoreAttributes: true,
    ignoreDeclaration: true,
    ignorePiTags: true,
    removeNSPrefix: true,
    parseTagValue: false,
    trimValues: false, // names may begin and end with spaces
    processEntities: false,
    maxNestedTags: 16,
    isArray: (name) => name === 'Contents' || name === 'CommonPrefixes',
  });
  try {
    return parser.parse(text);
  } catch {
    return null; // not XML, too deep, or a name that is no name: the same to the caller
  }
}

function hasMoreTags(text: string, limit: number): boolean {
  let at = -1;
  for (let count = 0; count <= limit; count += 1) {
    at = text.indexOf('<', at + 1);
    if (at < 0) return false;
  }
  return true;
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The five entities of XML and numbered characters; what stands for no character is left as it is. */
export function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi,
    (whole, hex, decimal, name) => {
      if (name !== undefined) return named[name.toLowerCase()] ?? whole;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
