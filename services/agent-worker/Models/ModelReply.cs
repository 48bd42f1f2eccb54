using Microsoft.Extensions.AI;
using StreamChat.AgentWorker.Models.Providers;
using StreamChat.Contracts.Events;

namespace StreamChat.AgentWorker.Models;

/// <summary>One attempt of one model to answer, with its two deadlines. Fails with <see cref="ProviderException"/> only, unless the caller gives up.</summary>
internal sealed class ModelReply : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _caller;
    private readonly ITimer _deadline;
    private readonly IAsyncEnumerator<ChatResponseUpdate> _updates;
    private readonly ModelOptions _options;
    private volatile bool _late;

    public ModelReply(
        Model model, IReadOnlyList<ChatMessage> messages, ChatOptions? chatOptions, ModelOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        _options = options;
        _caller = cancellationToken;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _deadline = time.CreateTimer(_ => TooLate(), null, options.FirstTokenTimeout, Timeout.InfiniteTimeSpan);
        _updates = model.Client.GetStreamingResponseAsync(messages, chatOptions, _stop.Token).GetAsyncEnumerator(_stop.Token);
    }

    /// <summary>Whether anything was said: text, reasoning, or the beginning of a tool call.</summary>
    public bool HasBegun { get; private set; }

    public ChatResponseUpdate Current => _updates.Current;

    public async ValueTask<bool> MoveNextAsync()
    {
        // the first deadline runs from the question on; the second only while somebody waits for the model, not while slow clients hold it up
        Arm(_options.StallTimeout);
        try
        {
            if (!await _updates.MoveNextAsync())
            {
                return false;
            }
        }
        catch (Exception e) when (!_caller.IsCancellationRequested)
        {
            // the client has its own words for a cancelled read
            throw _late ? new ProviderException(RunErrorCodes.ModelTimeout, isPassing: false, HasBegun ? "fell silent" : "did not begin") : ProviderErrors.Of(e);
        }

        HasBegun |= Current.Contents.Any(IsSaid);
        Arm(Timeout.InfiniteTimeSpan);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _deadline.DisposeAsync();
        try
        {
            await _updates.DisposeAsync();
        }
        finally
        {
            _stop.Dispose();
        }
    }

    private static bool IsSaid(AIContent content) => content switch
    {
        TextContent text => text.Text.Length > 0,
        TextReasoningContent reasoning => reasoning.Text.Length > 0,
        ToolCallDelta or FunctionCallContent => true,
        _ => false,
    };

    private void Arm(TimeSpan deadline)
    {
        if (HasBegun)
        {
            _deadline.Change(deadline, Timeout.InfiniteTimeSpan);
        }
    }

    private void TooLate()
    {
        _late = true;
        _stop.Cancel();
    }
}
