import { protocol } from 'electron';
import { readPageFile } from '#core/serve/pageFiles.ts';
import { rendererFolder } from '#core/serve/rendererFolder.ts';
import { securityHeaders } from '#core/serve/securityHeaders.ts';
import { isOwnPage, pageScheme } from './pageAddress.ts';

/** Must run before the application is ready. */
export function announcePageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: pageScheme,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ]);
}

/** Serves the built page under its own scheme, with the same headers as the loopback host. */
export function servePage(): void {
  protocol.handle(pageScheme, async (request) => {
    const file = isOwnPage(request.url)
      ? await readPageFile(rendererFolder(), new URL(request.url).pathname)
      : null;
    if (file === null) return new Response(null, { status: 404, headers: { ...securityHeaders } });
    return new Response(file.body, { headers: { ...file.headers } });
  });
}
