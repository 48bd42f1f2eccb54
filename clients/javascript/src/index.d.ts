/** What the client takes from where it runs; each has a default, and a test gives its own. */
export interface Environment {
  /** The constructor of sockets. Needed where there is no global one, as in Node 18 and 20. */
  WebSocket?: new (url: string, protocols?: string[]) => WebSocketLike;
  fetch?: typeof fetch;
  /** Milliseconds of a clock that never goes back. */
  now?: () => number;
  /** Unix milliseconds. */
  unixNow?: () => number;
  setTimeout?: (callback: () => void, ms: number) => unknown;
  clearTimeout?: (timer: any) => void;
  /** From 0 to 1. */
  random?: () => number;
  /** A new UUID, best of version 7. */
  uuid?: () => string;
}

/** The part of a WebSocket that is used. */
export interface WebSocketLike {
  send(data: string): void;
  close(code?: number): void;
  addEventListener(type: string, listener: (event: any) => void): void;
}

/** An access token, perhaps with the time until which it is good, in Unix milliseconds. */
export type Token = string | { token: string; expiresAt?: number };

export interface ClientOptions extends Environment {
  /** Who this is, where the server wants no token. */
  userId?: string;
  /** The access token, or what gets one: asked for at every connection, in time before the old one expires, and after a 4001. */
  token?: Token | (() => Token | Promise<Token>);
  /** Bound of the first pause before coming back; doubles with every failure. Default 500. */
  firstMs?: number;
  /** The same when the server closed with 1013. Default 2000. */
  busyMs?: number;
  /** The most that a pause lasts. Default 15000. */
  mostMs?: number;
  /** How long a connection may take until it is welcomed. Default 10000. */
  welcomeMs?: number;
  /** Silence during a run after which the server is pinged; without one it is its heartbeat. Default 10000. */
  quietMs?: number;
  /** How long the answer to that may take. Default 10000. */
  pongMs?: number;
  /** How long events that are missing may take before the connection is made anew. Default 5000. */
  gapMs?: number;
  /** How long to try to come back before all ends with `gave_up`. Default: for ever. */
  giveUpMs?: number;
  /** How long refusals of an attach to an accepted run are met with another try. Default 60000. */
  patienceMs?: number;
  /** How long a cancel may be without effect before it is said again. Default 2000. */
  cancelAgainMs?: number;
  /** How much may wait for a reader of a run before neighbouring pieces of text are merged. Default 1 MiB. */
  bufferBytes?: number;
  /** The most runs that are followed at once, and that wait for a reader of a room. Default 256. */
  mostRuns?: number;
  /** How often a request that was refused as retryable is sent again by itself, under the same id. Default 0. */
  retryRefused?: number;
  /** Path that is asked over HTTP why a socket is not let in, which browsers do not tell; null for none. Default `/api/v1/catalog`. */
  probe?: string | null;
}

export type ConnectionState = 'connecting' | 'open' | 'waiting' | 'closed';

export interface StateDetail {
  state: ConnectionState;
  /**
   * Of `waiting`: `lost`, `silent` (no sign of life), `gap` (events were missing), `token` (another one is needed). Of `closed`: `idle`
   * (the server, for nothing was going on: the next request connects again), `policy`, `revoked`, `unauthorized`, `forbidden`,
   * `gave_up`, `invalid`; none when this client closed.
   */
  reason?: string;
  /** Of `waiting`: how long until the next try. */
  retryInMs?: number;
}

/** Somebody who said something. */
export interface InputMessage {
  id?: string;
  role: 'user' | 'assistant' | 'system' | 'tool';
  content: string;
  images?: Array<{ mediaType: string; data: string } | { mediaType: string; url: string }>;
}

/** A tool of the client's own. */
export interface ClientTool {
  name: string;
  description?: string;
  parameters?: object;
}

/** What is asked for: the fields of the frame `run`, or one message as `text`. */
export interface RunRequest {
  text?: string;
  messages?: InputMessage[];
  threadId?: string;
  /** A UUID: asked for twice, a run is started once. */
  runId?: string;
  tools?: ClientTool[];
  context?: unknown;
  state?: object;
  forwardedProps?: unknown;
  agent?: string;
  model?: string;
  personality?: string;
  whenBusy?: 'enqueue' | 'reject' | 'interrupt';
  useTools?: boolean;
}

