import { useQuery } from '@tanstack/react-query';
import { CloudDownload, Ellipsis, FolderDown, SquareTerminal } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ImageFacts } from '#core/contract/registries.ts';
import { abilitiesOf } from '#core/contract/registryKinds.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
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
import { chosenReference, openShellInPlace, pullShown } from './registryActions.ts';

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
          <Actions />
          <Choices
            facts={data}
            architecture={architecture ?? data.manifest?.architecture ?? null}
            onArchitecture={setArchitecture}
          />
          <ReferenceLine facts={data} />
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
              holds: facts.holds,
              allowHttp,
              canChange: isChangeable(kind, abilitiesOf(kind).takesPushes),
            },
    });
    return () => registriesStore.setState({ found: null });
  }, [facts, kind, allowHttp]);
}

function Actions() {
  const text = useText('registries');
  // The menu's lines and the buttons follow what was found.
  const found = useRegistries((state) => state.found);
  const isOther = found?.holds === 'other';
  return (
    <div role="toolbar" aria-label={text('image.actions')} className="flex flex-wrap gap-1.5">
      {found?.holds === 'sandbox' ? (
        <>
          <Button data-image-start tone="primary" icon={SquareTerminal} onClick={openShellInPlace}>
            {text('image.shell')}
          </Button>
          <Button icon={FolderDown} onClick={() => pullShown('sandbox')}>
            {text('image.import')}
          </Button>
        </>
      ) : (
        <>
          <Button
            data-image-start
            tone="primary"
            icon={CloudDownload}
            disabled={isOther}
            onClick={() => pullShown('sif')}
          >
            {text('image.pullSif')}
          </Button>
          <Button icon={FolderDown} disabled={isOther} onClick={() => pullShown('sandbox')}>
            {text('image.pullSandbox')}
          </Button>
        </>
      )}
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
  );
}

interface ChoicesProps {
  readonly facts: ImageFacts;
  readonly architecture: string | null;
  readonly onArchitecture: (architecture: string) => void;
}

/** By tag or by digest, and one of the architectures of an index. */
function Choices({ facts, architecture, onArchitecture }: ChoicesProps) {
  const text = useText('registries');
  const by = useRegistries((state) => state.pullBy);
  const names = [...new Set(facts.platforms.map((platform) => platform.architecture))];
  if (facts.byDigest === null && names.length < 2) return null;
  return (
    <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
      {facts.byDigest === null ? null : (
        <div title={text(by === 'tag' ? 'image.byTagHint' : 'image.byDigestHint')}>
          <Segmented
            label={text('image.by')}
            value={by}
            onChange={(pullBy) => registriesStore.setState({ pullBy })}
            options={[
              { value: 'tag', label: text('image.byTag') },
              { value: 'digest', label: text('image.byDigest') },
            ]}
          />
        </div>
      )}
      {names.length < 2 ? null : (
        <Field label={text('image.platform')} className="min-w-28 max-w-52 flex-1">
          {(control) => (
            <Select
              control={control}
              value={architecture ?? ''}
              onChange={onArchitecture}
              options={names.map((name) => ({ value: name, label: showControls(name) }))}
            />
          )}
        </Field>
      )}
    </div>
  );
}

/** What is copied and pulled. */
function ReferenceLine({ facts }: { readonly facts: ImageFacts }) {
  const text = useText('registries');
  const reference = useRegistries(chosenReference) ?? facts.reference;
  const shown = showControls(reference);
  return (
    <p className="flex min-w-0 items-center gap-1 rounded-control border border-line bg-bg py-0.5 pr-0.5 pl-2">
      <bdi dir="ltr" data-selectable title={shown} className="min-w-0 flex-1 truncate font-mono text-code">
        {shown}
      </bdi>
      <CopyButton value={reference} label={text('image.copyReference', { reference: shown })} />
    </p>
  );
}
