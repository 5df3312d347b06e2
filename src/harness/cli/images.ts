/** `domes images …`: the images of the manifest, and the cache that they are kept in. */
import { Command } from 'commander';
import { EXIT, exitHelp } from './exit-code.ts';

/** The actions are loaded when they are needed: `--help` must not wait for them. */
export function imagesCommand(exitWith: (code: number) => void): Command {
  const command = new Command('images').description(
    'list, build, verify, send and prune the images of images.manifest.json',
  );
  command.addHelpText('after', exitHelp(['npx domes images list', 'npx domes images build slim-dom0']));

  command
    .command('list')
    .description('show every image, where it comes from and whether it is ready')
    .option('--json', 'print them as JSON, for programs')
    .addHelpText('after', exitHelp(['npx domes images list --json']))
    .action(async ({ json = false }: { json?: boolean }) => {
      const { listImages } = await import('./list-images.ts');
      await listImages({ json });
    });

  command
    .command('build')
    .description('build or download images that are not ready; without names, all of them')
    .argument('[name...]', 'images of images.manifest.json')
    .option('--locked', 'refuse whatever would change images.lock.json (also: DOMES_LOCKED=1)')
    .addHelpText('after', exitHelp(['npx domes images build slim-dom0', 'npx domes images build --locked']))
    .action(async (names: string[], { locked }: { locked?: boolean }) => {
      const { buildImages } = await import('./build-images.ts');
      await buildImages(names, { ...(locked && { locked }) });
    });

  command
    .command('verify')
    .description('read every byte of images that are ready and compare digests; without names, all of them')
    .argument('[name...]', 'images of images.manifest.json')
    .option('--json', 'print the result as JSON, for programs')
    .addHelpText('after', exitHelp(['npx domes images verify slim-dom0']))
    .action(async (names: string[], { json = false }: { json?: boolean }) => {
      const { verifyImages } = await import('./verify-images.ts');
      exitWith((await verifyImages(names, { json })) ? EXIT.ok : EXIT.trouble);
    });

  command
    .command('path')
    .description("print the full paths of an image's files, or of one of them")
    .argument('<name>', 'an image of images.manifest.json')
    .argument('[file]', 'one of its files: disk.raw, say')
    .option('--json', 'print an object, file name to path')
    .addHelpText('after', exitHelp(['npx domes images path slim-dom0 disk.raw']))
    .action(async (name: string, file: string | undefined, { json = false }: { json?: boolean }) => {
      const { printPaths } = await import('./list-images.ts');
      await printPaths(name, file, { json });
    });

  command
    .command('send')
    .description(
      'send images to the hosts of DOMES_HOST ahead of a run; without names, all that domes has built',
    )
    .argument('[name...]', 'images of images.manifest.json')
    .addHelpText('after', exitHelp(['DOMES_HOST=ssh://me@lab npx domes images send slim-dom0']))
    .action(async (names: string[]) => {
      const { sendImages } = await import('./send-images.ts');
      await sendImages(names);
    });

  command
    .command('prune')
    .description('remove from the cache what the manifest and the lock no longer ask for')
    .option('--dry-run', 'only say what would be removed')
    .option('--json', 'print what was removed as JSON, for programs')
    .addHelpText('after', exitHelp(['npx domes images prune --dry-run']))
    .action(async (options: { dryRun?: boolean; json?: boolean }) => {
      const { pruneImages } = await import('./prune-images.ts');
      await pruneImages(options);
    });
  return command;
}
