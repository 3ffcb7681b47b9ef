import { useText } from '#renderer/i18n/i18n.ts';
import { TextField } from '#renderer/ui/Field.tsx';
import { Disclosure } from './Disclosure.tsx';
import { type AnnotationName, annotationNames } from './publishForm.ts';

type Annotations = Readonly<Record<AnnotationName, string>>;

export interface PublishAnnotationsProps {
  readonly annotations: Annotations;
  readonly sourceProblem: 'notAnAddress' | null;
  readonly onChange: (annotations: Annotations) => void;
}

/** What registries show beside the image: title, description, licence and source. */
export function PublishAnnotations({ annotations, sourceProblem, onChange }: PublishAnnotationsProps) {
  const text = useText('images');
  const given = annotationNames.filter((name) => annotations[name].trim() !== '');
  const summary = given.map((name) => text(`publish.annotation.${name}`)).join(', ');
  return (
    <Disclosure label={text('publish.annotations')} summary={summary === '' ? null : summary}>
      <p className="text-small text-pretty text-ink-3">{text('publish.annotationsHint')}</p>
      <div className="grid grid-cols-2 gap-2.5">
        {annotationNames.map((name) => (
          <TextField
            key={name}
            label={text(`publish.annotation.${name}`)}
            placeholder={text(`publish.annotationPlaceholder.${name}`)}
            maxLength={4096}
            value={annotations[name]}
            onChange={(value) => onChange({ ...annotations, [name]: value })}
            problem={name === 'source' && sourceProblem !== null ? text('publish.sourceProblem') : null}
          />
        ))}
      </div>
    </Disclosure>
  );
}
