import { connection } from '#renderer/api/client.ts';
import { rememberedHostId } from '#renderer/state/rememberedHost.ts';

/** Asks for what the first picture shows, ahead of the page that waits for it (firstPicture.ts). Resolves when it is asked. */
export async function askForFirstPicture(): Promise<void> {
  connection.askAhead((client) => client.settings.watch());
  connection.askAhead((client) => client.hosts.watch());
  const isOnImages = location.hash === '' || location.hash === '#/images';
  if (isOnImages) connection.askAhead((client) => client.images.watch({ hostId: rememberedHostId() }));
  await connection.whenConnected(new AbortController().signal);
}
