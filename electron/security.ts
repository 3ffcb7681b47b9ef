import { type Session, shell, type WebContents } from 'electron';
import { isAllowedLink, isOwnPage } from './pageAddress.ts';

/** A page stays where it is: no navigation, no window, no embedded page. Links open in the user's browser. */
export function lockDownPage(contents: WebContents): void {
  contents.on('will-frame-navigate', (details) => {
    if (!isOwnPage(details.url)) details.preventDefault();
  });
  contents.on('will-redirect', (details) => {
    if (!isOwnPage(details.url)) details.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    if (isAllowedLink(url)) {
      shell.openExternal(url).catch((error: unknown) => console.error(error));
    }
    return { action: 'deny' };
  });
}

/** Copy and paste of the terminals; everything else that a page may ask for is refused. */
const allowedPermissions = new Set<string>(['clipboard-read', 'clipboard-sanitized-write']);

export function lockDownSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    answer(allowedPermissions.has(permission) && isOwnPage(details.requestingUrl));
  });
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => allowedPermissions.has(permission) && isOwnPage(origin),
  );
}