/** A place in a run: after which event of which attempt to go on. */
export interface RunPosition {
  attempt: number;
  afterSeq: number;
}

/** One message of an answer. */
export interface AnswerMessage {
  id?: string;
  role: 'assistant' | 'tool';
  content: string;
  toolCalls?: Array<{ id: string; name: string; arguments: string }>;
  /** Of a result. */
  toolCallId?: string;
  isError?: boolean;
}

interface RunEventBase {
  runId: string;
  seq: number;
  /** The first that it covers, when it covers several. */
  fromSeq?: number;
  /** When it is not the first. */
  attempt?: number;
}

export interface RunStartedEvent extends RunEventBase {
  type: 'RUN_STARTED';
  threadId: string;
  traceId?: string;
  /** Of a new attempt; what it means has been told by a `replace` before. */
  keepMessages?: number;
}

export interface RunResult {
  provider?: string;
  model?: string;
  agent?: string;
  finishReason?: string;
  inputTokens?: number;
  outputTokens?: number;
}

export interface RunFinishedEvent extends RunEventBase {
  type: 'RUN_FINISHED';
  threadId: string;
  result?: RunResult;
}

export interface RunErrorEvent extends RunEventBase {
  type: 'RUN_ERROR';
  code: string;
  message: string;
}

export interface StepEvent extends RunEventBase {
  type: 'STEP_STARTED' | 'STEP_FINISHED';
  stepName: string;
}

export interface TextMessageStartEvent extends RunEventBase {
  type: 'TEXT_MESSAGE_START' | 'REASONING_MESSAGE_START';
  messageId: string;
  role: string;
}

export interface TextMessageContentEvent extends RunEventBase {
  type: 'TEXT_MESSAGE_CONTENT' | 'REASONING_MESSAGE_CONTENT';
  messageId: string;
  delta: string;
}

export interface TextMessageEndEvent extends RunEventBase {
  type: 'TEXT_MESSAGE_END' | 'REASONING_MESSAGE_END';
  messageId: string;
}

export interface ToolCallStartEvent extends RunEventBase {
  type: 'TOOL_CALL_START';
  toolCallId: string;
  toolCallName: string;
  parentMessageId?: string;
}

export interface ToolCallArgsEvent extends RunEventBase {
  type: 'TOOL_CALL_ARGS';
  toolCallId: string;
  delta: string;
}

export interface ToolCallEndEvent extends RunEventBase {
  type: 'TOOL_CALL_END';
  toolCallId: string;
}

export interface ToolCallResultEvent extends RunEventBase {
  type: 'TOOL_CALL_RESULT';
  messageId: string;
  toolCallId: string;
  content: string;
  role: 'tool';
  isError?: boolean;
}

export interface StateSnapshotEvent extends RunEventBase {
  type: 'STATE_SNAPSHOT';
  snapshot: Record<string, unknown>;
}

export interface StateDeltaEvent extends RunEventBase {
  type: 'STATE_DELTA';
  delta: Array<{ op: string; path: string; value?: unknown; from?: string }>;
}

export interface MessagesSnapshotEvent extends RunEventBase {
  type: 'MESSAGES_SNAPSHOT';
  messages: InputMessage[];
}

export interface CustomRunEvent extends RunEventBase {
  type: 'CUSTOM';
  name: string;
  value: any;
}

/**
 * Of this client's own: what was shown of the run no longer stands as it was. Comes before the first event of a new attempt and before
 * a snapshot. `text` and `messages` are what stands now; deltas that follow go on from there.
 */
export interface ReplaceEvent {
  type: 'replace';
  runId: string;
  attempt: number;
  /** How many messages of what was shown still stand. */
  keepMessages: number;
  text: string;
  messages: AnswerMessage[];
}

