import { useMemo, useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { Image, PublishInput, PublishPlan } from '#core/contract/images.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { type PlanAnswer, usePlan } from '#renderer/api/usePlan.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, isReachable, useHosts } from '#renderer/state/hosts.ts';
import { useSettings } from '#renderer/state/settings.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { Chip } from '#renderer/ui/Chip.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { TextField } from '#renderer/ui/Field.tsx';
import { HostLabel } from '#renderer/ui/HostLabel.tsx';
import { ConnectFirst } from './ConnectFirst.tsx';
import { PublishAnnotations } from './PublishAnnotations.tsx';
import { TagNow, WrittenBeside } from './PublishPlanParts.tsx';
import { PullCredentials } from './PullCredentials.tsx';
import { ByHand, PlanFailure } from './PullNotes.tsx';
import { atRegistry, type CheckedPublish, checkPublish, type PublishForm, pushHosts } from './publishForm.ts';
import { recallReference, rememberPush } from './publishMemory.ts';

export interface PublishDialogProps {
  readonly image: Image;
  readonly onClose: () => void;
}

const noRegistries: readonly never[] = [];

/** Asks under which name an image goes to a registry; what has that name now and what will be done is said before. */
export function PublishDialog({ image, onClose }: PublishDialogProps) {
  const text = useText('images');
  const host = useHosts((state) => hostOf(state, image.hostId));
  const hasOthers = useHosts((state) => state.hosts.length > 1);
  const registries = useSettings((state) => state.settings?.registries ?? noRegistries);
  const [form, setForm] = useState<PublishForm>(() => firstForm(image));
  const [isSending, setIsSending] = useState(false);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const checked = useMemo(() => checkPublish(form, image, registries), [form, image, registries]);
  const isAway = host === null || !isReachable(host);
  const answer = usePublishPlan(isAway ? null : checked.input);
  const { plan } = answer;
  const isTaken = plan?.exists != null && plan.exists.isSame !== true;
  // A registry that says nothing without a password is asked with it when the push begins.
  const isShut = answer.failure?.code === 'registry.unauthorized' && form.password !== '';
  const canSubmit =
    checked.input !== null &&
    checked.credentialsProblem === null &&
    checked.sourceProblem === null &&
    !isAway &&
    (plan !== null || isShut) &&
    (!isTaken || form.overwrite);
  const [asksSignIn, setAsksSignIn] = useState(false);
  // Once the registry has asked for it, the sign-in stays open.
  if (answer.failure?.code === 'registry.unauthorized' && !asksSignIn) setAsksSignIn(true);
  const change = (part: Partial<PublishForm>) => {
    setFailure(null);
    setForm((old) => ({ ...old, ...part }));
  };

  async function submit() {
    if (!canSubmit || isSending || checked.input === null) return;
    setIsSending(true);
    try {
      const { taskId } = await client.images.publish(checked.input);
      rememberPush(taskId, image, checked.input.reference);
      onClose();
    } catch (thrown) {
      setFailure(failureReport(thrown));
      setIsSending(false);
    }
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={text('publish.title', { name: image.name })}
      description={
        hasOthers && host !== null ? <HostLabel colour={host.colour} label={host.label} /> : undefined
      }
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>{text('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isSending} disabled={!canSubmit}>
            {text(isTaken && form.overwrite ? 'publish.submitOverwrite' : 'publish.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {host === null ? null : <ConnectFirst host={host} />}
        <TextField
          isCode
          autoFocus
          label={text('publish.reference')}
          placeholder={text('publish.placeholder')}
          value={form.reference}
          onChange={(reference) => change({ reference, overwrite: false, allowHttp: null })}
          hint={hintOf(checked, text)}
          problem={
            checked.problem === null
              ? null
              : text(`publish.problem.${checked.problem.kind}`, { detail: checked.problem.detail })
          }
        />
        <RegistryChips
          hosts={pushHosts(registries)}
          reference={form.reference}
          onChoose={(registry) =>
            change({
              reference: atRegistry(form.reference, registry, image.name),
              overwrite: false,
              allowHttp: null,
            })
          }
        />
        <TagNow plan={plan} isPlanning={answer.isPlanning} />
        {isTaken || (form.overwrite && failure !== null) || failure?.code === 'registry.tagTaken' ? (
          <Checkbox
            label={text('publish.overwrite', { tag: checked.tag })}
            hint={text('publish.overwriteHint')}
            isChecked={form.overwrite}
            onChange={(overwrite) => change({ overwrite })}
          />
        ) : null}
        {checked.httpRegistry === null ? null : (
          <Checkbox
            label={text('pull.allowHttp')}
            hint={text('publish.allowHttpHint', { registry: checked.httpRegistry })}
            isChecked={checked.allowHttp}
            onChange={(allowHttp) => change({ allowHttp })}
          />
        )}
        <PullCredentials
          key={asksSignIn ? 'asked' : 'offered'}
          form={form}
          hint={text('publish.signInHint')}
          problem={checked.credentialsProblem}
          isOpen={asksSignIn}
          onChange={change}
        />
        <PublishAnnotations
          annotations={form.annotations}
          sourceProblem={checked.sourceProblem}
          onChange={(annotations) => change({ annotations })}
        />
        {plan === null ? null : <WrittenBeside annotations={plan.annotations} />}
        <PlanFailure report={failure ?? answer.failure} onAllowHttp={() => change({ allowHttp: true })} />
        <ByHand plan={plan} waiting={text('publish.byHandWaiting')} />
      </div>
    </Dialog>
  );
}

function hintOf(checked: CheckedPublish, text: ReturnType<typeof useText<'images'>>): string {
  if (checked.hasNoTag) return text('publish.problem.noTag');
  return checked.taken === null
    ? text('publish.referenceHint')
    : text('publish.taken', { reference: checked.taken });
}

/** The registries of the list that take pushes: a press puts one in front. */
function RegistryChips({
  hosts,
  reference,
  onChoose,
}: {
  readonly hosts: readonly string[];
  readonly reference: string;
  readonly onChoose: (registry: string) => void;
}) {
  const text = useText('images');
  if (hosts.length === 0) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would want a legend of its own
    <div role="group" aria-label={text('publish.registries')} className="-mt-1 flex flex-wrap gap-1.5">
      {hosts.map((registry) => (
        <Chip
          key={registry}
          isOn={reference.trim().startsWith(`oras://${registry}/`)}
          onToggle={() => onChoose(registry)}
        >
          <bdi dir="ltr" className="font-mono text-code">
            {registry}
          </bdi>
        </Chip>
      ))}
    </div>
  );
}

/** Credentials are not sent for this: half of a password would be, while it is typed. */
function usePublishPlan(input: PublishInput | null): PlanAnswer<PublishPlan> {
  return usePlan({
    path: 'images.planPublish',
    // What is asked is what has the tag: that it may be overwritten makes no other answer.
    input: input === null ? null : { ...input, credentials: null },
    call: (asked, signal) => client.images.planPublish(asked, { signal }),
  });
}

function firstForm(image: Image): PublishForm {
  return {
    reference: recallReference(image),
    overwrite: false,
    allowHttp: null,
    annotations: { title: '', description: '', licenses: '', source: '' },
    userName: '',
    password: '',
  };
}
