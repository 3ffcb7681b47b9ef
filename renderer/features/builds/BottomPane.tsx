import { PanelBottomClose } from 'lucide-react';
import { useText } from '#renderer/i18n/i18n.ts';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { Tabs } from '#renderer/ui/Tabs.tsx';
import { BuildPane } from './BuildPane.tsx';
import { type BottomTab, buildsStore, currentDocument, useBuilds } from './buildsState.ts';
import { ProblemList } from './ProblemList.tsx';

/** Below the editor: what lint found, and the build that is looked at. */
export function BottomPane({ tab }: { readonly tab: BottomTab }) {
  const text = useText('builds');
  const document = useBuilds(currentDocument);
  const problems = useBuilds((state) => state.lints[document?.id ?? '']?.findings.length ?? 0);
  return (
    <section aria-label={text('bottom')} className="relative flex h-full min-h-0 flex-col bg-panel">
      <Tabs
        isInset
        label={text('bottom')}
        value={tab}
        onChange={(bottomTab) => buildsStore.setState({ bottomTab })}
        items={[
          { id: 'build', label: text('build.tab'), content: <BuildPane /> },
          ...(document === null
            ? []
            : [
                {
                  id: 'problems' as const,
                  label: problems === 0 ? text('problems.tab') : `${text('problems.tab')} ${problems}`,
                  content: <ProblemList document={document} />,
                },
              ]),
        ]}
      />
      <span className="absolute top-0.5 right-1.5">
        <IconButton
          size="small"
          icon={PanelBottomClose}
          label={text('hideBottom')}
          onClick={() => buildsStore.setState({ bottomTab: null })}
        />
      </span>
    </section>
  );
}
