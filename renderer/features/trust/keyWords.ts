import type { KeyOrigin, TrustKey } from '#core/contract/trust.ts';
import { textOf } from '#renderer/i18n/i18n.ts';
import { showControls } from '#renderer/ui/hostileText.ts';
import { wholeTimeText } from '#renderer/ui/when.ts';
import { fingerprintGroups } from './keyRows.ts';

/** What a key is called: its first name, else its fingerprint. */
export function keyName({ userIds, fingerprint }: Pick<TrustKey, 'userIds' | 'fingerprint'>): string {
  const [first] = userIds;
  if (first !== undefined && first !== '') return showControls(first);
  return fingerprint === '' ? textOf('trust:noName') : fingerprintGroups(fingerprint);
}

/** Where a key came from, and when, as far as the workbench brought it there. */
export function originWords(origin: KeyOrigin | null): string {
  if (origin === null) return textOf('trust:origins.unknown');
  const { how, from, at } = origin;
  const words =
    how === 'created'
      ? textOf('trust:origins.created')
      : from === null
        ? textOf(how === 'fetched' ? 'trust:origins.fetchedRuntimes' : 'trust:origins.importedText')
        : textOf(`trust:origins.${how}`, { from: showControls(from) });
  return textOf('trust:origins.at', { origin: words, when: wholeTimeText(at) });
}

/** What the halves of a key that are there are good for. */
export function halvesWords({ privateHalf, hasPublicHalf }: TrustKey): string {
  return textOf(`trust:halves.${hasPublicHalf ? privateHalf : 'lone'}`);
}

/** Whether a key of the list can sign. */
export function canSign({ ring, privateHalf, state }: TrustKey): boolean {
  return ring === 'local' && privateHalf !== 'none' && state === 'usable';
}
