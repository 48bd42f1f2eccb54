using System.Threading.Channels;
using StreamChat.AgentWorker.Relay;
using StreamChat.AgentWorker.Runs;
using StreamChat.Contracts.Events;
using StreamChat.Hosting.Bus.Batches;

namespace StreamChat.UnitTests.Seam;

/// <summary>
/// One run, the workers that try it one after the other, two gateways and a bus between them that loses, repeats and reorders. The log, the
/// gathering, the batches, the sequencer and the run on the gateway are the real ones.
/// </summary>
internal sealed class SeamWorld
{
    public static readonly Guid RunId = Guid.Parse("0192f0c1-7b1e-7c3a-9a55-0000000000ff");

    private readonly List<SeamAttempt> _attempts = [];
    private readonly List<(SeamGateway Gateway, int Attempt, long AfterSeq)> _requests = [];

    public SeamWorld()
    {
        Gateways = [new SeamGateway(this, "g1"), new SeamGateway(this, "g2")];
        Viewers = [new SeamViewer(), new SeamViewer(), new SeamViewer()];
        Gateways[0].Connect(Viewers[0]);
        Begin();
    }

    public IReadOnlyList<SeamGateway> Gateways { get; }

    public IReadOnlyList<SeamViewer> Viewers { get; }

    private SeamAttempt Current => _attempts[^1];

    /// <summary>What the events of an attempt say: those whose number can be divided by 7 are no text.</summary>
    public static string Text(int attempt, long firstSeq, long seq)
    {
        var text = "";
        for (var i = firstSeq; i <= seq; i++)
        {
            text += IsText(i) ? $"{attempt}.{i} " : "";
        }

        return text;
    }

    public static bool IsText(long seq) => seq > 1 && seq % 7 != 0;

    /// <summary>A gateway asks a worker for what follows a position.</summary>
    public void Ask(SeamGateway gateway, int attempt, long afterSeq) => _requests.Add((gateway, attempt, afterSeq));

    /// <summary>One step, whatever is possible.</summary>
    public void Step(int step)
    {
        var (kind, pick) = (step % 16, step / 16);
        var gateway = Gateways[pick % Gateways.Count];
        var viewer = Viewers[pick % Viewers.Count];
        switch (kind)
        {
            case 0 or 1 or 2:
                Current.Say(1 + (pick % 20));
                break;
            case 3:
                // one that was taken over and does not know it yet
                _attempts[pick % _attempts.Count].Say(1 + (pick % 5));
                break;
            case 4 or 5 or 6:
                _attempts[pick % _attempts.Count].Publish(gateway);
                break;
            case 7 or 8 or 9:
                Take(gateway.Queue, 0, gateway.Deliver);
                break;
            case 10:
                Answer(pick % Math.Max(1, _requests.Count));
                break;
            case 11:
                Spoil(gateway, pick);
                break;
            case 12:
                Reconnect(viewer, gateway);
                break;
            case 13:
                if (viewer.Connection is { } connection)
                {
                    connection.IsSlow = !connection.IsSlow;
                }

                gateway.Resume();
                break;
            case 14 when pick % 4 == 0 && _attempts.Count < 5 && !Current.Log.IsCompleted:
                Begin();
                break;
            case 15 when pick % 20 == 0:
                Current.End();
                break;
            default:
                gateway.Resume();
                break;
        }
    }

    /// <summary>Nothing more goes wrong: everybody sees the run to its end, and what is missing is asked for as often as needed.</summary>
    public void Heal()
    {
        Current.End();
        for (var round = 0; round < 20 && !Viewers.All(v => v.Ended); round++)
        {
            foreach (var viewer in Viewers.Where(v => !v.Ended))
            {
                if (viewer.Connection is { } connection)
                {
                    connection.IsSlow = false;
                    connection.Gateway.Resume();
                    Ask(connection.Gateway, viewer.Attempt, viewer.LastSeq);
                }
                else
                {
                    Gateways[round % Gateways.Count].Connect(viewer);
                }
            }

            while (_requests.Count > 0)
            {
                Answer(0);
            }

            foreach (var gateway in Gateways)
            {
                foreach (var attempt in _attempts)
                {
                    while (attempt.Publish(gateway))
                    {
                    }
                }

                while (gateway.Queue.Count > 0)
                {
                    Take(gateway.Queue, 0, gateway.Deliver);
                }
            }
        }

        Assert.All(Viewers, v => Assert.True(v.Ended, $"Stands still at {v.Attempt}.{v.LastSeq} of {_attempts.Count}.{Current.Said}."));
        Assert.All(Viewers, v => Assert.Equal((_attempts.Count, Current.Said, Text(_attempts.Count, 1, Current.Said)), (v.Attempt, v.LastSeq, v.Text)));
    }

