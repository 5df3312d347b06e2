/** From the package names of a recipe to the exact packages that an archive has for them. */
import { ImageError } from '../../errors.ts';
import type { Archive } from './apt/archive.ts';
import type { LockedPackage } from './lock-file.ts';
import type { PackageRequest, Recipe } from './recipe.ts';

/**
 * What a recipe's requests mean today: exact versions, as the archive has them.
 * @throws ImageError for a package that the archive does not have.
 */
export async function resolveRequests(archive: Archive, recipe: Recipe): Promise<LockedPackage[]> {
  const named = await archive.newest(recipe.packages.map(nameOf));
  const resolved = recipe.packages.map((request, index): { name: string; dependencyOf?: string } => {
    const stanza = named[index];
    if (!stanza) throw unknownPackage(recipe, nameOf(request));
    if (typeof request === 'string') return { name: request };
    const pattern = new RegExp(request.dependsMatching);
    const name = stanza.depends.find((dependency) => pattern.test(dependency));
    if (name) return { name, dependencyOf: request.name };
    throw new ImageError(
      `${recipe.shownAs}/recipe.json: ${request.name} ${stanza.version} depends on nothing that matches ${pattern}`,
      { probably: `its dependencies are ${stanza.depends.join(', ') || 'none'}` },
    );
  });
  const stanzas = await archive.newest(resolved.map(({ name }) => name));
  return resolved.map(({ name, dependencyOf }, index) => {
    const stanza = stanzas[index];
    if (!stanza) throw unknownPackage(recipe, name);
    const { version, architecture, sha256, size } = stanza;
    return { name, version, architecture, sha256, size, ...(dependencyOf && { dependencyOf }) };
  });
}

function nameOf(request: PackageRequest): string {
  return typeof request === 'string' ? request : request.name;
}

function unknownPackage(recipe: Recipe, name: string): ImageError {
  return new ImageError(
    `${recipe.shownAs}/recipe.json asks for ${name}, which this host's package sources do not have`,
    {
      probably:
        'they are those of another release or distribution than the recipe was written for (Debian 12)',
      next: 'set DOMES_APT_SOURCES to a sources.list file that names a Debian 12 mirror',
    },
  );
}
