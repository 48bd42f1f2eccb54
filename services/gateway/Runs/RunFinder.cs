using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Runs;
using StreamChat.Gateway.Limits;
using StreamChat.Hosting.Bus;

namespace StreamChat.Gateway.Runs;

/// <summary>Where a run of a user is.</summary>
/// <param name="WorkerId">The worker that has it; null when there is no such run, or no worker answered.</param>
/// <param name="HasEnded">Whether it has ended.</param>
/// <param name="Code">Why it is not known, a member of <see cref="AttachCodes"/>; null when it is.</param>
internal readonly record struct RunPlace(string? WorkerId, bool HasEnded, string? Code);

/// <summary>
/// Asks the workers where a run is that no connection of this gateway sees, without subscribing to it: a small question before anything
/// large is sent. Callers that ask the same meanwhile share the answer, and "there is no such run" is remembered for a second.
/// </summary>
internal sealed partial class RunFinder(
    RunMessenger messenger, GatewayIdentity identity, UnknownNames unknown, IOptions<BusOptions> options, TimeProvider time, ILogger<RunFinder> logger)
{
    // tells questions of the gateway itself from those of connections
    private const string Prefix = "find:";

    private readonly ConcurrentDictionary<(Guid RunId, string Asker), Question> _open = new();

    /// <summary>Finds a run. Always comes back, within the deadline of a publish and as long again.</summary>
    public Task<RunPlace> FindAsync(Guid runId, string userId)
    {
        if (unknown.Has(userId, runId.ToString()))
        {
            return Task.FromResult(new RunPlace(null, false, AttachCodes.NotFound));
        }

        var question = new Question();
        var key = (runId, Prefix + userId);
        var open = _open.GetOrAdd(key, question);
        if (open == question)
        {
            _ = AskAsync(key, userId, question);
        }

        return open.Answer.Task;
    }

    /// <summary>Takes a worker's answer.</summary>
    /// <returns>True when it was to a question of this class.</returns>
    public bool Answered(AttachAnswered answer)
    {
        if (answer.ConnectionId?.StartsWith(Prefix, StringComparison.Ordinal) != true)
        {
            return false;
        }

        if (_open.TryGetValue((answer.RunId, answer.ConnectionId), out var question))
        {
            question.Heard.TrySetResult(new RunPlace(answer.Code is null ? answer.WorkerId : null, answer.HasEnded, answer.Code));
        }

        return true;
    }

    private async Task AskAsync((Guid RunId, string Asker) key, string userId, Question question)
    {
        var place = new RunPlace(null, false, AttachCodes.Unavailable);
        try
        {
            var attach = new AttachRun
            {
                RunId = key.RunId,
                UserId = userId,
                GatewayId = identity.GatewayId,
                ConnectionId = key.Asker,
                Attempt = 1,
                AfterSeq = 0,
                OnlyFind = true,
            };
            await messenger.SendAsync(workerId: null, attach, isDurable: false, CancellationToken.None);
            place = await question.Heard.Task.WaitAsync(options.Value.PublishTimeout, time);
            if (place.Code == AttachCodes.NotFound)
            {
                unknown.Add(userId, key.RunId.ToString());
            }
        }
        catch (Exception e)
        {
            LogNotFound(key.RunId, e);
        }
        finally
        {
            _open.TryRemove(key, out _);
            question.Answer.TrySetResult(place);
        }
    }

    private sealed class Question
    {
        public TaskCompletionSource<RunPlace> Heard { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<RunPlace> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [LoggerMessage(1960, LogLevel.Warning, "Could not find the worker that has run {RunId}. The client gets a retryable error.")]
    private partial void LogNotFound(Guid runId, Exception exception);
}
