/** `npx tsx bench/typing/main.ts [lines [terminal|editor [uart|virtio]]]` */
import { type Echoer, type Port, soak } from './soak.ts';

const [lines = '300', echoer = 'terminal', port = 'uart'] = process.argv.slice(2);
if (!/^\d+$/.test(lines) || !/^(terminal|editor)$/.test(echoer) || !/^(uart|virtio)$/.test(port)) {
  console.error('usage: npx tsx bench/typing/main.ts [lines [terminal|editor [uart|virtio]]]');
  process.exit(2);
}
await soak(Number(lines), { echoer: echoer as Echoer, port: port as Port });
