const units: Readonly<Record<string, number>> = { M: 2, G: 3, T: 4 };

/** `512 MiB`, `2G`, `1.5 GiB` → bytes; null for anything else. Units are powers of 1024, as file systems have them. */
export function sizeOf(text: string): number | null {
  const found = /^(\d+(?:[.,]\d+)?)\s*([MGT])(?:i?B)?$/i.exec(text.trim());
  if (found === null) return null;
  const [, number = '', unit = ''] = found;
  return Math.round(Number(number.replace(',', '.')) * 1024 ** (units[unit.toUpperCase()] ?? 2));
}

/** The largest unit that needs no fraction: `512 MiB`, `2 GiB`. */
export function sizeText(bytes: number): string {
  const mebibytes = Math.ceil(bytes / 1024 ** 2);
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024} GiB` : `${mebibytes} MiB`;
}
