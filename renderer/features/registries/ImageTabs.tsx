import type { ImageFacts } from '#core/contract/registries.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { type TabItem, Tabs } from '#renderer/ui/Tabs.tsx';
import { ImageConfiguration } from './ImageConfiguration.tsx';
import { ImageHistory } from './ImageHistory.tsx';
import { ImageLayers } from './ImageLayers.tsx';
import { ImageReferrers } from './ImageReferrers.tsx';
import { ImageSummary } from './ImageSummary.tsx';
import { type ImageTab, registriesStore, useRegistries } from './registriesState.ts';

/** All that manifests and configuration tell of an image. */
export function ImageTabs({ facts }: { readonly facts: ImageFacts }) {
  const text = useText('registries');
  const tab = useRegistries((state) => state.tab);
  const { manifest, referrers } = facts;
  const items: TabItem<ImageTab>[] = [
    { id: 'summary', label: text('image.tabs.summary'), content: <ImageSummary facts={facts} /> },
    ...(manifest === null
      ? []
      : [
          {
            id: 'layers' as const,
            label: counted(text('image.tabs.layers'), manifest.layers.length),
            content: <ImageLayers key={manifest.digest} manifest={manifest} />,
          },
          {
            id: 'history' as const,
            label: text('image.tabs.history'),
            content: <ImageHistory manifest={manifest} />,
          },
          {
            id: 'configuration' as const,
            label: text('image.tabs.configuration'),
            content: <ImageConfiguration manifest={manifest} />,
          },
        ]),
    // Nothing can be attached to a file of a bucket or a folder.
    ...(facts.digest === null && referrers.length === 0
      ? []
      : [
          {
            id: 'referrers' as const,
            label: counted(text('image.tabs.referrers'), referrers.length),
            content: <ImageReferrers facts={facts} />,
          },
        ]),
  ];
  return (
    <Tabs
      label={text('image.tabs.name')}
      value={items.some(({ id }) => id === tab) ? tab : 'summary'}
      onChange={(chosen) => registriesStore.setState({ tab: chosen })}
      items={items}
    />
  );
}

function counted(label: string, count: number) {
  return count === 0 ? (
    label
  ) : (
    <>
      {label}
      <span className="font-normal text-ink-3 tabular-nums">{count}</span>
    </>
  );
}
