using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using StreamChat.Hosting.Work;

namespace StreamChat.AgentWorker.Models;

/// <summary>
/// A model client that the host added. It may ignore its token, or compute for long before it first awaits. It is then abandoned, so that
/// deadlines and cancels still hold. One that computes in the middle of its answer is abandoned with its whole run, by
/// <see cref="Runs.Execution.RunSupervisor"/>: a change of threads for every token would cost more than the token.
/// </summary>
internal sealed partial class LeavableChatClient(IChatClient inner, string name, AbandonedWork abandoned, ILogger<LeavableChatClient> logger) : DelegatingChatClient(inner)
{
    private const string Kind = "model";

    public override Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IAsyncEnumerator<ChatResponseUpdate>? updates = null;
        var next = Task.Run(
            () =>
            {
                updates = InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
                return updates.MoveNextAsync().AsTask();
            },
            CancellationToken.None);
        try
        {
            while (await next.WaitAsync(cancellationToken))
            {
                yield return updates!.Current;
                next = updates.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            var leaving = DisposeAsync(next, () => updates);
            if (next.IsCompleted)
            {
                await leaving;
            }
            else
            {
                abandoned.Leave(Kind, leaving, () => LogAbandoned(name));
            }
        }
    }

    /// <summary>Disposes when the client has come back, which may be never.</summary>
    private static async Task DisposeAsync(Task<bool> next, Func<IAsyncEnumerator<ChatResponseUpdate>?> updates)
    {
        await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (updates() is { } begun)
        {
            await begun.DisposeAsync();
        }
    }

    [LoggerMessage(2953, LogLevel.Warning, "Model {Name} did not stop when it was cancelled and was abandoned. It may hold a thread and a connection until it returns.")]
    private partial void LogAbandoned(string name);
}
