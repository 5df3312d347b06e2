/** `domes diagnose --list`: the catalogue, as rows, as JSON or as a document. */
import { FAILURE_CLASSES } from '../diagnosis/catalogue.ts';
import { catalogueDocument } from '../diagnosis/catalogue-document.ts';
import { alignedRows } from './rows.ts';

export function listClasses({ json, markdown }: { json?: boolean; markdown?: boolean }): void {
  if (markdown) process.stdout.write(catalogueDocument());
  else if (json) process.stdout.write(`${JSON.stringify({ classes: asData() }, undefined, 2)}\n`);
  else
    process.stdout.write(
      alignedRows([
        ['CLASS', 'SEVERITY', 'CAUSE'],
        ...FAILURE_CLASSES.map(({ id, severity, cause }) => [id, severity, cause]),
      ]),
    );
}

function asData() {
  return FAILURE_CLASSES.map(({ id, stage, severity, signatures, cause, remedy, source }) => ({
    class: id,
    stage,
    severity,
    signatures: signatures.map(({ line, after }) => ({
      line: String(line),
      ...(after && { after: String(after) }),
    })),
    cause,
    remedy,
    source,
  }));
}
