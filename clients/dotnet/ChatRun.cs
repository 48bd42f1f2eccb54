using StreamChat.Client.Frames;
using StreamChat.Client.Runs;

namespace StreamChat.Client;

/// <summary>Where to go on with a run: after which event of which attempt.</summary>
/// <param name="Attempt">The attempt, from 1.</param>
/// <param name="AfterSeq">The last event of it that was seen; 0 for none.</param>
public readonly record struct RunPosition(int Attempt, long AfterSeq);

/// <summary>The request is safe with the server.</summary>
/// <param name="RunId">The run.</param>
/// <param name="ThreadId">The conversation.</param>
/// <param name="TraceId">To find it in the server's traces.</param>
public sealed record RunAcceptance(Guid RunId, string? ThreadId, string? TraceId);

/// <summary>How a run ended.</summary>
/// <param name="Text">All that the assistant said.</param>
/// <param name="Result">What it took, if it finished.</param>
/// <param name="Error">Why it did not finish; null when it did.</param>
public sealed record RunOutcome(string Text, RunResult? Result, StreamChatException? Error)
{
    /// <summary>Whether it came to a good end.</summary>
    public bool IsFinished => Error is null;

    /// <summary>Whether it was cancelled.</summary>
    public bool IsCancelled => Error is RunCancelledException;
}

/// <summary>
/// One run as its client sees it: its events in order, each once, whatever happens to the connection. The stream ends with the run, and
/// throws after its last event when the run failed; that of a cancelled one just ends. A run that nobody reads is followed all the same,
/// and what waits costs little. One reader at a time; who stops reading may come back.
/// </summary>
public sealed class ChatRun : IAsyncEnumerable<RunEvent>
{
    private readonly IRunOwner _owner;
    private readonly Lock _gate = new();
    private readonly Answer _answer = new();
    private readonly EventBuffer _buffer;
    private readonly TaskCompletionSource<RunAcceptance> _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<RunOutcome> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Position _position;

    internal ChatRun(IRunOwner owner, RunLink link, Guid runId, string? threadId, RunPosition position, int bufferBytes)
    {
        (_owner, Link, RunId, ThreadId) = (owner, link, runId, threadId);
        _position = new(position.Attempt, position.AfterSeq);
        _buffer = new(bufferBytes, _gate);
    }

    /// <summary>The run.</summary>
    public Guid RunId { get; }

    /// <summary>The conversation; null until the server has told.</summary>
    public string? ThreadId { get; private set; }

    /// <summary>To find it in the server's traces; null until the server has told.</summary>
    public string? TraceId { get; private set; }

    /// <summary>Whether it is to stop and has not yet.</summary>
    public bool IsCancelling { get; internal set; }

    /// <summary>Whether the end is known.</summary>
    public bool IsEnded => _done.Task.IsCompleted;

    /// <summary>The request is safe with the server.</summary>
    public Task<RunAcceptance> Accepted => _accepted.Task;

    /// <summary>How it ended; never fails.</summary>
    public Task<RunOutcome> Completion => _done.Task;

    /// <summary>From where on it is to be seen next: for <see cref="StreamChatClient.Attach"/>, on another device or after a restart.</summary>
    public RunPosition Position
    {
        get
        {
            lock (_gate)
            {
                return new(_position.Attempt, _position.Seq);
            }
        }
    }

    /// <summary>All that the assistant has said so far.</summary>
    public string Text
    {
        get
        {
            lock (_gate)
            {
                return _answer.Text;
            }
        }
    }

    /// <summary>What has been said so far, message by message.</summary>
    public IReadOnlyList<AnswerMessage> Messages
    {
        get
        {
            lock (_gate)
            {
                return _answer.Messages;
            }
        }
    }

    /// <summary>What the connection has to know of it; under its lock.</summary>
    internal RunLink Link { get; }

