using StreamChat.Client.Connections;
using StreamChat.Client.Frames;
using StreamChat.Client.Rooms;

namespace StreamChat.Client.Runs;

/// <summary>
/// Follows runs over whatever connections there are: asks for them, attaches to them when a connection comes back, and says again what the
/// server may not have heard. Under the client's lock, but for what a run asks of its owner.
/// </summary>
internal sealed class FollowedRuns : IRunOwner
{
    private const int TooLarge = 1009;
    private const int MostCancels = 30;

    private readonly Gate _gate;
    private readonly Connection _connection;
    private readonly RunTable _runs;
    private readonly RoomTable _rooms;
    private readonly StreamChatClientOptions _options;
    private readonly Gaps _gaps;
    private readonly Refusals _refusals;

    public FollowedRuns(Gate gate, Connection connection, RunTable runs, RoomTable rooms, StreamChatClientOptions options)
    {
        (_gate, _connection, _runs, _rooms, _options) = (gate, connection, runs, rooms, options);
        _gaps = new(gate, connection, options.GapTimeout, SendAttach);
        _refusals = new(gate, options, GoOn);
    }

    /// <summary>Those that are followed, as they are now.</summary>
    public IReadOnlyList<ChatRun> All => _runs.All;

    /// <summary>Follows a run from now on. Of one that is followed already, returns that.</summary>
    /// <exception cref="InvalidOperationException">Too many runs are followed.</exception>
    public ChatRun Begin(Guid runId, string? threadId, RunPosition position, RunLink link)
    {
        if (_runs.Find(runId) is { } known)
        {
            return known;
        }

        if (_runs.IsFull)
        {
            throw new InvalidOperationException($"This client follows {_options.MaxRuns} runs already.");
        }

        var run = Add(runId, threadId, position, link);
        if (_connection.State == ConnectionState.Open)
        {
            GoOn(run);
            _connection.Refresh();
        }
        else
        {
            _connection.Open();
        }

        return run;
    }

    /// <summary>Follows a run that is under way in a room and of which events come without having been asked for.</summary>
    public ChatRun BeginInRoom(Guid runId, string threadId)
    {
        var run = Add(runId, threadId, new(1, 0), new RunLink { IsSent = true, IsAccepted = true, IsOfRoom = true });
        _connection.Refresh();
        return run;
    }

    /// <summary>Says whatever the server may not have heard of a run. Saying it twice does no harm.</summary>
    public void GoOn(ChatRun run)
    {
        var link = run.Link;
        Gaps.Forget(link);

        // what happens in a room is for those who are in it: goes on when we are
        if (run.IsEnded || _connection.State != ConnectionState.Open || (run.ThreadId is { } thread && _rooms.Find(thread) is { IsJoined: false }))
        {
            return;
        }

        if (link.IsAccepted && !link.AskAgain)
        {
            SendAttach(run);
        }
        else
        {
            (link.IsSent, link.AskAgain) = (true, false);
            _connection.Send(link.Request!, FrameJson.Default.RunFrame);
        }

        foreach (var answer in link.Answers.Values)
        {
            _connection.Send(answer, FrameJson.Default.ToolResultFrame);
        }

        SendCancel(run);
    }

    /// <summary>The server has the request.</summary>
    public void Accept(ChatRun run, AcceptedFrame frame)
    {
        run.Accept(frame.ThreadId, frame.TraceId);
        run.Link.Troubles = default;
        SendCancel(run);
    }

    /// <summary>An event came.</summary>
    public void Take(ChatRun run, RunEvent e)
    {
        switch (run.Take(e))
        {
            case Verdict.Next:
                Gaps.Forget(run.Link);
                (run.Link.IsSeen, run.Link.Gaps, run.Link.Troubles) = (true, 0, default);
                break;
            case Verdict.Gap:
                _gaps.Fill(run);
                break;
        }
    }

    /// <summary>Something that concerns it was refused.</summary>
    public void Refuse(ChatRun run, RefusedException error) => _refusals.Take(run, error);

    /// <summary>A connection is there.</summary>
    public void GoOnWithAll()
    {
        foreach (var run in _runs.All)
        {
            GoOn(run);
        }
    }

    /// <summary>The connection is gone, and may have been closed because of a request.</summary>
    public void Lose(int? code)
    {
        foreach (var run in _runs.All)
        {
            Gaps.Forget(run.Link);
            run.Link.Cancels = 0;
            if (code == TooLarge && run.Link is { IsSent: true, IsAccepted: false })
            {
                run.Fail(new RefusedException("too_large", "The request is larger than the server takes.", retryable: false, run.RunId));
            }
        }
    }

    /// <summary>There will be no connection.</summary>
    public void FailAll(string code, string message)
    {
        foreach (var run in _runs.All)
        {
            run.Fail(new ConnectionEndedException(code, message, code == "gave_up", run.RunId));
        }
    }

    void IRunOwner.Cancel(ChatRun run) => _gate.Do(() => Cancel(run));

    void IRunOwner.AnswerTool(ChatRun run, ToolResultFrame frame) => _gate.Do(() =>
    {
        if (!run.IsEnded)
        {
            run.Link.Answers[frame.ToolCallId] = frame;
            _connection.Send(frame, FrameJson.Default.ToolResultFrame);
        }
    });

    void IRunOwner.Ended(ChatRun run)
    {
        run.Link.Dispose();
        _runs.End(run);
    }

    private ChatRun Add(Guid runId, string? threadId, RunPosition position, RunLink link)
    {
        var run = new ChatRun(this, link, runId, threadId, position, _options.BufferBytes);
        _runs.Add(run);
        return run;
    }

    private void Cancel(ChatRun run)
    {
        if (run.IsEnded || run.IsCancelling)
        {
            return;
        }

        run.IsCancelling = true;
        if (run.Link.IsSent)
        {
            SendCancel(run);
        }
        else
        {
            run.Fail(new RunCancelledException(run.RunId));
        }
    }

    private void SendAttach(ChatRun run)
    {
        var position = run.Position;
        _connection.Send(
            new AttachFrame("attach", run.RunId, run.Link.IsOfRoom ? run.ThreadId : null, position.Attempt, position.AfterSeq),
            FrameJson.Default.AttachFrame);
    }

    /// <summary>Only of a run that the server has: it would not know what is meant. Said until it has ended, for nobody confirms it.</summary>
    private void SendCancel(ChatRun run)
    {
        var link = run.Link;
        link.CancelTimer?.Dispose();
        link.CancelTimer = null;
        if (!run.IsCancelling || run.IsEnded || !link.IsAccepted || _connection.State != ConnectionState.Open)
        {
            return;
        }

        _connection.Send(new CancelFrame("cancel", run.RunId), FrameJson.Default.CancelFrame);
        if (++link.Cancels < MostCancels)
        {
            link.CancelTimer = _gate.After(_options.CancelInterval, () => SendCancel(run));
        }
    }
}
