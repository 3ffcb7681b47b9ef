import type { RegistrySettings } from '#core/contract/registryList.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { showControls } from '#renderer/ui/hostileText.ts';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { FailureNotice } from './FailureNotice.tsx';
import type { Listing } from './listing.ts';
import { forgetRegistry } from './lists.ts';

export interface ListEndProps {
  readonly registry: RegistrySettings;
  readonly listing: Listing<unknown>;
}

/** What follows the last row: that more is coming, that it broke off there, or what the list leaves out. */
export function ListEnd({ registry, listing }: ListEndProps) {
  const text = useText('registries');
  if (listing.failure !== null) {
    return (
      <div className="p-3">
        <FailureNotice
          report={listing.failure}
          registry={registry}
          onRetry={() => forgetRegistry(registry.id)}
        />
      </div>
    );
  }
  if (!listing.isDone) return <Spinner label={text('loading')} className="p-3 text-ink-3" />;
  if (listing.note === null) return null;
  return <p className="px-3 py-2 text-small text-pretty text-ink-3">{showControls(listing.note)}</p>;
}
