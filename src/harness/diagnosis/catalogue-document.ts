/** docs/failure-classes.md: the catalogue for people. Written by `npx domes diagnose --list --markdown`. */
import { STAGES } from '../stage.ts';
import { FAILURE_CLASSES } from './catalogue.ts';
import type { FailureClass } from './failure-class.ts';

/** Stages whose classes are those of another stage, seen in a guest. */
const TWIN_OF: Readonly<Record<string, string>> = {
  'guest-bootloader': 'bootloader',
  'guest-kernel': 'kernel',
  'guest-userspace': 'userspace',
};

export function catalogueDocument(): string {
  const sections = STAGES.map((stage) => {
    const classes = FAILURE_CLASSES.filter((known) => known.stage === stage);
    const own = classes.filter(({ id }) => !isTwin(id));
    const twins = classes.length - own.length;
    const note =
      twins > 0
        ? `Each of the ${twins} classes of *${TWIN_OF[stage]}*, as \`${stage}/…\`, where a guest's console shows it${own.length > 0 ? '; and' : '.'}\n\n`
        : '';
    return `## ${stage} (${classes.length})\n\n${note}${own.length > 0 ? table(own) : ''}`;
  });
  return `<!-- Written by: npx domes diagnose --list --markdown > docs/failure-classes.md -->
# Failure classes

What domes recognises on a console or in a log: ${FAILURE_CLASSES.length} classes in ${STAGES.length} stages. *fatal* ends every wait at once; *hard* is a failure
after which the machine goes on; *soft* and *info* are worth knowing when something else fails. A class without a
signature is told by the harness itself. \`npx domes diagnose LOG\` looks for them in a log; in a scenario
\`machine.expectFailure('stage/label')\` says that one is wanted.

${sections.join('\n')}`;
}

function isTwin(id: string): boolean {
  const [stage = '', label = ''] = id.split('/');
  const other = TWIN_OF[stage];
  return other !== undefined && FAILURE_CLASSES.some((known) => known.id === `${other}/${label}`);
}

function table(classes: readonly FailureClass[]): string {
  const rows = classes.map(
    ({ id, severity, cause, remedy, source }) =>
      `| \`${id}\` | ${severity} | ${cell(cause)} | ${cell(remedy)} | ${cell(source)} |`,
  );
  return `| class | severity | cause | remedy | known from |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
}

function cell(text: string): string {
  return text.replace(/[|<>*_\\]/g, '\\$&');
}