    /// <summary>A worker takes the run over, and begins to tell the gateway that asked for it.</summary>
    private void Begin()
    {
        _attempts.Add(new SeamAttempt(_attempts.Count + 1));
        Current.Attach(Gateways[0], 0);
        if (_attempts.Count > 1)
        {
            // announced to the others
            Ask(Gateways[1], _attempts.Count, 0);
        }
    }

    private void Answer(int which) => Take(_requests, which, asked =>
        Current.Attach(asked.Gateway, asked.Attempt == Current.Log.Attempt ? asked.AfterSeq : 0));

    private static void Reconnect(SeamViewer viewer, SeamGateway gateway)
    {
        if (viewer.Connection is { } connection)
        {
            connection.Gateway.Disconnect(viewer);
        }
        else if (!viewer.Ended)
        {
            gateway.Connect(viewer);
        }
    }

    /// <summary>Something on its way is lost, comes twice, or comes later.</summary>
    private void Spoil(SeamGateway gateway, int pick)
    {
        var queue = gateway.Queue;
        switch (pick % 5)
        {
            case 0 when queue.Count > 0:
                queue.RemoveAt(pick % queue.Count);
                break;
            case 1 when queue.Count > 0:
                queue.Add(queue[pick % queue.Count]);
                break;
            case 2 when queue.Count > 1:
                (queue[0], queue[^1]) = (queue[^1], queue[0]);
                break;
            case 3 when _requests.Count > 0:
                _requests.RemoveAt(pick % _requests.Count);
                break;
            case 4 when _requests.Count > 0:
                _requests.Insert(0, _requests[pick % _requests.Count]);
                break;
        }
    }

    private static void Take<T>(List<T> list, int which, Action<T> use)
    {
        if (which < list.Count)
        {
            var item = list[which];
            list.RemoveAt(which);
            use(item);
        }
    }
}

/// <summary>One attempt of the run at a worker, with a lane to each gateway.</summary>
internal sealed class SeamAttempt(int number)
{
    private static readonly RelayOptions Options = new() { MaxBatchChars = 60, MergeAbove = 3 };

    private readonly Dictionary<SeamGateway, Lane> _lanes = [];

    public RunLog Log { get; } = new(SeamWorld.RunId, number, 1_000_000, 1_000_000);

    /// <summary>The last position.</summary>
    public long Said { get; private set; }

    public void Say(int events)
    {
        for (var i = 0; i < events && !Log.IsCompleted; i++)
        {
            Said++;
            if (Said == 1)
            {
                Log.Append(seq => new RunStarted { Seq = seq, ThreadId = "t", KeepMessages = number > 1 ? 0 : null });
            }
            else if (SeamWorld.IsText(Said))
            {
                Log.AppendText("m", SeamWorld.Text(number, Said, Said));
            }
            else
            {
                Log.Append(seq => new StepStarted { Seq = seq, StepName = "s" });
            }
        }
    }

    public void End()
    {
        if (!Log.IsCompleted)
        {
            Say(1);
            while (SeamWorld.IsText(Said + 1))
            {
                Say(1);
            }

            Said++;
            Log.Append(seq => new RunFinished { Seq = seq, ThreadId = "t" }, last: true);
        }
    }

    public void Attach(SeamGateway gateway, long afterSeq) => Assert.True(Log.Attach(LaneTo(gateway), afterSeq));

    /// <summary>Puts one batch on its way.</summary>
    /// <returns>Whether there was anything to say.</returns>
    public bool Publish(SeamGateway gateway) => LaneTo(gateway).Publish(gateway);

    private Lane LaneTo(SeamGateway gateway) => _lanes.TryGetValue(gateway, out var lane) ? lane : _lanes[gateway] = new Lane();

    private sealed class Lane : IRelayLane
    {
        private readonly Channel<RunCursor> _ready = Channel.CreateUnbounded<RunCursor>();
        private readonly RelayGathering _gathering = new("w", Options);
        private readonly List<RunCursor> _cursors = [];

        public bool IsClosed => false;

        public void Offer(RunCursor cursor)
        {
            if (cursor.TryEnqueue())
            {
                _ready.Writer.TryWrite(cursor);
            }
        }

        public bool Publish(SeamGateway gateway)
        {
            if (_ready.Reader.Count == 0)
            {
                return false;
            }

            using var batch = new BatchWriter();
            _gathering.Gather(_ready.Reader, Offer, _cursors, batch);
            if (batch.Events > 0)
            {
                gateway.Queue.Add(batch.Complete());
            }

            _cursors.ForEach(c => c.Log.Sent(c));
            return true;
        }
    }
}
