/** The scheme of the page: its own origin, with none of the rights of `file:`. */
export const pageScheme = 'app';
export const pageOrigin = `${pageScheme}://workbench`;

/** Whether an address is our page, and not something that only begins like it. */
export function isOwnPage(address: string): boolean {
  const url = parsedUrl(address);
  return url !== null && url.protocol === `${pageScheme}:` && url.host === 'workbench';
}

/** What a click may open outside: web pages, nothing that starts a program. */
export function isAllowedLink(address: string): boolean {
  const url = parsedUrl(address);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && url.host !== '';
}

function parsedUrl(address: string): URL | null {
  return URL.canParse(address) ? new URL(address) : null;
}
