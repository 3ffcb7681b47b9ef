import { formatDuration } from '#core/contract/quantity.ts';
import type { Rate, RegistryAccess } from '#core/contract/registries.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import { textOf } from '#renderer/i18n/i18n.ts';
import { showControls } from '#renderer/ui/hostileText.ts';

/** `sha256:9f2c4b…` → `9f2c4b1a77e0`: what is compared by eye. */
export function shortDigest(digest: string): string {
  return showControls(digest.replace(/^sha\d+:/, '').slice(0, 12));
}

/** Who one is to a registry, and how that is known, in a sentence. */
export function whoText(access: RegistryAccess): string {
  const user = access.userName === null ? textOf('registries:access.someone') : showControls(access.userName);
  const { source } = access;
  switch (source.type) {
    case 'none':
      return textOf('registries:access.none');
    case 'session':
      return textOf('registries:access.session', { user });
    case 'keychain':
      return textOf('registries:access.keychain', { user });
    case 'file':
      return source.how === 'helper'
        ? textOf('registries:access.helper', {
            user,
            helper: showControls(source.helper ?? ''),
            path: source.path,
          })
        : textOf('registries:access.inline', { user, path: source.path });
  }
}

/** `87 of 100 requests left in 6 h`. */
export function rateText(rate: Rate): string {
  const left = textOf('registries:access.rate', {
    remaining: rate.remaining.toLocaleString('en'),
    limit: rate.limit.toLocaleString('en'),
  });
  return rate.windowSeconds === null
    ? left
    : `${left} ${textOf('registries:access.window', { window: formatDuration(rate.windowSeconds) })}`;
}

const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const dayAndYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const clock = new Intl.DateTimeFormat(undefined, { hourCycle: 'h23', hour: '2-digit', minute: '2-digit' });

/** A moment as a row says it: `today 09:12`, `18 Nov`, `3 Feb 2023`; empty for one that no date can hold. */
export function dayText(at: number | null, now: number): string {
  if (at === null || Number.isNaN(new Date(at).getTime())) return '';
  const date = new Date(at);
  const today = new Date(now);
  if (date.toDateString() === today.toDateString())
    return textOf('registries:when.today', { time: clock.format(at) });
  return date.getFullYear() === today.getFullYear() ? day.format(at) : dayAndYear.format(at);
}

/** Where a registry is, as the list says it. */
export function addressText({ kind, address, s3 }: RegistrySettings): string {
  if (kind === 's3' && s3 !== null) return `${s3.bucket}/${s3.prefix} · ${address}`;
  return address.replace(/^https:\/\//, '');
}

/** A media type without what all of them share: `tar+gzip`. */
export function shortMediaType(mediaType: string): string {
  return showControls(mediaType)
    .replace(/^application\/vnd\./, '')
    .replace(/^(?:oci\.image\.layer\.v\d+|docker\.image\.rootfs(?:\.diff|\.foreign\.diff)?)\./, '');
}
