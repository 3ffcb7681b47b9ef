import { useQuery } from '@tanstack/react-query';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { Recipe, RecipeInput } from '#core/contract/recipes.ts';
import { defaultActionOptions } from '#core/contract/runtime.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { usePlan } from '#renderer/api/usePlan.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, useHosts } from '#renderer/state/hosts.ts';
import { openTerminal } from '#renderer/state/terminals.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { CodeBlock } from '#renderer/ui/CodeBlock.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { PathField } from '#renderer/ui/PathField.tsx';
import { Segmented } from '#renderer/ui/Segmented.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { OpenWarning } from './OpenWarning.tsx';
import { rememberImage, useFirstImage } from './openMemory.ts';
import { PlanWarnings } from './PlanParts.tsx';
import { SetUpFields } from './SetUpFields.tsx';
import { checkSetUp, emptySetUp, type SetUpForm, sourceField } from './setUpForm.ts';
import { lastForm, noteSetUp } from './setUps.ts';
import { useLatest } from './useLatest.ts';
import { wholePath } from './workspaceForm.ts';

export interface SetUpDialogProps {
  readonly workspace: Workspace;
  readonly onClose: () => void;
}

/** Asks which software is set up in a workspace, from where and in which image; a terminal that the person sees does it. */
export function SetUpDialog({ workspace, onClose }: SetUpDialogProps) {
  const text = useText('workspacesForms');
  const common = useText('common');
  const { hostId, id, name } = workspace;
  const first = useFirstImage(workspace, 'made');
  const [typed, setTyped] = useState<SetUpForm | null>(() => lastForm(workspace));
  const [isImageTyped, setIsImageTyped] = useState(typed !== null);
  const form: SetUpForm = {
    ...(typed ?? emptySetUp(first)),
    ...(isImageTyped ? {} : { image: first }),
  };
  const [isTried, setIsTried] = useState(false);
  const { isBusy, failure, submit, forgetFailure } = useSubmit();
  const { data, error } = useQuery(
    contractQuery({
      path: 'recipes.list',
      hostId: null,
      call: (signal) => client.recipes.list(undefined, { signal }),
    }),
  );
  const recipe = data?.recipes.find(({ kind }) => kind === form.kind) ?? null;
  const imageFolders = useHosts((state) => hostOf(state, hostId)?.imageFolders) ?? [];
  const imagePath = wholePath(form.image);
  // The folder of images that the field begins with is none itself.
  const isImageChosen = imagePath !== null && imageFolders.every((folder) => folder !== imagePath);
  const { choice, problems } = checkSetUp(form);
  const input: RecipeInput | null =
    choice === null || !isImageChosen
      ? null
      : { hostId, id, imagePath, options: defaultActionOptions, choice };
  const answer = usePlan({
    path: 'recipes.prepare',
    input,
    call: (asked, signal) => client.recipes.prepare(asked, { signal }),
  });
  const latest = useLatest(answer.plan);
  const prepared = input === null ? null : latest;
  const change = (part: Partial<SetUpForm>) => {
    forgetFailure();
    if (part.image !== undefined) setIsImageTyped(true);
    setTyped((old) => ({ ...(old ?? form), ...part }));
  };

  function setUp() {
    setIsTried(true);
    if (input === null) return;
    void submit(async () => {
      const { action } = await client.recipes.prepare(input);
      const terminal = await openTerminal({ kind: 'container', action });
      noteSetUp(workspace, terminal.id, form);
      rememberImage(workspace, input.imagePath);
      onClose();
    });
  }

  const report = failure ?? answer.failure;
  const source = sourceField(form);
  const place =
    report?.code === 'image.missing'
      ? 'image'
      : report?.code === 'host.pathMissing' && source !== null
        ? 'source'
        : 'end';
  const notice = report === null ? null : <ErrorNotice report={report} />;
  return (
    <Dialog
      isOpen
      isHeld
      width="wide"
      onClose={onClose}
      title={text('setUp.title', { name })}
      description={text('setUp.description')}
      onSubmit={setUp}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy} disabled={data === undefined}>
            {text('setUp.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {error === null ? null : <ErrorNotice report={failureReport(error)} />}
        {data === undefined && error === null ? <Spinner label={text('setUp.reading')} /> : null}
        {data === undefined ? null : (
          <Segmented
            label={text('setUp.recipe')}
            value={form.kind}
            options={data.recipes.map(({ kind, title }) => ({ value: kind, label: title }))}
            onChange={(kind) => change({ kind })}
          />
        )}
        {recipe === null ? null : (
          <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,19rem)] gap-4">
            <div className="flex flex-col gap-3">
              <SetUpFields
                hostId={hostId}
                form={form}
                problems={problems}
                isTried={isTried}
                onChange={change}
              />
              {place === 'source' ? notice : null}
              <PathField
                hostId={hostId}
                label={text('setUp.image')}
                hint={text('setUp.imageHint')}
                wants="any"
                value={form.image}
                onChange={(image) => change({ image })}
                problem={
                  !isTried || isImageChosen
                    ? null
                    : text(imagePath === null ? 'pathProblem' : 'setUp.imageMissing')
                }
              />
              {place === 'image' ? notice : null}
              {prepared === null ? (
                <OpenWarning workspace={workspace} />
              ) : (
                <>
                  <PlanWarnings warnings={prepared.warnings} />
                  <details className="group">
                    <summary className="inline-flex list-none items-center gap-1 rounded-small text-small font-medium text-ink-2 hover:text-ink">
                      <ChevronRight
                        aria-hidden
                        className="size-3.5 transition-transform group-open:rotate-90"
                      />
                      {text('setUp.script')}
                    </summary>
                    <div className="pt-2">
                      <CodeBlock
                        label={text('setUp.script')}
                        code={prepared.script}
                        maxHeightClass="max-h-60"
                      />
                    </div>
                  </details>
                </>
              )}
              {place === 'end' ? notice : null}
            </div>
            <RecipeWords recipe={recipe} />
          </div>
        )}
      </div>
    </Dialog>
  );
}

/** What a recipe does, step by step, and why it does so. */
function RecipeWords({ recipe: { title, steps, reasons } }: { readonly recipe: Recipe }) {
  const text = useText('workspacesForms');
  return (
    <section
      aria-label={title}
      className="flex flex-col gap-2 self-start rounded-card border border-line bg-panel p-3 text-small"
      data-selectable
    >
      <h3 className="font-semibold">{text('setUp.steps')}</h3>
      <ol className="flex list-decimal flex-col gap-1 pl-4.5">
        {steps.map((step) => (
          <li key={step} className="text-pretty [overflow-wrap:anywhere]">
            {step}
          </li>
        ))}
      </ol>
      <h3 className="font-semibold">{text('setUp.reasons')}</h3>
      <ul className="flex list-disc flex-col gap-1 pl-4.5 text-ink-2">
        {reasons.map((reason) => (
          <li key={reason} className="text-pretty [overflow-wrap:anywhere]">
            {reason}
          </li>
        ))}
      </ul>
    </section>
  );
}
