import { createStore } from 'zustand/vanilla';
import type { ErrorAction } from '#core/contract/errors.ts';
import type { Task } from '#core/contract/tasks.ts';

/** What can be done about a failed task, by the kind of its error's action; the composition root fills it. */
export type ErrorActionHandlers = {
  readonly [Kind in ErrorAction['kind']]: (task: Task, action: Extract<ErrorAction, { kind: Kind }>) => void;
};

const handlersStore = createStore<{ readonly handlers: ErrorActionHandlers | null }>()(() => ({
  handlers: null,
}));

/** Says what each action does; called once, by the composition root. */
export function setErrorActions(handlers: ErrorActionHandlers): void {
  handlersStore.setState({ handlers });
}

/** Does what a failed task's error proposes. */
export function runErrorAction(task: Task, action: ErrorAction): void {
  const { handlers } = handlersStore.getState();
  if (handlers === null) throw new Error('no error actions are set');
  switch (action.kind) {
    case 'signIn':
      handlers.signIn(task, action);
      break;
    case 'retry':
      handlers.retry(task, action);
      break;
    case 'allowHttp':
      handlers.allowHttp(task, action);
      break;
    case 'overwrite':
      handlers.overwrite(task, action);
      break;
    case 'chooseFolder':
      handlers.chooseFolder(task, action);
      break;
    case 'freeSpace':
      handlers.freeSpace(task, action);
      break;
    case 'installRuntime':
      handlers.installRuntime(task, action);
      break;
    case 'openSettings':
      handlers.openSettings(task, action);
      break;
    case 'connect':
      handlers.connect(task, action);
      break;
    case 'editHost':
      handlers.editHost(task, action);
      break;
  }
}
