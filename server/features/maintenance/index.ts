/** The door of maintenance windows: what is closed now and until when, and changing that. */
export { sayCentral } from './central-time.ts';
export type { WindowDraft, WindowView } from './contract.ts';
export { MAINTENANCE_QUEUES, maintenanceJobs } from './jobs.ts';
export { listWindows } from './list-windows.ts';
export { createMaintenance, inForceAmong, type Maintenance, type WindowInForce } from './load-windows.ts';
export { MAINTENANCE_PAGES, type MaintenancePage, type MaintenanceWindow, stateOf } from './maintenance-window.ts';
export { countWindows } from './overview-reads.ts';
export { parseDraft } from './parse-draft.ts';
export type { MaintenanceDeps, MaintenancePorts, StaffEmail } from './ports.ts';
export { windowView } from './present-window.ts';
export { registerMaintenanceRoutes } from './routes.ts';
export { changeWindow, createWindow, endWindow, type SavedWindow } from './save-window.ts';
export { windowsAt } from './window-store.ts';
