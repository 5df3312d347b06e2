/**
 * The report bench:  npm run bench -- report
 *
 * What recording and reporting cost a run, and what a report costs that is larger than usual.
 */
import { benchCostOfARun } from './cost-of-a-run.ts';
import { benchLargeReports } from './large-reports.ts';

await benchLargeReports();
await benchCostOfARun(4);
