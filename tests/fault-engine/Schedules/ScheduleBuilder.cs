using System.Globalization;

namespace StreamChat.FaultEngine.Schedules;

/// <summary>Makes a schedule of a seed. The same seed makes the same schedule on every machine.</summary>
public sealed class ScheduleBuilder
{
    private static readonly FaultKind[] Kinds = Enum.GetValues<FaultKind>();

    // what several faults at once are taken from: those that let the others be told apart
    private static readonly FaultKind[] Combined = [.. Kinds.Where(k => k is not FaultKind.None and not FaultKind.Several)];

    // the answers are the same whenever they are asked for, and need tools, hand-offs, or both
    private static readonly string[] Questions =
    [
        "What is 20 + 22?",
        "What is 12.5% of 1,847?",
        "What is (17 + 4) * 2, and what is 1000 / 8?",
        "Find me a recipe with tofu and without peanuts.",
    ];

    private readonly Random _random;
    private readonly int _seed;
    private readonly FaultKind _kind;
    private readonly List<PlannedRun> _runs = [];
    private readonly List<PlannedClient> _clients = [];
    private readonly List<PlannedFault> _faults = [];

    private ScheduleBuilder(int seed, FaultKind kind)
    {
        _seed = seed;
        _random = new Random(seed);
        _kind = kind;
    }

    /// <summary>Questions that schedules ask, whose answers have to be known.</summary>
    public static IReadOnlyList<string> KnownQuestions => Questions;

    /// <summary>The schedule of a seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="kind">What it is about; by the seed if null, so that seeds in a row go through all kinds of faults.</param>
    public static Schedule Build(int seed, FaultKind? kind = null)
    {
        var builder = new ScheduleBuilder(seed, kind ?? Kinds[seed % Kinds.Length]);
        builder.AddPeople();
        builder.AddFaults(builder._kind);
        return new Schedule(seed, builder._kind, builder._runs, builder._clients, [.. builder._faults.OrderBy(f => f.At)]);
    }

    private void AddPeople()
    {
        var users = _random.Next(2, 4);
        for (var i = 0; i < users; i++)
        {
            AddUser($"{_kind}-{_seed}-user-{i}");
        }
    }

    /// <summary>A user with two tabs, of which one may be on another gateway, and sometimes a second device that comes late.</summary>
    private void AddUser(string userId)
    {
        List<PlannedUse> first = [], second = [], device = [];
        var (firstClient, secondClient) = (_clients.Count, _clients.Count + 1);
        var runs = _random.Next(1, 4);
        string? threadId = null;
        for (var i = 0; i < runs; i++)
        {
            var start = Seconds(0, 2);
            threadId = threadId is not null && Chance(20) ? threadId : $"{_kind}-{_seed}-thread-{_runs.Count}";
            var (run, lasts) = NewRun(userId, threadId);
            if (Chance(25))
            {
                // most somewhere in the middle, some as close to the end as can be
                run = run with
                {
                    CancelAt = start + (Chance(30) ? lasts + Seconds(-0.05, 0.1) : lasts * _random.NextDouble()),
                    CancelledBy = Chance(50) ? firstClient : secondClient,
                };
            }

            _runs.Add(run);
            first.Add(new PlannedUse(run.Index, Role.Ask, start));
            if (Chance(15))
            {
                first.Add(new PlannedUse(run.Index, Role.Ask, Chance(50) ? start : start + (lasts * _random.NextDouble())));
            }

            second.Add(_random.Next(3) switch
            {
                // the same id at the same moment, perhaps on the other gateway
                0 => new PlannedUse(run.Index, Role.Ask, start),
                1 => new PlannedUse(run.Index, Role.Join, TimeSpan.Zero),
                _ => new PlannedUse(run.Index, Role.Attach, start + (lasts * _random.NextDouble())),
            });
            if (Chance(50))
            {
                device.Add(_random.Next(3) switch
                {
                    0 => new PlannedUse(run.Index, Role.AskAfterEnd, TimeSpan.Zero),
                    1 => new PlannedUse(run.Index, Role.AttachAfterEnd, TimeSpan.Zero),
                    _ => new PlannedUse(run.Index, Role.Attach, start + (lasts * _random.NextDouble())),
                });
            }
        }

        _clients.Add(new PlannedClient(firstClient, userId, Chance(70) ? Entrance.Edge : Entrance.FirstGateway, first));
        _clients.Add(new PlannedClient(secondClient, userId, Chance(40) ? Entrance.Edge : Entrance.SecondGateway, second));
        if (device.Count > 0)
        {
            _clients.Add(new PlannedClient(_clients.Count, userId, Chance(50) ? Entrance.Edge : Entrance.SecondGateway, device));
        }
    }

