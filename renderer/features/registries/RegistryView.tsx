import { Ellipsis } from 'lucide-react';
import { useEffect } from 'react';
import { abilitiesOf, registryHostOf } from '#core/contract/registryKinds.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import { commandEntries } from '#renderer/commands/entries.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { Menu } from '#renderer/ui/Menu.tsx';
import { SplitPane } from '#renderer/ui/SplitPane.tsx';
import { AccessLine } from './AccessLine.tsx';
import { ImagePane } from './ImagePane.tsx';
import { registryMenu } from './RegistryList.tsx';
import { RepositoryBrowser } from './RepositoryBrowser.tsx';
import { placeOf, registriesStore, useRegistries } from './registriesState.ts';
import { kindIcons } from './registryLooks.ts';
import { addressText } from './registryWords.ts';
import { TagBrowser } from './TagBrowser.tsx';

/** One registry: who one is there, its repositories or the tags of one, and the image that is shown. */
export function RegistryView({ registry }: { readonly registry: RegistrySettings }) {
  const place = useRegistries((state) => placeOf(state, registry.id));
  useEffect(() => {
    const signInHost = abilitiesOf(registry.kind).signsIn ? registryHostOf(registry) : null;
    registriesStore.setState({ signInHost });
    return () => registriesStore.setState({ signInHost: null });
  }, [registry]);
  return (
    <section aria-label={registry.label} className="h-full min-h-0">
      <SplitPane
        id="registries.image"
        secondSize={43}
        secondMinSize={30}
        firstMinSize={30}
        first={
          <div className="flex h-full min-h-0 flex-col">
            <RegistryHead registry={registry} />
            {place.repository === null ? (
              <RepositoryBrowser registry={registry} place={place} />
            ) : (
              <TagBrowser
                key={place.repository}
                registry={registry}
                place={place}
                repository={place.repository}
              />
            )}
          </div>
        }
        second={<ImagePane registry={registry} shown={place.shown} isInTree={isTree(registry)} />}
      />
    </section>
  );
}

function isTree({ kind }: RegistrySettings): boolean {
  return abilitiesOf(kind).isTree;
}

function RegistryHead({ registry }: { readonly registry: RegistrySettings }) {
  const text = useText('registries');
  const abilities = abilitiesOf(registry.kind);
  // The menu's lines follow whether one can sign in.
  useRegistries((state) => state.signInHost);
  const Icon = kindIcons[registry.kind];
  return (
    <header className="flex shrink-0 flex-col gap-1 px-3 pt-2 pb-2">
      <div className="flex min-w-0 items-center gap-2">
        <Icon aria-hidden className="size-4 shrink-0 text-ink-2" strokeWidth={1.75} />
        <h2 className="min-w-0 truncate text-heading font-[650]">
          <bdi dir="ltr">{registry.label}</bdi>
        </h2>
        <bdi
          dir="ltr"
          data-selectable
          title={registry.address}
          className="min-w-0 flex-1 truncate text-small text-ink-3"
        >
          {addressText(registry)}
        </bdi>
        {registry.allowHttp ? <Badge tone="warn">{text('plainHttp')}</Badge> : null}
        <Menu
          align="end"
          trigger={<IconButton icon={Ellipsis} label={text('more', { registry: registry.label })} />}
          entries={commandEntries(registryMenu)}
        />
      </div>
      {abilities.wasRun ? null : (
        <p className="text-small text-ink-3" title={text('notRunHint')}>
          {text(`kinds.${registry.kind}`) === registry.label ? '' : `${text(`kinds.${registry.kind}`)}. `}
          {text('notRun')}
          <span className="sr-only">. {text('notRunHint')}</span>
        </p>
      )}
      {abilities.signsIn ? <AccessLine registry={registry} /> : null}
    </header>
  );
}
