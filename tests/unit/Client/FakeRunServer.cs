using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace StreamChat.UnitTests.Client;

/// <summary>A server of one run that keeps what the protocol promises, on a network that keeps nothing but order.</summary>
internal sealed class FakeRunServer(Random random)
{
    private const int MostAttempts = 4;

    private readonly List<Attempt> _attempts = [];
    private readonly Dictionary<FakeSocket, Place> _watching = [];
    private Guid _runId;
    private bool _isFinished;

    public int Starts { get; private set; }

    public int Attempts => _attempts.Count;

    public string Text => string.Concat(_attempts[^1].Messages.Select(m => m.Content));

    /// <summary>Reads what the client has sent.</summary>
    public void Read(FakeSocket socket)
    {
        while (socket.TrySent(out var frame))
        {
            switch (frame.GetProperty("type").GetString())
            {
                case "run":
                    _runId = frame.GetProperty("runId").GetGuid();
                    if (Starts == 0)
                    {
                        Starts++;
                        Begin(0);
                    }

                    socket.Accept(_runId);
                    Watch(socket, 1, 0);
                    break;
                case "attach" when random.NextDouble() < 0.15:
                    var retryable = random.NextDouble() < 0.5;
                    socket.Refuse(_runId, retryable ? "unavailable" : "not_found", retryable);
                    break;
                case "attach":
                    Watch(socket, frame.GetProperty("attempt").GetInt32(), frame.GetProperty("afterSeq").GetInt32());
                    break;
            }
        }
    }

    /// <summary>The model says something, or a worker dies.</summary>
    public void Work(bool isLast)
    {
        if (_attempts.Count == 0 || _isFinished)
        {
            return;
        }

        var messages = _attempts[^1].Messages;
        var dice = random.NextDouble();
        if (isLast)
        {
            _isFinished = true;
            Add(new { type = "RUN_FINISHED", threadId = "t" });
        }
        else if (dice < 0.02 && _attempts.Count < MostAttempts)
        {
            Begin(random.Next(messages.Count + 1));
        }
        else if (dice < 0.1 || messages.Count == 0)
        {
            messages.Add(new($"m{_attempts.Count}-{messages.Count}", ""));
            Add(new { type = "TEXT_MESSAGE_START", messageId = messages[^1].Id, role = "assistant" });
        }
        else
        {
            var delta = random.Next(1_000_000).ToString(CultureInfo.InvariantCulture) + " ";
            messages[^1] = messages[^1] with { Content = messages[^1].Content + delta };
            Add(new { type = "TEXT_MESSAGE_CONTENT", messageId = messages[^1].Id, delta });
        }
    }

    /// <summary>Sends some of what a watcher has not seen: neighbouring pieces as one or not, some twice, some never.</summary>
    public void Send(FakeSocket socket)
    {
        if (!_watching.TryGetValue(socket, out var place))
        {
            return;
        }

        var events = _attempts[place.Attempt - 1].Events;
        for (var sent = 0; sent < 8 && place.Seq < events.Count; sent++)
        {
            var e = events[place.Seq++].DeepClone().AsObject();
            while (place.Seq < events.Count && IsText(e) && IsText(events[place.Seq]) && Is(e, events[place.Seq], "messageId") && random.NextDouble() < 0.5)
            {
                var next = events[place.Seq++];
                e["fromSeq"] ??= e["seq"]!.DeepClone();
                e["seq"] = next["seq"]!.DeepClone();
                e["delta"] = (string?)e["delta"] + (string?)next["delta"];
            }

            if (random.NextDouble() < 0.99)
            {
                socket.Say(e.ToJsonString());
            }

            if (random.NextDouble() < 0.05)
            {
                socket.Say(e.ToJsonString());
            }
        }
    }

    public void Lose(FakeSocket socket) => _watching.Remove(socket);

    private static bool IsText(JsonObject e) => (string?)e["type"] == "TEXT_MESSAGE_CONTENT";

    private static bool Is(JsonObject one, JsonObject other, string field) => (string?)one[field] == (string?)other[field];

    /// <summary>Who sees the run already goes on seeing it.</summary>
    private void Watch(FakeSocket socket, int attempt, int afterSeq) =>
        _watching.TryAdd(socket, attempt == _attempts.Count ? new(attempt, afterSeq) : new(_attempts.Count, 0));

    /// <summary>A new attempt says all anew that was written down of the one before it, in large pieces.</summary>
    private void Begin(int keep)
    {
        var kept = _attempts.Count == 0 ? [] : _attempts[^1].Messages.Take(keep).ToList();
        _attempts.Add(new([], kept));
        Add(new { type = "RUN_STARTED", threadId = "t", keepMessages = _attempts.Count > 1 ? 0 : (int?)null });
        foreach (var (id, content) in kept)
        {
            Add(new { type = "TEXT_MESSAGE_START", messageId = id, role = "assistant" });
            Add(new { type = "TEXT_MESSAGE_CONTENT", messageId = id, delta = content });
        }

        foreach (var place in _watching.Values)
        {
            (place.Attempt, place.Seq) = (_attempts.Count, 0);
        }
    }

    private void Add(object fields)
    {
        var e = JsonSerializer.SerializeToNode(fields)!.AsObject();
        (e["runId"], e["seq"]) = (_runId, _attempts[^1].Events.Count + 1);
        if (_attempts.Count > 1)
        {
            e["attempt"] = _attempts.Count;
        }

        _attempts[^1].Events.Add(e);
    }

    private sealed class Place(int attempt, int seq)
    {
        public int Attempt { get; set; } = attempt;

        public int Seq { get; set; } = seq;
    }

    private sealed record Attempt(List<JsonObject> Events, List<Said> Messages);

    private sealed record Said(string Id, string Content);
}