    /// <summary>How much waits for a reader.</summary>
    internal (int Count, int Bytes) Waiting
    {
        get
        {
            lock (_gate)
            {
                return (_buffer.Count, _buffer.Bytes);
            }
        }
    }

    /// <summary>Waits for the end.</summary>
    /// <exception cref="StreamChatException">It failed, was refused or was cancelled.</exception>
    public async Task<RunOutcome> GetResultAsync(CancellationToken cancellationToken = default)
    {
        var outcome = await Completion.WaitAsync(cancellationToken);
        return outcome.Error is null ? outcome : throw outcome.Error;
    }

    /// <summary>Asks to stop it, as soon as there is a connection; <see cref="Completion"/> tells when it has stopped.</summary>
    public void Cancel() => _owner.Cancel(this);

    /// <summary>What a tool of the client's own returned, or why it failed. Said again after a loss until the run shows it.</summary>
    /// <param name="toolCallId">The call.</param>
    /// <param name="content">The result.</param>
    /// <param name="isError">Whether it is an error.</param>
    public void AnswerTool(string toolCallId, string content, bool isError = false) =>
        _owner.AnswerTool(this, new ToolResultFrame("tool_result", RunId, toolCallId, content, isError ? true : null));

    /// <inheritdoc/>
    public async IAsyncEnumerator<RunEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (await _buffer.ReadAsync(cancellationToken) is { } e)
        {
            yield return e;
        }
    }

    /// <summary>The server has it.</summary>
    internal void Accept(string? threadId, string? traceId)
    {
        Link.IsAccepted = true;
        ThreadId = threadId ?? ThreadId;
        TraceId = traceId ?? TraceId;
        _accepted.TrySetResult(new(RunId, ThreadId, TraceId));
    }

    /// <summary>Takes an event.</summary>
    internal Verdict Take(RunEvent e)
    {
        if (IsEnded)
        {
            return Verdict.Seen;
        }

        lock (_gate)
        {
            var attempt = _position.Attempt;
            var verdict = _position.Advance(e);
            if (verdict != Verdict.Next)
            {
                return verdict;
            }

            if (e.Attempt > attempt)
            {
                var keep = (e as RunStarted)?.KeepMessages ?? 0;
                _answer.Keep(keep);
                Replace(keep);
            }

            var place = _answer.Take(e);
            if (e is MessagesSnapshot)
            {
                Replace(0);
            }

            _buffer.Push(e, place);
        }

        switch (e)
        {
            case RunStarted started:
                Accept(started.ThreadId, started.TraceId);
                break;
            case ToolCallResult result:
                Link.Answers.Remove(result.ToolCallId);
                break;
            case RunFinished finished:
                End(finished.Result, null);
                break;
            case RunError { Code: "cancelled" }:
                End(null, new RunCancelledException(RunId));
                break;
            case RunError error:
                End(null, new RunFailedException(error.Code, error.Message, RunId));
                break;
        }

        return Verdict.Next;
    }

    /// <summary>It ends without the server having said how.</summary>
    internal void Fail(StreamChatException error)
    {
        if (!IsEnded)
        {
            End(null, error);
        }
    }

    /// <summary>Tells who shows the text what of it still stands.</summary>
    private void Replace(int keep) => _buffer.Push(
        new TextReplaced
        {
            RunId = RunId,
            Seq = _position.Seq,
            Attempt = _position.Attempt,
            KeepMessages = keep,
            Text = _answer.Text,
            Messages = _answer.Messages,
        },
        null);

    private void End(RunResult? result, StreamChatException? error)
    {
        IsCancelling = false;
        lock (_gate)
        {
            _buffer.End(error is RunCancelledException ? null : error);
            _done.TrySetResult(new(_answer.Text, result, error));
        }

        if (error is not null && _accepted.TrySetException(error))
        {
            // nobody has to wait for it
            _ = _accepted.Task.Exception;
        }

        _owner.Ended(this);
    }
}
