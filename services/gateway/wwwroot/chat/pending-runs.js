import { parsed } from '../kit/json-text.js';

const key = 'streamchat.pendingRuns';
const mostRuns = 20;

/** The runs of this tab that have not ended yet, so that a reload finds them again: `{userId, threadId, runId, content}`. */
export function pendingRuns(userId, threadId) {
  return all().filter((run) => run.userId === userId && run.threadId === threadId);
}

export function addPendingRun(run) {
  store([...all(), run].slice(-mostRuns));
}

export function removePendingRun(runId) {
  store(all().filter((run) => run.runId !== runId));
}

function all() {
  try {
    const runs = parsed(sessionStorage.getItem(key) ?? '');
    return Array.isArray(runs) ? runs : [];
  } catch {
    return []; // storage is switched off
  }
}

function store(runs) {
  try {
    sessionStorage.setItem(key, JSON.stringify(runs));
  } catch {
    // storage is switched off, or full: a reload will not find the run
  }
}
