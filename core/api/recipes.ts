import { prepareRecipe } from '#core/recipes/prepareRecipe.ts';
import { recipes } from '#core/recipes/recipeTexts.ts';
import { api } from './base.ts';
import type { Services } from './services.ts';

export function recipesApi({ hosts, workspaces }: Services) {
  return {
    list: api.recipes.list.handler(() => ({ recipes: [...recipes] })),
    prepare: api.recipes.prepare.handler(({ input }) =>
      prepareRecipe({ openHost: (id) => hosts.open(id), store: workspaces.store }, input),
    ),
  };
}
