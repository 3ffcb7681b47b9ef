import { XMLParser } from 'fast-xml-parser';

/**
 * XML of an S3-compatible server → plain objects whose texts still have their entities (`decodeEntities`), or null where
 * it is none that such a server sends. Servers are strangers: no document type is read, so no entity can be defined;
 * attributes are skipped; deeper nesting than any answer of S3 has is refused. The caller limits the bytes.
 */
export function parseS3Xml(text: string): unknown {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) return null;
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
