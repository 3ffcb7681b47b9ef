import { formatBytes } from '#core/contract/quantity.ts';
import type { ImageFacts, ManifestFacts } from '#core/contract/registries.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { CopyButton } from '#renderer/ui/CopyButton.tsx';
import { type Definition, DefinitionList } from '#renderer/ui/DefinitionList.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { agoText, useNow, wholeTimeText } from '#renderer/ui/when.ts';
import { rateText } from './registryWords.ts';

/** What it is, how large, from when, and what it would start. */
export function ImageSummary({ facts }: { readonly facts: ImageFacts }) {
  const text = useText('registries');
  const now = useNow(30_000);
  const { manifest, digest, note, rate } = facts;
  const hasIndex = manifest !== null && digest !== null && digest !== manifest.digest;
  const items: (Definition | null)[] = [
    {
      term: text('image.type'),
      value:
        facts.holds === 'other' && facts.holdsText !== null
          ? showControls(facts.holdsText)
          : text(`image.holdsText.${facts.holds}`),
    },
    hasIndex && digest !== null
      ? { term: text('image.indexDigest'), value: <Digest value={digest} label={text('image.copyDigest')} /> }
      : null,
    manifest === null && digest !== null
      ? { term: text('image.digest'), value: <Digest value={digest} label={text('image.copyDigest')} /> }
      : null,
    ...(manifest === null ? [] : manifestFacts(manifest, text)),
    rate === null
      ? null
      : {
          term: text('image.rate'),
          value: `${rateText(rate)}, ${text('access.measured', { ago: agoText(rate.measuredAt, now) })}`,
        },
  ];
  return (
    <div className="flex flex-col gap-3 pb-3">
      {note === null ? null : <p className="text-small text-pretty text-ink-2">{showControls(note)}</p>}
      <DefinitionList items={items.filter((item) => item !== null)} />
    </div>
  );
}

function manifestFacts(
  manifest: ManifestFacts,
  text: ReturnType<typeof useText<'registries'>>,
): readonly (Definition | null)[] {
  const { createdAt, os, architecture } = manifest;
  const told = (term: string, value: string | null): Definition | null =>
    value === null || value === '' ? null : { term, value: <Code>{value}</Code> };
  return [
    {
      term: text('image.manifestDigest'),
      value: <Digest value={manifest.digest} label={text('image.copyDigest')} />,
    },
    {
      term: text('image.size'),
      value: text('image.sizeLayers', {
        size: formatBytes(manifest.sizeBytes),
        count: manifest.layers.length,
      }),
    },
    createdAt === null || Number.isNaN(new Date(createdAt).getTime())
      ? null
      : { term: text('image.created'), value: wholeTimeText(createdAt) },
    os === null && architecture === null
      ? null
      : { term: text('image.system'), value: showControls([os, architecture].filter(Boolean).join('/')) },
    told(text('image.entrypoint'), words(manifest.entrypoint)),
    told(text('image.command'), words(manifest.command)),
    told(text('image.workingFolder'), manifest.workingFolder),
    told(text('image.user'), manifest.user),
    told(text('image.mediaType'), manifest.mediaType),
    told(text('image.artifactType'), manifest.artifactType),
  ];
}

/** A list of arguments as one would type it. */
function words(list: readonly string[]): string {
  return list.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}

function Code({ children }: { readonly children: string }) {
  return (
    <bdi dir="ltr" className="font-mono text-code [overflow-wrap:anywhere] line-clamp-6">
      {showControls(children)}
    </bdi>
  );
}

function Digest({ value, label }: { readonly value: string; readonly label: string }) {
  return (
    <span className="flex min-w-0 items-start gap-1">
      <bdi dir="ltr" className="min-w-0 font-mono text-code [overflow-wrap:anywhere]">
        {showControls(value)}
      </bdi>
      <span className="-my-0.5">
        <CopyButton value={value} label={label} />
      </span>
    </span>
  );
}