export type RunEvent =
  | RunStartedEvent | RunFinishedEvent | RunErrorEvent | StepEvent
  | TextMessageStartEvent | TextMessageContentEvent | TextMessageEndEvent
  | ToolCallStartEvent | ToolCallArgsEvent | ToolCallEndEvent | ToolCallResultEvent
  | StateSnapshotEvent | StateDeltaEvent | MessagesSnapshotEvent | CustomRunEvent | ReplaceEvent;

export interface RunOutcome {
  state: 'finished' | 'cancelled' | 'failed';
  /** Of a run that finished. */
  result?: RunResult;
  /** Of one that did not. */
  error?: StreamChatError;
}

/**
 * One run: its events in order, each once, whatever happens to the connection. The iterator ends with the run, and throws after its last
 * event when it failed; a cancelled one just ends.
 */
export class Run implements AsyncIterable<RunEvent> {
  private constructor();
  readonly runId: string;
  readonly threadId: string | undefined;
  readonly traceId: string | undefined;
  readonly cancelling: boolean;
  readonly ended: boolean;
  /** From where on it is to be seen next: for `Client.attach`, on another device or after a reload. */
  readonly position: RunPosition;
  /** All that the assistant has said so far. */
  readonly text: string;
  readonly messages: readonly AnswerMessage[];
  /** The request is safe with the server. */
  readonly accepted: Promise<{ runId: string; threadId: string; traceId: string }>;
  /** How it ended; never rejects. */
  readonly done: Promise<RunOutcome>;
  /** Rejects when it fails or is cancelled. */
  readonly result: Promise<{ text: string; messages: readonly AnswerMessage[]; result?: RunResult }>;
  cancel(): void;
  answerTool(toolCallId: string, content: string, options?: { isError?: boolean }): void;
  [Symbol.asyncIterator](): AsyncIterableIterator<RunEvent>;
}

/** A joined thread or room: an iterator over the runs that others ask for in it. */
export class Room implements AsyncIterable<Run> {
  private constructor();
  readonly threadId: string;
  readonly joined: Promise<{ threadId: string }>;
  /** Whether nothing more will come. */
  readonly left: boolean;
  /** Runs that were forgotten because nobody took them. */
  readonly dropped: number;
  leave(): void;
  [Symbol.asyncIterator](): AsyncIterableIterator<Run>;
}

/** A frame of a type that this client does not know. */
export interface Frame {
  type: string;
  [field: string]: unknown;
}

export interface ClientEvents {
  state: StateDetail;
  /** An error that belongs to no run. */
  error: RefusedError;
  frame: Frame;
  pong: { type: 'pong'; id?: string; timestamp: number };
}

export class Client extends EventTarget {
  constructor(url: string | URL, options?: ClientOptions);
  readonly state: ConnectionState;
  readonly connectionId: string | undefined;
  readonly userId: string | undefined;
  readonly runs: Run[];
  /** The connection is open; rejects when it is closed for good before that. */
  readonly ready: Promise<Client>;
  connect(): this;
  wake(): void;
  close(): void;
  run(request: RunRequest): Run;
  attach(runId: string, from?: { threadId?: string } & Partial<RunPosition>): Run;
  join(threadId: string): Room;
  authenticate(token?: Token): Promise<{ expiresAt?: number }>;
  addEventListener<K extends keyof ClientEvents>(
    type: K, listener: (event: Event & { readonly detail: ClientEvents[K] }) => void, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<K extends keyof ClientEvents>(
    type: K, listener: (event: Event & { readonly detail: ClientEvents[K] }) => void, options?: boolean | EventListenerOptions): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | EventListenerOptions): void;
}

export class StreamChatError extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly runId: string | undefined;
}

/** The server would not do what was asked. */
export class RefusedError extends StreamChatError {}

/** The run came to a bad end. */
export class RunError extends StreamChatError {}

/** The run was cancelled, by whomever. */
export class RunCancelledError extends StreamChatError {}

/** The connection is gone for good. */
export class ConnectionError extends StreamChatError {}

/** Connects to the address of a server's native protocol, such as `wss://chat.example/ws/v1`. */
export function connect(url: string | URL, options?: ClientOptions): Client;

/** A UUID of version 7. */
export function uuidV7(now?: number): string;