    private (PlannedRun Run, TimeSpan Lasts) NewRun(string userId, string threadId)
    {
        var id = new byte[16];
        _random.NextBytes(id);
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        id[15] ^= (byte)_kind;
        var run = new PlannedRun { Index = _runs.Count, RunId = new Guid(id, bigEndian: true), UserId = userId, ThreadId = threadId, Prompt = "" };
        var questions = _kind is FaultKind.ToolWorkerKill ? 60 : 20;
        if (Chance(questions))
        {
            if (Chance(40))
            {
                var note = $"parcel {_seed} {run.Index}";
                return (run with { Prompt = $"Take a note: {note}", Note = note }, TimeSpan.FromSeconds(1));
            }

            return (run with { Prompt = Questions[_random.Next(Questions.Length)] }, TimeSpan.FromSeconds(1));
        }

        if (Chance(15))
        {
            var tokens = _random.Next(500, 4000);
            return (run with { Prompt = Invariant($"/load {tokens}"), Tokens = tokens }, TimeSpan.FromSeconds(0.3));
        }

        var count = _random.Next(120, 360);
        var rate = _random.Next(40, 80);
        return (run with { Prompt = Invariant($"/load {count} {rate}"), Tokens = count, IsPaced = true }, TimeSpan.FromSeconds((double)count / rate));
    }

    private void AddFaults(FaultKind kind)
    {
        switch (kind)
        {
            case FaultKind.None:
                break;
            case FaultKind.ClientCut:
                Repeat(8, 21, AddClientCut);
                break;
            case FaultKind.ClientStall:
                Repeat(3, 8, () => Add(kind, Seconds(0, 5), Seconds(0.5, 5), _random.Next(_clients.Count), (FaultForm)_random.Next(5, 9), _random.Next(20, 400)));
                break;
            case FaultKind.ReconnectStorm:
                Repeat(2, 6, () => Add(kind, Seconds(0.3, 6), TimeSpan.Zero, form: Chance(50) ? FaultForm.ResetToClient : FaultForm.FinToClient));
                break;
            case FaultKind.GatewayKill or FaultKind.WorkerKill or FaultKind.ToolWorkerKill:
                // one after the other: the second dies when the first is most likely back
                AddOneByOne(kind);
                break;
            case FaultKind.KindKill:
                Add(kind, Seconds(0.4, 4), Seconds(0, 2), _random.Next(3));
                break;
            case FaultKind.EdgeKill:
                Add(kind, Seconds(0.2, 5), Seconds(0, 2));
                break;
            case FaultKind.Pause:
                Repeat(1, 3, () => Add(kind, Seconds(0.2, 5), Seconds(0.5, 6), _random.Next(7)));
                break;
            case FaultKind.BrokerCut:
                Repeat(2, 7, () => Add(kind, Seconds(0.2, 5), TimeSpan.Zero, _random.Next(6), (FaultForm)_random.Next(1, 5), _random.Next(20_000)));
                break;
            case FaultKind.BrokerStall:
                Repeat(1, 4, () => Add(kind, Seconds(0.2, 5), Seconds(0.5, 8), _random.Next(6), (FaultForm)_random.Next(5, 9), _random.Next(20, 400)));
                break;
            case FaultKind.BrokerRestart or FaultKind.BrokerKill:
                Add(kind, Seconds(0.2, 4), Seconds(0, 3));
                break;
            case FaultKind.BrokerClose:
                Repeat(1, 4, () => Add(kind, Seconds(0.2, 5), TimeSpan.Zero));
                break;
            case FaultKind.BrokerAlarm:
                Add(kind, Seconds(0, 3), Seconds(1, 7));
                break;
            case FaultKind.BusDisorder:
                Repeat(2, 5, () => Add(kind, Seconds(0, 1), TimeSpan.FromSeconds(8), _random.Next(4), amount: _random.Next(5, 40)));
                break;
            case FaultKind.BusLoss:
                Repeat(1, 3, () => Add(kind, Seconds(0, 1), TimeSpan.FromSeconds(8), _random.Next(4), amount: _random.Next(2, 15)));
                break;
            case FaultKind.Several:
                Repeat(2, 4, () => AddFaults(Combined[_random.Next(Combined.Length)]));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not known.");
        }
    }

    private void AddOneByOne(FaultKind kind)
    {
        var target = _random.Next(2);
        for (var i = _random.Next(1, 3) - 1; i >= 0; i--)
        {
            Add(kind, Seconds(0.4 + (3 * i), 2 + (3 * i)), Seconds(0, 0.5), target ^= 1);
        }
    }

    /// <summary>What a client sends is little, and mostly when it connects; what it receives is a stream.</summary>
    private void AddClientCut()
    {
        var form = (FaultForm)_random.Next(1, 5);
        var bytes = form is FaultForm.FinToServer or FaultForm.ResetToServer ? _random.Next(400) : _random.Next(4000);
        Add(FaultKind.ClientCut, Seconds(0, 6), TimeSpan.Zero, _random.Next(_clients.Count), form, bytes);
    }

    private void Add(FaultKind kind, TimeSpan at, TimeSpan lasts, int target = 0, FaultForm form = FaultForm.Plain, int amount = 0) =>
        _faults.Add(new PlannedFault(kind, at, lasts, target, form, amount));

    private void Repeat(int least, int end, Action action)
    {
        for (var i = _random.Next(least, end); i > 0; i--)
        {
            action();
        }
    }

    private bool Chance(int percent) => _random.Next(100) < percent;

    private TimeSpan Seconds(double from, double to) => TimeSpan.FromSeconds(from + (_random.NextDouble() * (to - from)));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
