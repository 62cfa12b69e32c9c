export { exportAudit } from './export-audit.ts';
export { registerOverviewRoutes } from './routes.ts';
export { overviewJobs, VERIFY_AUDIT_QUEUE, verifyAudits } from './verify-audit.ts';
