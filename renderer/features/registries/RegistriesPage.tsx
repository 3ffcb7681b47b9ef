import { Library } from 'lucide-react';
import { CommandButton } from '#renderer/commands/CommandButton.tsx';
import { useText } from '#renderer/i18n/i18n.ts';
import { useSettings } from '#renderer/state/settings.ts';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { PageHeader } from '#renderer/ui/PageHeader.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { SplitPane } from '#renderer/ui/SplitPane.tsx';
import { RegistryList } from './RegistryList.tsx';
import { RegistryView } from './RegistryView.tsx';
import { useRegistries } from './registriesState.ts';

/** The person's registries, what is in the chosen one, and what is in an image of it. */
export function RegistriesPage() {
  const text = useText('registries');
  const registries = useSettings((state) => state.settings?.registries ?? null);
  const chosenId = useRegistries((state) => state.chosenId);
  if (registries === null) {
    return (
      <div className="grid h-full place-items-center">
        <Spinner />
      </div>
    );
  }
  const chosen = registries.find(({ id }) => id === chosenId) ?? null;
  return (
    <div className="flex h-full min-h-0 flex-col" data-page="registries">
      <PageHeader title={text('title')} detail={text('count', { count: registries.length })}>
        {chosen === null ? null : <CommandButton id="registries.refresh" isIconOnly />}
        <CommandButton id="registries.add" tone={registries.length === 0 ? 'primary' : 'plain'} />
      </PageHeader>
      <div className="min-h-0 flex-1 border-t border-line">
        {registries.length === 0 ? (
          <EmptyState icon={Library} title={text('none')} text={text('noneText')}>
            <CommandButton id="registries.add" />
          </EmptyState>
        ) : (
          <SplitPane
            id="registries.list"
            secondSize={81}
            secondMinSize={55}
            firstMinSize={15}
            first={<RegistryList registries={registries} chosenId={chosen?.id ?? null} />}
            second={
              chosen === null ? (
                <EmptyState icon={Library} title={text('choose')} text={text('chooseText')} />
              ) : (
                <RegistryView key={`${chosen.id} ${chosen.kind} ${chosen.address}`} registry={chosen} />
              )
            }
          />
        )}
      </div>
    </div>
  );
}
