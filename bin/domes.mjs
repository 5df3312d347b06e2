#!/usr/bin/env node
// The `domes` command. It is TypeScript, loaded through tsx: there is no build step.
let register;
try {
  ({ register } = await import('tsx/esm/api'));
} catch {
  process.stderr.write('domes: the npm packages are not installed yet\n  next        run: npm ci\n');
  process.exit(1);
}
register();
// `domes … | head`: whoever reads has read enough.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
const { main } = await import('../src/harness/cli/main.ts');
process.exitCode = await main(process.argv);
