import { useQuery } from '@tanstack/react-query';
import { CloudDownload, Ellipsis, FolderDown } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ImageFacts } from '#core/contract/registries.ts';
import { abilitiesOf, type RegistrySettings } from '#core/contract/registryKinds.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { commandEntries } from '#renderer/commands/entries.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { useHosts } from '#renderer/state/hosts.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { CopyButton } from '#renderer/ui/CopyButton.tsx';
import { Field } from '#renderer/ui/Field.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { Menu } from '#renderer/ui/Menu.tsx';
import { Segmented } from '#renderer/ui/Segmented.tsx';
import { Select } from '#renderer/ui/Select.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { FailureNotice } from './FailureNotice.tsx';
import { ImageTabs } from './ImageTabs.tsx';
import { isChangeable } from './references.ts';
import { registriesStore, type ShownImage, useRegistries } from './registriesState.ts';
import { chosenReference, pullShown } from './registryActions.ts';

export interface ImagePaneProps {
  readonly registry: RegistrySettings;
  readonly shown: ShownImage | null;
  readonly isInTree: boolean;
}

/** The image that was chosen in the list, or what the place is for. */
export function ImagePane({ registry, shown, isInTree }: ImagePaneProps) {
  const text = useText('registries');
  if (shown === null) {
    return (
      <aside aria-label={text('image.tabs.name')} className="grid h-full place-items-center bg-panel p-6">
        <p className="max-w-60 text-center text-small text-pretty text-ink-3">
          {text(isInTree ? 'image.noneTree' : 'image.none')}
        </p>
      </aside>
    );
  }
  return <ShownPane key={shown.reference} registry={registry} shown={shown} />;
}

interface ShownPaneProps {
  readonly registry: RegistrySettings;
  readonly shown: ShownImage;
}

function ShownPane({ registry, shown }: ShownPaneProps) {
  const text = useText('registries');
  const hostId = useHosts((state) => state.currentId);
  const [architecture, setArchitecture] = useState<string | null>(null);
  const input = { reference: shown.reference, architecture, allowHttp: registry.allowHttp };
  const { data, error, refetch, isFetching } = useQuery({
    ...contractQuery({
      path: 'registries.show',
      hostId,
      input,
      call: (signal) => client.registries.show({ ...input, hostId }, { signal }),
    }),
    // Another architecture of the same image keeps the old one in view until it is there.
    placeholderData: (old: ImageFacts | undefined) => old,
  });
  useFound(registry, error === null ? (data ?? null) : null);
  const name = showControls(shown.name);
  return (
    <aside
      aria-label={text('image.name', { name })}
      aria-busy={isFetching}
      className="flex h-full min-h-0 flex-col gap-2.5 overflow-hidden bg-panel p-3 pb-0"
    >
      <div className="flex items-start gap-2">
        <h2
          className="line-clamp-3 min-w-0 flex-1 text-heading font-bold [overflow-wrap:anywhere]"
          title={name}
        >
          <bdi dir="ltr">{name}</bdi>
        </h2>
        {data === undefined ? null : (
          <span title={text(`image.holdsText.${data.holds}`)}>
            <Badge tone={data.holds === 'other' ? 'warn' : 'plain'}>
              {text(`image.holds.${data.holds}`)}
            </Badge>
          </span>
        )}
      </div>
      {error === null ? null : (
        <FailureNotice report={failureReport(error)} registry={registry} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null ? <Spinner label={text('image.loading')} /> : null}
      {data === undefined || error !== null ? null : (
        <>
          <Actions facts={data} />
          <Platforms
            facts={data}
            value={architecture ?? data.manifest?.architecture ?? null}
            onChange={setArchitecture}
          />
          {data.manifest === null && data.platforms.length > 0 ? (
            <p role="status" className="rounded-control bg-warn-soft p-2 text-small text-pretty">
              {text('image.noManifest')}
            </p>
          ) : null}
          <ImageTabs facts={data} />
        </>
      )}
    </aside>
  );
}

/** Tells the commands what is shown. */
function useFound(registry: RegistrySettings, facts: ImageFacts | null): void {
  const { kind, allowHttp } = registry;
  useEffect(() => {
    registriesStore.setState({
      found:
        facts === null
          ? null
          : {
              reference: facts.reference,
              byDigest: facts.byDigest,
              digest: facts.digest,
              allowHttp,
              canChange: isChangeable(kind, abilitiesOf(kind).takesPushes),
            },
    });
    return () => registriesStore.setState({ found: null });
  }, [facts, kind, allowHttp]);
}

function Actions({ facts }: { readonly facts: ImageFacts }) {
  const text = useText('registries');
  const pullBy = useRegistries((state) => state.pullBy);
  const reference = useRegistries(chosenReference) ?? facts.reference;
  const by = facts.byDigest === null ? 'tag' : pullBy;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-end justify-between gap-2">
        <div role="toolbar" aria-label={text('image.actions')} className="flex flex-wrap gap-1.5">
          <Button
            data-image-start
            tone="primary"
            icon={CloudDownload}
            disabled={facts.holds === 'other'}
            onClick={() => pullShown('sif')}
          >
            {text('image.pullSif')}
          </Button>
          <Button icon={FolderDown} disabled={facts.holds === 'other'} onClick={() => pullShown('sandbox')}>
            {text('image.pullSandbox')}
          </Button>
          <Menu
            align="end"
            trigger={<IconButton icon={Ellipsis} label={text('image.more')} />}
            entries={commandEntries([
              'registries.copyReference',
              'registries.copyDigest',
              'separator',
              'registries.copyTag',
              'registries.delete',
            ])}
          />
        </div>
        {facts.byDigest === null ? null : (
          <div title={text(by === 'tag' ? 'image.byTagHint' : 'image.byDigestHint')}>
            <Segmented
              label={text('image.by')}
              isLabelHidden
              value={by}
              onChange={(chosen) => registriesStore.setState({ pullBy: chosen })}
              options={[
                { value: 'tag', label: text('image.byTag') },
                { value: 'digest', label: text('image.byDigest') },
              ]}
            />
          </div>
        )}
      </div>
      <p className="flex min-w-0 items-center gap-1 rounded-control border border-line bg-bg py-0.5 pr-0.5 pl-2">
        <bdi
          dir="ltr"
          data-selectable
          title={showControls(reference)}
          className="min-w-0 flex-1 truncate font-mono text-code"
        >
          {showControls(reference)}
        </bdi>
        <CopyButton
          value={reference}
          label={text('image.copyReference', { reference: showControls(reference) })}
        />
      </p>
    </div>
  );
}

interface PlatformsProps {
  readonly facts: ImageFacts;
  readonly value: string | null;
  readonly onChange: (architecture: string) => void;
}

/** One of the architectures of an index. */
function Platforms({ facts, value, onChange }: PlatformsProps) {
  const text = useText('registries');
  const names = [...new Set(facts.platforms.map(({ architecture }) => architecture))];
  if (names.length < 2) return null;
  return (
    <Field label={text('image.platform')} className="max-w-52">
      {(control) => (
        <Select
          control={control}
          value={value ?? ''}
          onChange={onChange}
          options={names.map((name) => ({ value: name, label: showControls(name) }))}
        />
      )}
    </Field>
  );
}
