const allowedProtocols = new Set(['http:', 'https:']);

/**
 * A link in a program's output → the address that a browser would open, or null where it may not be opened: only the
 * web, and no user name in it (`https://bank.example@evil.example` reads like another place).
 */
export function safeLink(text: string): string | null {
  const address = URL.canParse(text) ? new URL(text) : null;
  if (address === null || !allowedProtocols.has(address.protocol)) return null;
  return address.username === '' && address.password === '' ? address.href : null;
}
