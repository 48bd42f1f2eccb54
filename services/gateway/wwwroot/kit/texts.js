const english = {
  skip: 'Skip to the message box',
  newThread: 'New conversation',
  userId: 'Your user id',
  conversation: 'Conversation',
  welcomeTitle: 'Ask something.',
  welcomeText: 'The answer streams in word by word, with every tool that was used to find it. Pick a question or write your own.',
  examples: 'Example questions',
  messageLabel: 'Message',
  messagePlaceholder: 'Write a message',
  send: 'Send',
  stop: 'Stop',
  stopping: 'Stopping…',
  keys: 'Enter sends · Shift + Enter starts a new line · Esc stops the answer',
  latest: 'Go to the latest',
  connecting: 'Connecting',
  open: 'Connected',
  closed: 'Not connected',
  lost: 'The connection was lost. Trying again…',
  reconnecting: 'Connecting again…',
  idle: 'The connection rests. It wakes when you write.',
  policy: 'The server closed this connection.',
  connectNow: 'Connect now',
  you: 'You',
  assistant: 'Assistant',
  answering: 'Answering…',
  waitingForConnection: 'Waiting for the connection…',
  stateDone: 'The answer is complete.',
  stateCancelled: 'Stopped',
  stateFailed: 'The answer failed.',
  toolRunning: 'running',
  toolDone: 'done',
  toolError: 'failed',
  toolStopped: 'stopped',
  toolArguments: 'Arguments',
  toolResult: 'Result',
  ttft: 'First token',
  rate: 'Speed',
  rateUnit: 'tokens/s',
  total: 'Total',
  deltas: 'Deltas',
  trace: 'Trace',
  copyTrace: 'Copy the trace id',
  copied: 'Copied',
  retry: 'Try again',
  dismiss: 'Dismiss',
  error_rate_limited: 'That was a little too fast. Wait a moment, then try again.',
  error_busy: 'Everything is busy right now. Try again in a moment.',
  error_unavailable: 'This cannot be reached right now. Try again in a moment.',
  error_too_large: 'That message is too long.',
  error_forbidden: 'This conversation belongs to somebody else.',
  error_not_found: 'This answer can no longer be found.',
  error_conflict: 'This conversation is already being answered.',
  error_lost: 'The connection was lost and the answer with it.',
  error_model_error: 'The model could not answer.',
  error_limit_reached: 'The answer took too many steps or too long.',
  error_other: 'Something went wrong on our side.',
};

const chinese = {
  skip: '跳到输入框',
  newThread: '新对话',
  userId: '你的用户名',
  conversation: '对话',
  welcomeTitle: '想问点什么？',
  welcomeText: '回答会逐字出现，用到的每个工具也会一并显示。选一个问题，或者自己写。',
  examples: '示例问题',
  messageLabel: '消息',
  messagePlaceholder: '输入消息',
  send: '发送',
  stop: '停止',
  stopping: '正在停止…',
  keys: 'Enter 发送 · Shift + Enter 换行 · Esc 停止回答',
  latest: '回到最新',
  connecting: '连接中',
  open: '已连接',
  closed: '未连接',
  lost: '连接已断开，正在重试…',
  reconnecting: '正在重新连接…',
  idle: '连接已休眠，输入时会自动恢复。',
  policy: '服务器关闭了此连接。',
  connectNow: '立即连接',
  you: '你',
  assistant: '助手',
  answering: '正在回答…',
  waitingForConnection: '正在等待连接…',
  stateDone: '回答完毕。',
  stateCancelled: '已停止',
  stateFailed: '回答失败。',
  toolRunning: '运行中',
  toolDone: '完成',
  toolError: '失败',
  toolStopped: '已停止',
  toolArguments: '参数',
  toolResult: '结果',
  ttft: '首个词元',
  rate: '速度',
  rateUnit: '词元/秒',
  total: '总用时',
  deltas: '增量',
  trace: '追踪',
  copyTrace: '复制追踪编号',
  copied: '已复制',
  retry: '重试',
  dismiss: '关闭',
  error_rate_limited: '发送得有点快，请稍等片刻再试。',
  error_busy: '现在比较繁忙，请稍后再试。',
  error_unavailable: '暂时无法连接到服务，请稍后再试。',
  error_too_large: '这条消息太长了。',
  error_forbidden: '这个对话属于其他用户。',
  error_not_found: '已经找不到这个回答了。',
  error_conflict: '这个对话正在回答中。',
  error_lost: '连接中断，回答未能收到。',
  error_model_error: '模型未能给出回答。',
  error_limit_reached: '回答步骤过多或用时过长。',
  error_other: '我们这边出了点问题。',
};

/** The language of the page: `zh` for readers of Chinese, else `en`. */
export const language = navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';

const texts = language === 'zh' ? chinese : english;

/** A text of the page in the reader's language. */
export function text(key) {
  return texts[key];
}

/** What to tell a person about an error: our own words where the code says enough, else the server's. */
export function errorText({ code, message }) {
  return texts[`error_${code}`] ?? (message || texts.error_other);
}

/**
 * Puts the texts in place that the markup asks for by `data-text`, `data-label` (for those who listen, and as a hint on
 * buttons) and `data-placeholder`.
 */
export function applyTexts(root = document) {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  for (const node of root.querySelectorAll('[data-text]')) {
    node.textContent = text(node.dataset.text);
  }

  for (const node of root.querySelectorAll('[data-label]')) {
    node.setAttribute('aria-label', text(node.dataset.label));
    if (node instanceof HTMLButtonElement) {
      node.title = text(node.dataset.label);
    }
  }

  for (const node of root.querySelectorAll('[data-placeholder]')) {
    node.placeholder = text(node.dataset.placeholder);
  }
}
