using System.Collections.Concurrent;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Gateways;
using StreamChat.Gateway.Limits;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Identity;

namespace StreamChat.Gateway.Cluster;

/// <summary>Too many questions to the cluster are open at the moment.</summary>
internal sealed class ClusterBusyException() : Exception("The cluster is asked too much at the moment.");

/// <summary>
/// Asks all gateways something and gathers the answers of those that are known, for a second at most: who does not answer by then
/// is left out.
/// </summary>
internal sealed partial class ClusterQuestions(
    IBus bus, ClusterView view, ILocalConnections local, GatewayIdentity identity, IIdGenerator ids, IOptions<ClusterOptions> options, IOptions<LimitsOptions> limits,
    TimeProvider time, ILogger<ClusterQuestions> logger)
{
    private readonly ConcurrentDictionary<Guid, Question> _open = new();
    private BriefAnswer<IReadOnlyList<ConnectionDescription>>? _connections;

    /// <summary>
    /// The connections of all gateways, oldest first; each names <see cref="ClusterOptions.ListedConnections"/> at most. As they were
    /// at most <see cref="LimitsOptions.StatusAge"/> ago.
    /// </summary>
    /// <exception cref="ClusterBusyException">Too many questions are open.</exception>
    public Task<IReadOnlyList<ConnectionDescription>> ListConnectionsAsync(CancellationToken cancellationToken) => LazyInitializer
        .EnsureInitialized(ref _connections, () => new BriefAnswer<IReadOnlyList<ConnectionDescription>>(AskForConnectionsAsync, limits.Value.StatusAge, time))
        .GetAsync(cancellationToken);

    private async Task<IReadOnlyList<ConnectionDescription>> AskForConnectionsAsync()
    {
        var requestId = ids.NewUuid();
        var limit = options.Value.ListedConnections;
        var answers = await AskAsync(
            requestId, new ListConnections { RequestId = requestId, GatewayId = identity.GatewayId, Limit = limit }, CancellationToken.None);
        return [.. answers.OfType<ConnectionsListed>().SelectMany(a => a.Connections).Concat(local.List(limit)).OrderBy(c => c.OpenedAt)];
    }

    /// <summary>Says something to connections on every gateway.</summary>
    /// <returns>Id of the message, and to how many connections it is known to have gone.</returns>
    /// <exception cref="ClusterBusyException">Too many questions are open.</exception>
    public async Task<(Guid MessageId, int Connections)> BroadcastAsync(
        string type, JsonElement content, string? roomId, string? userId, CancellationToken cancellationToken, string? exceptConnectionId = null)
    {
        var broadcast = new Broadcast
        {
            MessageId = ids.NewUuid(),
            GatewayId = identity.GatewayId,
            Type = type,
            Content = content,
            RoomId = roomId,
            UserId = userId,
            ExceptConnectionId = exceptConnectionId,
        };
        var here = local.Broadcast(broadcast);
        var answers = await AskAsync(broadcast.MessageId, broadcast, cancellationToken);
        return (broadcast.MessageId, here + answers.OfType<BroadcastDelivered>().Sum(a => a.Connections));
    }

    /// <summary>Takes an answer.</summary>
    public void Answer(Guid requestId, string gatewayId, object answer)
    {
        if (_open.TryGetValue(requestId, out var question))
        {
            question.Answer(gatewayId, answer);
        }
    }

    private async Task<IReadOnlyCollection<object>> AskAsync<T>(Guid requestId, T message, CancellationToken cancellationToken)
        where T : class
    {
        var others = view.OtherGateways;
        if (others.Count == 0)
        {
            return [];
        }

        if (_open.Count >= options.Value.OpenQuestions)
        {
            throw new ClusterBusyException();
        }

        var question = _open[requestId] = new Question(others);
        try
        {
            await Deadlines.RunAsync(
                options.Value.AnswerTimeout,
                time,
                async token =>
                {
                    await bus.Publish(message, context => context.Durable = false, token);
                    await question.Complete.WaitAsync(token);
                },
                cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogIncomplete(typeof(T).Name, question.Missing, e);
        }
        finally
        {
            _open.TryRemove(requestId, out _);
        }

        return question.Answers;
    }

    private sealed class Question(IReadOnlyList<string> gateways)
    {
        private readonly Lock _lock = new();
        private readonly HashSet<string> _missing = [.. gateways];
        private readonly List<object> _answers = [];
        private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Complete => _complete.Task;

        public IReadOnlyCollection<object> Answers
        {
            get
            {
                lock (_lock)
                {
                    return [.. _answers];
                }
            }
        }

        public int Missing
        {
            get
            {
                lock (_lock)
                {
                    return _missing.Count;
                }
            }
        }

        public void Answer(string gatewayId, object answer)
        {
            lock (_lock)
            {
                if (_missing.Remove(gatewayId))
                {
                    _answers.Add(answer);
                }

                if (_missing.Count == 0)
                {
                    _complete.TrySetResult();
                }
            }
        }
    }

    [LoggerMessage(1511, LogLevel.Warning, "{Missing} gateways did not answer {Question} in time.")]
    private partial void LogIncomplete(string question, int missing, Exception exception);
}
