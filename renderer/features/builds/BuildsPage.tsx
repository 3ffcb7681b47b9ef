import { Hammer } from 'lucide-react';
import { useEffect } from 'react';
import { CommandButton } from '#renderer/commands/CommandButton.tsx';
import { useText } from '#renderer/i18n/i18n.ts';
import { attempt } from '#renderer/state/notices.ts';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { PageHeader } from '#renderer/ui/PageHeader.tsx';
import { SplitPane } from '#renderer/ui/SplitPane.tsx';
import { BottomPane } from './BottomPane.tsx';
import { BuildsDialogs } from './BuildsDialogs.tsx';
import { currentDocument, useBuilds } from './buildsState.ts';
import { DocumentArea } from './DocumentArea.tsx';
import { restoreDocuments, takeDraft } from './documents.ts';
import { SidePane } from './SidePane.tsx';
import { useBuildHistory, useBuildsFollowed } from './useBuildHistory.ts';

/** Definition files in an editor, what was built of them, and the build that runs. */
export function BuildsPage() {
  const text = useText('builds');
  const document = useBuilds(currentDocument);
  const bottomTab = useBuilds((state) => state.bottomTab);
  const { builds } = useBuildHistory();
  useBuildsFollowed();
  useEffect(
    () =>
      attempt(async () => {
        await restoreDocuments();
        takeDraft();
      }),
    [],
  );
  const editor =
    document === null ? (
      <EmptyState icon={Hammer} title={text('empty.title')} text={text('empty.text')}>
        <CommandButton id="builds.new" tone="primary" />
        <CommandButton id="builds.open" />
      </EmptyState>
    ) : (
      <DocumentArea document={document} />
    );
  const isProblemsOfNothing = bottomTab === 'problems' && document === null;
  return (
    <div className="flex h-full min-h-0 flex-col" data-page="builds">
      <PageHeader
        title={text('title')}
        detail={builds === null ? undefined : text('count', { count: builds.length })}
      >
        <CommandButton id="builds.goToSection" isIconOnly />
        <CommandButton id="builds.find" isIconOnly />
        <CommandButton id="builds.new" />
        <CommandButton id="builds.open" />
        <CommandButton id="builds.save" />
        <CommandButton id="builds.build" tone="primary" />
      </PageHeader>
      <div className="min-h-0 flex-1 border-t border-line">
        <SplitPane
          id="builds.side"
          secondSize={78}
          secondMinSize={50}
          firstMinSize={14}
          first={<SidePane />}
          second={
            <SplitPane
              id="builds.bottom"
              direction="vertical"
              secondSize={42}
              secondMinSize={15}
              firstMinSize={20}
              first={editor}
              second={bottomTab === null || isProblemsOfNothing ? null : <BottomPane tab={bottomTab} />}
            />
          }
        />
      </div>
      <BuildsDialogs />
    </div>
  );
}
